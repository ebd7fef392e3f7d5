"""A set of places for one price."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from promotions.engine.allocate import split
from promotions.engine.amounts import E4, to_e4
from promotions.engine.basket import whole_units
from promotions.engine.definition import Reward, SpecialSet
from promotions.engine.filters import FilterNode
from promotions.engine.rewards.reward import CompiledReward, Shape, Taken, Turn
from promotions.engine.standing import Standing, Step


class CompiledSpecialSet(CompiledReward):
    """Each complete set costs the set price; the units are chosen so that the customer saves most.

    Units that can sit in the places of n sets form a matroid (a transversal one), so taking the
    dearest unit that still fits, moving others between places if need be, finds the choice of the
    highest value. That value grows ever more slowly with n, so sets are added while one more
    saves something.
    """

    __slots__ = ("max_sets", "places", "price")

    shape: ClassVar[Shape] = Shape.SET
    positions_per_node: ClassVar[int] = 20

    def reach(self, turn: Turn, taken: Taken | None, standing: Standing) -> Sequence[int]:
        """Return the positions that can sit in any of its places."""
        matcher = turn.candidate.matcher
        return sorted({one for _, node in self.places for one in matcher.positions(node)})

    def __init__(
        self, reward: Reward, special: SpecialSet, stage: int, nodes: Sequence[FilterNode]
    ) -> None:
        """`nodes`: the filter of each slot."""
        super().__init__(reward, stage)
        self.price = to_e4(special.price)
        self.max_sets = special.max_sets
        self.places = [
            (to_e4(slot.qty) // E4, node) for slot, node in zip(special.slots, nodes, strict=True)
        ]

    def take(self, turn: Turn, standing: Standing, steps: list[Step] | None) -> Taken | None:
        """Form as many sets as save something and take the saving off their units."""
        purse = standing.purses[turn.purse]
        if purse < self.required:
            return None
        units, sets = self._choose(turn, standing)
        values = [value for _, _, value in units]
        worth = sum(values)
        saving = worth - self._cost(sets, standing)
        if saving <= 0:
            return None
        amount = standing.most(turn.program_id, saving)
        shares = split(amount, values, worth) if amount else []
        wanted = {unit[0]: share for unit, share in zip(units, shares, strict=False)}
        parts = standing.take(turn.program_id, dict(sorted(wanted.items())))
        if not parts:
            return None
        standing.pay(turn.purse, self.required)
        amount = sum(parts.values())
        if steps is not None:
            steps.append(
                Step("special_set", worth, self.price, (saving, 1), amount, self.required, parts)
            )
        return Taken(turn, amount, self.required, parts)

    def _cost(self, sets: int, standing: Standing) -> int:
        """Return the price of some sets in minor units."""
        scale = standing.basket.scale
        return (2 * self.price * sets + scale) // (2 * scale)

    def _choose(self, turn: Turn, standing: Standing) -> tuple[list[tuple[int, int, int]], int]:
        """Return the best choice as (position, units, their value), and how many sets it is."""
        supply = _Supply(standing, self.places, turn)
        sets, high = 0, supply.most_sets(self.max_sets)
        while sets < high:  # the saving of one more set only falls: find where it ends
            middle = (sets + high) // 2
            if self._one_more_saves(supply, middle, standing):
                sets = middle + 1
            else:
                high = middle
        return supply.fill(sets) or [], sets

    def _one_more_saves(self, supply: _Supply, sets: int, standing: Standing) -> bool:
        """Tell whether the units suffice for one set more than so many, and it saves something."""
        more = supply.fill(sets + 1)
        if more is None:
            return False
        fewer = supply.fill(sets) or []
        gained = sum(value for _, _, value in more) - sum(value for _, _, value in fewer)
        return gained > self._cost(sets + 1, standing) - self._cost(sets, standing)


class _Supply:
    """The units that can sit in the places of a set.

    `stock`: (worth of a unit, position, units, quantity still paid, the places it fits as a bit
    mask), dearest first. Units that fit the same places are the same to the seating.
    """

    __slots__ = ("_filled", "places", "standing", "stock")

    def __init__(
        self, standing: Standing, places: Sequence[tuple[int, FilterNode]], turn: Turn
    ) -> None:
        self.standing = standing
        self.places = [qty for qty, _ in places]
        fits: dict[int, int] = {}
        for place, (_, node) in enumerate(places):
            for position in turn.candidate.matcher.positions(node):
                fits[position] = fits.get(position, 0) | 1 << place
        basket, left, freed = standing.basket, standing.left, standing.freed
        self.stock: list[tuple[int, int, int, int, int]] = []
        for position, mask in fits.items():
            paid = basket.qty[position] - freed[position]
            units = whole_units(paid) // E4
            if units and left[position]:
                # Left / paid, large enough to compare: equal worth only for equal prices.
                worth = left[position] * E4 * E4 // paid
                self.stock.append((worth, position, units, paid, mask))
        self.stock.sort(reverse=True)
        self._filled: dict[int, list[tuple[int, int, int]] | None] = {}

    def most_sets(self, max_sets: int | None) -> int:
        """Return how many sets there are units for, if all fitted; at most so many."""
        size = sum(self.places)
        sets = sum(stock[2] for stock in self.stock) // size if size else 0
        return sets if max_sets is None else min(sets, max_sets)

    def fill(self, sets: int) -> list[tuple[int, int, int]] | None:
        """Return (position, units, value) that fill `sets` sets at the highest value, or None."""
        if sets not in self._filled:
            self._filled[sets] = self._fill(sets)
        return self._filled[sets]

    def _fill(self, sets: int) -> list[tuple[int, int, int]] | None:
        seats = _Seats([qty * sets for qty in self.places])
        left = self.standing.left
        chosen = []
        for _, position, units, paid, mask in self.stock:
            count = seats.take(mask, units)
            if count:
                chosen.append((position, count, left[position] * count * E4 // paid))
            if not any(seats.room):
                return chosen
        return None


class _Seats:
    """The places of some sets while units are seated in them.

    `seated[place]`: by the places they fit (a bit mask), how many units sit there. `_tried`: the
    places that the search for a way has been to, as a mask. `_full`: masks for which there is no
    way; seating others makes none.
    """

    __slots__ = ("_full", "_tried", "room", "seated")

    def __init__(self, room: list[int]) -> None:
        self.room = room
        self._tried = 0
        self._full: set[int] = set()
        self.seated: list[dict[int, int]] = [{} for _ in room]

    def take(self, mask: int, units: int) -> int:
        """Seat as many of the units as can be, moving others along; return how many."""
        count = 0
        while count < units and mask not in self._full:
            self._tried = 0
            more = self._seat(mask, units - count)
            if not more:
                self._full.add(mask)
            count += more
        return count

    def _seat(self, mask: int, units: int) -> int:
        """Seat up to `units` along the first way found (an augmenting path)."""
        for place, room in enumerate(self.room):
            if room and mask & 1 << place:
                count = min(units, room)
                self.room[place] -= count
                self.seated[place][mask] = self.seated[place].get(mask, 0) + count
                return count
        for place, seated in enumerate(self.seated):
            if not mask & ~self._tried & 1 << place:
                continue
            self._tried |= 1 << place
            for other, there in list(seated.items()):
                if not other & ~self._tried:
                    continue
                count = self._seat(other, min(units, there))
                if count:
                    seated[other] -= count
                    if not seated[other]:
                        del seated[other]
                    seated[mask] = seated.get(mask, 0) + count
                    return count
        return 0
