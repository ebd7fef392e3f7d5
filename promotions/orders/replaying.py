"""Deciding a committed order again, from what it stored and the versions it was decided by."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, fields
from decimal import Decimal

from core import codec
from promotions import catalog_store
from promotions.engine import evaluate
from promotions.engine.cart import Cart
from promotions.engine.catalog import Catalog
from promotions.engine.decision import Decision
from promotions.engine.wallet import Wallet
from promotions.models import Order
from promotions.offline.charge import fates_of_left_out
from promotions.orders.effects import Moved, as_moved

ZERO = Decimal(0)


@dataclass(frozen=True, slots=True)
class Difference:
    """Something that is no longer what it was. `what`: a field of the decision, or of a row."""

    ref: str
    what: str
    stored: str
    now: str


class PastCatalogs:
    """The catalog of any past version, one at a time: the next is made of what changed."""

    def __init__(self) -> None:
        """Start with none."""
        self._held: Catalog | None = None

    def of(self, version: int) -> Catalog:
        """Return the programs of a version; two statements at most."""
        if self._held is None:
            self._held = catalog_store.catalog_of(version)
        elif self._held.version != version:
            self._held = catalog_store.catalog_moved_to(self._held, version)
        return self._held


def decide_again(order: Order, catalog: Catalog, moved: list[Moved]) -> Decision:
    """Return the decision of the stored cart and wallet at the instant of the sale.

    `catalog`: of the order's version. `moved`: what the order really earned, as a kind of points
    may have an earning cap.
    """
    cart = codec.decode(Cart, order.evaluation["cart"])
    wallet = codec.decode(Wallet, order.evaluation["wallet"])
    decision = evaluate(cart, catalog, wallet, order.ordered_at, explain=True)
    left_out = order.evaluation.get("left_out")
    if left_out:
        # The till did not give these; see promotions/offline/charge.py.
        rest = catalog.changed((), left_out, catalog.version)
        decision = fates_of_left_out(
            decision, evaluate(cart, rest, wallet, order.ordered_at, explain=True)
        )
    return as_moved(decision, moved)


def differences(order: Order, catalog: Catalog) -> Iterator[Difference]:
    """Yield what an order stored that deciding it again, or adding it up, does not give.

    Reads `lines`, `rewards` and `points_moved` of the order, which should be prefetched.
    """
    stored = codec.decode(Decision, order.evaluation["decision"])
    moved = [
        Moved(one.program_id, one.card_id, one.operation_id, one.kind, one.points)
        for one in order.points_moved.all()
    ]
    now = decide_again(order, catalog, moved)
    for field in fields(Decision):
        before, after = getattr(stored, field.name), getattr(now, field.name)
        if before != after:
            yield Difference(order.ref, f"decision.{field.name}", _told(before), _told(after))
    yield from _rows(order, stored)


def _rows(order: Order, decision: Decision) -> Iterator[Difference]:
    """Yield where the rows of an order do not agree with its decision or with each other."""
    lines = list(order.lines.all())
    rewards = [one for one in order.rewards.all() if not one.is_payment]
    taken = sum((one.amount for one in rewards), ZERO)
    pairs = [
        ("lines.subtotal", order.subtotal, sum((one.subtotal for one in lines), ZERO)),
        ("lines.discount", order.discount_total, sum((one.discount for one in lines), ZERO)),
        ("lines.total", order.total, sum((one.total for one in lines), ZERO)),
    ]
    if order.decided_total is None:
        # What a till charged without a line may differ from what was decided, and stands.
        pairs += [
            ("order.subtotal", order.subtotal, decision.subtotal),
            ("order.discount_total", order.discount_total, decision.discount_total),
            ("order.total", order.total, decision.total),
            ("order.amount_due", order.amount_due, decision.amount_due),
            ("rewards.amount", taken, decision.discount_total),
        ]
    for what, stored, now in pairs:
        if stored != now:
            yield Difference(order.ref, what, str(stored), str(now))


def _told(value: object) -> str:
    """Return a value short enough for a line of a report."""
    text = str(value if isinstance(value, (Decimal, int, str)) else codec.encode(value))
    return text if len(text) <= 200 else f"{text[:200]} ..."
