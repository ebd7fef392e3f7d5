"""One order of the past, decided as it was and as it would have been with the draft."""

from __future__ import annotations

from dataclasses import replace

from promotions.backtests.draft import Draft
from promotions.backtests.orders import PastOrder
from promotions.engine import evaluate
from promotions.engine.catalog import Catalog
from promotions.engine.decision import Decision
from promotions.engine.wallet import UsageFacts
from promotions.orders.counting import used_programs
from promotions.orders.replaying import PastCatalogs

_MOST_HELD = 8


class Worlds:
    """The catalogs of the past, each as it was and with the draft in it."""

    def __init__(self, draft: Draft) -> None:
        """Begin with none."""
        self._draft = draft.program
        self._past = PastCatalogs()
        self._held: dict[int, tuple[Catalog, Catalog]] = {}

    def of(self, version: int) -> tuple[Catalog, Catalog]:
        """Return the catalog of a version, without and with the draft; the last few are kept.

        Orders follow each other by time, so their versions do too, but for those that a till
        sold without a line.
        """
        found = self._held.get(version)
        if found is None:
            before = self._past.of(version)
            found = self._held[version] = (before, before.changed([self._draft], (), version))
            if len(self._held) > _MOST_HELD:
                del self._held[next(iter(self._held))]
        return found


def decide(
    order: PastOrder,
    draft: Draft,
    worlds: Worlds,
    used: UsageFacts | None,
    *,
    explain: bool = False,
) -> tuple[Decision, Decision]:
    """Return what was decided, and what would have been with the draft.

    `used`: what earlier orders used of a draft that is limited. Both are the same object where
    the draft cannot matter.
    """
    before, after = worlds.of(order.catalog_version)
    if order.left_out:
        gone = [key for key in order.left_out if key in before.programs]
        before = before.changed((), gone, before.version)
        after = before.changed([draft.program], (), before.version)
    key = draft.program.id
    cart, wallet = draft.shown(order.cart, order.wallet)
    if used is not None:
        wallet = replace(wallet, usage={**wallet.usage, key: used})
    with_it = evaluate(cart, after, wallet, order.at, explain=explain, also=(key,) * explain)
    may_skip = not explain and with_it.optimal and key not in before.programs
    if may_skip and key not in used_programs(with_it):
        # The best of all combinations leaves the draft out, so it is the best without it, too.
        return with_it, with_it
    return evaluate(order.cart, before, order.wallet, order.at, explain=explain), with_it
