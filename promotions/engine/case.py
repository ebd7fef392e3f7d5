"""One evaluation: its arguments and what was read from them."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from operator import attrgetter

from promotions.engine.basket import Basket
from promotions.engine.cart import Cart, Claim
from promotions.engine.catalog import Catalog
from promotions.engine.codes import Entry, read_codes
from promotions.engine.compiled import CompiledProgram
from promotions.engine.filters import Matcher
from promotions.engine.wallet import CardFacts, Wallet


class Case:
    """The arguments of `evaluate`, the basket, the codes read, and the programs to consider.

    `programs` are those that the basket, a code or a claim leads to, by id.
    """

    __slots__ = (
        "basket", "cart", "catalog", "claims", "entries", "matcher", "now", "programs", "wallet",
    )  # fmt: skip

    def __init__(
        self,
        cart: Cart,
        catalog: Catalog,
        wallet: Wallet,
        now: datetime,
        also: Collection[int] = (),
    ) -> None:
        """Read the arguments; nothing is decided yet."""
        self.cart = cart
        self.catalog = catalog
        self.wallet = wallet
        self.now = now
        self.basket = Basket(cart)
        found, hits = catalog.find(self.basket, cart.pos.id, wallet.membership_id)
        self.matcher = Matcher(self.basket, hits)
        self.entries: dict[str, Entry] = read_codes(cart, catalog, wallet, now)
        self.claims: dict[int, list[tuple[int, Claim]]] = {}
        for index, claim in enumerate(cart.claims):
            self.claims.setdefault(claim.program_id, []).append((index, claim))
        for entry in self.entries.values():
            found.update(entry.programs)
        for card in wallet.cards:
            found.update(catalog.by_card(card.loyalty_program_id))
        for program_id in (*self.claims, *also):
            program = catalog.compiled.get(program_id)
            if program is not None:
                found.add(program)
        self.programs: list[CompiledProgram] = sorted(found, key=attrgetter("id"))

    def card_for(self, loyalty_program_id: int) -> CardFacts | None:
        """Return the partner's usable card of a kind of points: the one with most on it."""
        best: CardFacts | None = None
        for card in self.wallet.cards:
            if card.loyalty_program_id != loyalty_program_id or not usable(card, self.now):
                continue
            if best is None or (-card.balance, card.id) < (-best.balance, best.id):
                best = card
        return best


def usable(card: CardFacts, now: datetime) -> bool:
    """Tell whether points can be moved on a card."""
    return card.active and (card.expires_at is None or now <= card.expires_at)
