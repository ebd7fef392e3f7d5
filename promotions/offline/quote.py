"""Quoting from a bundle: the server's own way from a request to an answer, without its database."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property

from core import codec
from promotions.engine import evaluate
from promotions.engine.answer import Answer, Names, write_answer
from promotions.engine.catalog import Catalog
from promotions.engine.wallet import EMPTY_WALLET, CardFacts, Wallet
from promotions.offline.bundle import Bundle
from promotions.offline.errors import BundleExpired, WalletUnreadable
from promotions.orders.cart_reading import ProductRow, check_products, read_cart
from promotions.orders.errors import PosConfigNotFound
from promotions.orders.request import OrderRequest


@dataclass(frozen=True, slots=True)
class KnownCustomer:
    """Who the customer is and what they hold. `partner_id` None: nobody known, only codes."""

    partner_id: int | None = None
    wallet: Wallet = EMPTY_WALLET


def read_customer(text: bytes) -> KnownCustomer:
    """Return the customer from JSON: {"partner_id": 7, "wallet": {...}}.

    Raises: WalletUnreadable.
    """
    try:
        return codec.decode(KnownCustomer, json.loads(text))
    except (KeyError, TypeError, ValueError, AttributeError, ArithmeticError) as error:
        raise WalletUnreadable(reason=f"{type(error).__name__}: {error}"[:200]) from None


class Till:
    """A till that holds a bundle; what is indexed once serves every quote."""

    def __init__(self, bundle: Bundle) -> None:
        self.bundle = bundle

    @cached_property
    def catalog(self) -> Catalog:
        """The programs, compiled."""
        return Catalog.build(self.bundle.programs, self.bundle.catalog_version)

    @cached_property
    def products(self) -> Mapping[str, ProductRow]:
        """The products by SKU, with their categories and all above them."""
        lineages = {one.id: frozenset(one.lineage) for one in self.bundle.categories}
        none: frozenset[int] = frozenset()
        return {
            one.sku: ProductRow(
                one.id,
                one.sku,
                one.price,
                none if one.category is None else lineages[one.category],
                frozenset(one.tags),
            )
            for one in self.bundle.products
        }

    @cached_property
    def _program_ids(self) -> Mapping[str, int]:
        return {one.ref: one.id for one in self.bundle.programs if one.ref}

    def quote(
        self,
        order: OrderRequest,
        *,
        at: datetime,
        customer: KnownCustomer | None = None,
        language: str = "en",
        explain: bool = False,
    ) -> Answer:
        """Return what the server would answer to the same quote, as of `at`.

        Without a `customer` nobody is known, and limits count as when the bundle was made.
        Raises: BundleExpired, PosConfigNotFound, UnknownProduct, UnknownClaim.
        """
        bundle = self.bundle
        if at > bundle.valid_until:
            raise BundleExpired(at=at.isoformat(), valid_until=bundle.valid_until.isoformat())
        if order.pos_config not in (bundle.pos.ref, bundle.pos.id):
            raise PosConfigNotFound(pos_config=order.pos_config)
        check_products(order, self.products)
        known = customer or KnownCustomer(wallet=Wallet(usage=bundle.usage))
        cart = read_cart(
            order,
            pos=bundle.pos,
            products=self.products,
            programs=self.catalog.programs,
            program_ids_by_ref=self._program_ids,
            partner_id=known.partner_id,
        )
        decision = evaluate(cart, self.catalog, known.wallet, at, explain=explain)
        names = self._names(known.wallet, language)
        return write_answer(cart, decision, names, ref=order.ref, status="quoted", explain=explain)

    def _names(self, wallet: Wallet, language: str) -> Names:
        said = self.bundle.descriptions[language]
        programs = self.catalog.programs

        def describe(program_id: int, reward_id: int) -> str:
            reward = next(one for one in programs[program_id].rewards if one.id == reward_id)
            return reward.description or said[f"{program_id}/{reward_id}"]

        cards: tuple[CardFacts, ...] = (*wallet.cards, *wallet.cards_by_code.values())
        return Names(
            programs=programs,
            points_refs=self.bundle.points_refs,
            card_codes={card.id: card.code for card in cards},
            describe=describe,
        )
