"""From a till's request to the arguments of the engine: three reads, then pure data."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from core import codes
from loyalty import queries as loyalty_queries
from loyalty.queries import LoyaltyWallet
from promotions import catalog_store
from promotions.catalog_store import Snapshot, Store
from promotions.engine.cart import Cart
from promotions.engine.wallet import CardFacts, Wallet
from promotions.orders.cart_reading import check_products, read_cart
from promotions.orders.errors import PosConfigNotFound
from promotions.orders.request import OrderRequest
from promotions.queries import (
    NO_REFERRALS,
    read_coupons_and_usage,
    read_products,
    read_referrals,
)


@dataclass(frozen=True, slots=True)
class Intake:
    """Everything one order is decided by, with the names an answer needs."""

    cart: Cart
    wallet: Wallet
    snapshot: Snapshot
    store: Store
    loyalty: LoyaltyWallet


NO_LOYALTY = LoyaltyWallet(
    partner_id=None,
    partner_ref=None,
    partner_name=None,
    membership_id=None,
    cards=(),
    cards_by_code={},
)


def read_intake(
    order: OrderRequest,
    *,
    at: datetime,
    lock: bool = False,
    changed: Callable[[Snapshot], Snapshot] | None = None,
    withdrawn: bool = False,
) -> Intake:
    """Return what the order is decided by, as of `at`.

    `lock`: take the row locks of the partner and the cards first, so that what is read stays
    true until the transaction ends. `changed`: decide under another catalog, made from the one
    in force. `withdrawn`: goods that are no longer sold are known too. At most three statements,
    two more behind a referral code.
    Raises: PosConfigNotFound, UnknownProduct, UnknownClaim, PartnerNotFound.
    """
    skus = [line.sku for line in order.lines]
    version, products = read_products(skus, withdrawn=withdrawn)
    snapshot = catalog_store.snapshot(version)
    if changed is not None:
        snapshot = changed(snapshot)
    store = find_store(snapshot, order.pos_config)
    check_products(order, products)
    entered = {codes.normalise(code) for code in order.codes}
    loyalty = NO_LOYALTY
    if order.partner is not None or entered:
        loyalty = loyalty_queries.read_wallet(
            partner_ref=order.partner, code_keys=list(entered), at=at, lock=lock
        )
    kept = read_coupons_and_usage(
        code_keys=entered,
        limited=snapshot.catalog.limited_program_ids,
        partner_id=loyalty.partner_id,
    )
    referrals = NO_REFERRALS
    if entered and snapshot.catalog.referral_programs:
        known = kept.coupons.keys() | loyalty.cards_by_code.keys()
        unknown = {key for key in entered - known if not snapshot.catalog.by_code(key)}
        if unknown:
            referrals = read_referrals(code_keys=unknown, partner_id=loyalty.partner_id)
    wallet = Wallet(
        membership_id=loyalty.membership_id,
        cards=tuple(_card(row) for row in loyalty.cards),
        cards_by_code={key: _card(row) for key, row in loyalty.cards_by_code.items()},
        coupons=kept.coupons,
        usage=kept.usage,
        referrals=referrals.by_key,
        has_ordered_before=referrals.has_ordered_before,
    )
    cart = read_cart(
        order,
        pos=store.facts,
        products=products,
        programs=snapshot.catalog.programs,
        program_ids_by_ref=snapshot.program_ids_by_ref,
        partner_id=loyalty.partner_id,
    )
    return Intake(cart, wallet, snapshot, store, loyalty)


def find_store(snapshot: Snapshot, reference: str | int) -> Store:
    """Return the point of sale with this reference or id. Raises: PosConfigNotFound."""
    if isinstance(reference, int):
        found = snapshot.stores_by_id.get(reference)
    else:
        found = snapshot.stores_by_ref.get(reference)
    if found is None:
        raise PosConfigNotFound(pos_config=reference)
    return found


def _card(row: loyalty_queries.CardRow) -> CardFacts:
    return CardFacts(
        id=row.id,
        code=row.code,
        loyalty_program_id=row.loyalty_program_id,
        balance=row.balance,
        partner_ids=row.partner_ids,
        active=row.active,
        expires_at=row.expires_at,
    )
