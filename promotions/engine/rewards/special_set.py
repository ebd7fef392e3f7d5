"""A set of places for one price."""

from __future__ import annotations

from collections.abc import Sequence

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

    shape = Shape.SET

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
        units, worth, sets = self._choose(turn, standing)
        saving = worth - self._cost(sets, standing)
        if saving <= 0:
            return None
        amount = standing.most(turn.program_id, saving)
        values = [value for _, _, value in units]
        shares = split(amount, values, sum(values)) if amount else []
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

    def _choose(
        self, turn: Turn, standing: Standing
    ) -> tuple[list[tuple[int, int, int]], int, int]:
        """Return the best choice: (position, units, their value), its value, the sets."""
        supply = _Supply(standing, self.places, turn)
        best: list[tuple[int, int, int]] = []
        best_worth = best_sets = 0
        limit = supply.most_sets(self.max_sets)
        low, high = 0, limit
        while low < high:  # the saving of one more set only falls: find where it ends
            sets = (low + high) // 2
            if self._saving(supply, sets + 1, standing) > self._saving(supply, sets, standing):
                low = sets + 1
            else:
                high = sets
        if low:
            chosen = supply.fill(low)
            if chosen is not None:
                best = chosen
                best_worth = sum(value for _, _, value in best)
                best_sets = low
        return best, best_worth, best_sets

    def _saving(self, supply: _Supply, sets: int, standing: Standing) -> int:
        if not sets:
            return 0
        chosen = supply.fill(sets)
        if chosen is None:
            return -1
        return sum(value for _, _, value in chosen) - self._cost(sets, standing)


class _Supply:
    """The units that can sit in the places of a set.

    `stock`: (worth of a unit, position, units, quantity still paid, the places it fits as a bit
    mask), dearest first. Units that fit the same places are the same to the seating.
    """

    __slots__ = ("places", "standing", "stock")

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

    def most_sets(self, max_sets: int | None) -> int:
        """Return how many complete sets the units can fill."""
        if not sum(self.places):
            return 0
        high = sum(stock[2] for stock in self.stock) // sum(self.places)
        low, high = 0, high if max_sets is None else min(high, max_sets)
        while low < high:
            sets = (low + high + 1) // 2
            if self.fill(sets) is None:
                high = sets - 1
            else:
                low = sets
        return low

    def fill(self, sets: int) -> list[tuple[int, int, int]] | None:
        """Return (position, units, value) that fill `sets` sets at the highest value, or None."""
        seats = _Seats([qty * sets for qty in self.places])
        chosen = []
        for _, position, units, paid, mask in self.stock:
            count = seats.take(mask, units)
            if count:
                left = self.standing.left[position]
                chosen.append((position, count, left * count * E4 // paid))
            if not any(seats.room):
                return chosen
        return None


class _Seats:
    """The places of some sets while units are seated in them.

    `seated[place]`: by the places they fit (a bit mask), how many units sit there. `_tried`: the
    places that the search for a way has been to, as a mask.
    """

    __slots__ = ("_tried", "room", "seated")

    def __init__(self, room: list[int]) -> None:
        self.room = room
        self._tried = 0
        self.seated: list[dict[int, int]] = [{} for _ in room]

    def take(self, mask: int, units: int) -> int:
        """Seat as many of the units as can be, moving others along; return how many."""
        count = 0
        while count < units:
            self._tried = 0
            more = self._seat(mask, units - count)
            if not more:
                break
            count += more
        return count

    def _seat(self, mask: int, units: int) -> int:
        """Seat up to `units` along the first way found (an augmenting path)."""
        for place, seated in enumerate(self.seated):
            if not mask & ~self._tried & 1 << place:
                continue
            self._tried |= 1 << place
            if self.room[place]:
                count = min(units, self.room[place])
                self.room[place] -= count
                seated[mask] = seated.get(mask, 0) + count
                return count
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
