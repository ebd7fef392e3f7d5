"""Looking at every program by itself, and then beside all others."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from enum import StrEnum

from promotions.conflicts.baskets import Basket, Goods, Shelf, baskets_for
from promotions.conflicts.trials import Customer, Place, gives, place_for, taking, told_of
from promotions.engine.cart import PosFacts
from promotions.engine.catalog import Catalog
from promotions.engine.decision import Decision
from promotions.engine.definition import Program
from promotions.engine.terms import AppliesOn, CodeStatus, Reason
from promotions.engine.wallet import UsageFacts

#: How often a basket is made larger until the program applies, and with the others to see more.
SIZES = (1, 2, 5, 20)


class Kind(StrEnum):
    """What is wrong."""

    NEVER = "never"
    BEATEN = "beaten"
    OVERLAP = "overlap"
    SHARE = "share"


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing to look at, with a basket that shows it (none if there is no such basket).

    `others`: the programs that win, apply too, or take off together with `program_id`. `reason`:
    why it never applies. `tried`: in how many baskets it was seen.
    """

    kind: Kind
    program_id: int
    others: tuple[int, ...] = ()
    reason: Reason | None = None
    tried: int = 0
    units: tuple[tuple[Goods, int], ...] = ()
    codes: tuple[str, ...] = ()
    place: Place | None = None
    subtotal: Decimal = Decimal(0)
    discount: Decimal = Decimal(0)

    @property
    def share(self) -> Decimal:
        """Return the discount as percent of the subtotal."""
        return 100 * self.discount / self.subtotal if self.subtotal else Decimal(0)


@dataclass(frozen=True, slots=True)
class _Scene:
    """Who tries which program, and where."""

    program_id: int
    customer: Customer
    place: Place

    def finding(
        self,
        kind: Kind,
        basket: Basket,
        decision: Decision,
        others: Collection[int],
        *,
        tried: int = 1,
        reason: Reason | None = None,
    ) -> Finding:
        """Return a finding that a basket shows."""
        applied = {one.code for one in decision.codes if one.status is CodeStatus.APPLIED}
        return Finding(
            kind,
            self.program_id,
            others=tuple(sorted(others)),
            reason=reason,
            tried=tried,
            units=tuple(basket.units.items()),
            codes=tuple(code for code in self.customer.codes if code in applied),
            place=self.place,
            subtotal=decision.subtotal,
            discount=decision.discount_total,
        )


class Inspection:
    """The programs of a catalog, what is sold, and what is gone of the limits."""

    def __init__(
        self,
        catalog: Catalog,
        stores: Sequence[PosFacts],
        shelf: Shelf,
        usage: Mapping[int, UsageFacts],
        at: datetime,
    ) -> None:
        """Take the world that programs are looked at in."""
        self._catalog = catalog
        self._stores = stores
        self._shelf = shelf
        self._nobody = Customer(usage)
        self._at = at

    def look_at(self, program: Program, *, most_share: Decimal) -> Iterator[Finding]:
        """Yield what is wrong with one program. `most_share`: percent that may be taken off."""
        place = place_for(program, self._stores, self._at)
        if isinstance(place, Reason):
            yield Finding(Kind.NEVER, program.id, reason=place)
            return
        found = self._basket_of(program, place)
        if isinstance(found, Finding):
            yield found
            return
        basket, customer = found
        scene = _Scene(program.id, customer, place)
        baskets = [basket.times(size) for size in SIZES[:3]]
        yield from self._beside_others(scene, baskets)
        yield from self._too_much(scene, baskets, most_share)

    def _basket_of(self, program: Program, place: Place) -> tuple[Basket, Customer] | Finding:
        """Return the smallest basket tried for which the program gives something when alone."""
        alone = Catalog.build([program, *self._earning(program)], self._catalog.version)
        tried, reason, smallest = 0, Reason.NO_MATCHING_PRODUCT, None
        for size in SIZES:
            for basket in baskets_for(program, self._shelf):
                larger = basket.times(size)
                customer = self._nobody.holding(program, larger)
                decision = customer.buy(larger, place, alone, also=program.id)
                told = told_of(decision, program.id)
                if gives(told):
                    return larger, customer
                tried, smallest = tried + 1, smallest or larger
                reason = (told.reason if told is not None else None) or reason
        units = () if smallest is None else tuple(smallest.units.items())
        return Finding(Kind.NEVER, program.id, reason=reason, tried=tried, units=units, place=place)

    def _earning(self, program: Program) -> list[Program]:
        """Return what earns the points that a program multiplies: without, it gives nothing."""
        if not any(one.points and one.points.multiplier for one in program.rewards):
            return []
        return [
            one
            for one in self._catalog.programs.values()
            if one.loyalty_program_id == program.loyalty_program_id
            and one.applies_on is AppliesOn.BOTH
            and one.id != program.id
        ]

    def _beside_others(self, scene: _Scene, baskets: Sequence[Basket]) -> Iterator[Finding]:
        """Yield that others always win, or always apply too."""
        key = scene.program_id
        decided = [scene.customer.buy(one, scene.place, self._catalog, also=key) for one in baskets]
        first, tried = decided[0], len(decided)
        told = [told_of(one, key) for one in decided]
        if not any(gives(one) for one in told):
            reason = None if told[0] is None else told[0].reason
            winners = taking(first)
            yield scene.finding(Kind.BEATEN, baskets[0], first, winners, tried=tried, reason=reason)
            return
        # Points, and goods that come on top, take nothing off that could add up.
        together = set.intersection(*(taking(one) for one in decided))
        if key in together and len(together) > 1:
            yield scene.finding(Kind.OVERLAP, baskets[0], first, together - {key}, tried=tried)

    def _too_much(
        self, scene: _Scene, baskets: Sequence[Basket], most_share: Decimal
    ) -> Iterator[Finding]:
        """Yield the basket of which the most is taken off, if it is too much and not by one."""
        key, worst = scene.program_id, None
        every = scene.customer.with_every_code(self._catalog.programs.values())
        for customer in (scene.customer, every):
            for basket in baskets:
                decision = customer.buy(basket, scene.place, self._catalog)
                taken_by = taking(decision)
                if key not in taken_by or len(taken_by) < 2:
                    continue
                shown = _Scene(key, customer, scene.place)
                finding = shown.finding(Kind.SHARE, basket, decision, taken_by - {key})
                if finding.share > most_share and (worst is None or finding.share > worst.share):
                    worst = finding
        if worst is not None:
            yield worst
