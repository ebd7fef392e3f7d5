"""The ledger as simply as it can be said: what the database must agree with."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta


@dataclass(eq=False)
class Lot:
    """Points gained together, in hundredths. `by_activity`: activity pushes its expiry out."""

    operation: int
    gained: datetime
    available: datetime
    expires: datetime | None
    left: int
    expired: int = 0
    swept: bool = False
    by_activity: bool = False

    def alive(self, at: datetime) -> bool:
        return not self.swept and (self.expires is None or self.expires > at)


@dataclass
class Operation:
    """Something done: `points` signed, `taken` from which lots in order."""

    points: int
    taken: list[tuple[Lot, int]] = field(default_factory=list)
    reversed: int = 0
    counted_as_expired: int = 0


@dataclass
class Moved:
    """What an operation comes to; None instead of it is a refusal."""

    points: int
    expired: int
    before: int
    after: int


@dataclass
class ModelCard:
    """A card whose points wait `pending` and follow one negative-balance policy."""

    policy: str
    pending: timedelta
    lots: list[Lot] = field(default_factory=list)
    debt: int = 0
    operations: dict[int, Operation] = field(default_factory=dict)

    def spendable(self, at: datetime) -> int:
        return sum(lot.left for lot in self._usable(at)) - self.debt

    def gain(self, key: int, points: int, at: datetime, expires: datetime | None) -> Moved:
        before = self.spendable(at)
        repaid = min(self.debt, points)
        self.debt -= repaid
        self.operations[key] = Operation(points)
        if points > repaid:
            self.lots.append(Lot(key, at, at + self.pending, expires, points - repaid))
        return Moved(points, 0, before, self.spendable(at))

    def spend(self, key: int, points: int, at: datetime) -> Moved | None:
        before = self.spendable(at)
        if points > before:
            return None
        operation = self.operations[key] = Operation(-points)
        for lot in self._usable(at):
            took = min(lot.left, points)
            if took:
                lot.left -= took
                points -= took
                operation.taken.append((lot, took))
        return Moved(operation.points, 0, before, self.spendable(at))

    def undo(self, key: int, points: int | None, at: datetime) -> Moved | None:
        operation = self.operations[key]
        rest = abs(operation.points) - operation.reversed
        points = rest if points is None else points
        if not 0 < points <= rest:
            return None
        before = self.spendable(at)
        if operation.points < 0:
            moved, expired = self._give_back(operation, points, at)
        else:
            taken = self._take_back(key, operation, points, at)
            if taken is None:
                return None
            moved, expired = taken
        operation.reversed += points
        return Moved(moved, expired, before, self.spendable(at))

    def sweep(self, at: datetime) -> int:
        gone = 0
        for lot in self.lots:
            if lot.left and lot.expires is not None and lot.expires <= at:
                gone += lot.left
                lot.expired += lot.left
                lot.left, lot.swept = 0, True
        return gone

    def _usable(self, at: datetime) -> list[Lot]:
        return [lot for lot in self._in_order(at) if lot.available <= at]

    def _in_order(self, at: datetime) -> list[Lot]:
        never = datetime.max.replace(tzinfo=at.tzinfo)
        return sorted(
            (lot for lot in self.lots if lot.alive(at)),
            key=lambda lot: (lot.expires or never, lot.gained, self.lots.index(lot)),
        )

    def _give_back(self, operation: Operation, points: int, at: datetime) -> tuple[int, int]:
        repaid = min(self.debt, points)
        self.debt -= repaid
        skip, left, expired = operation.reversed + repaid, points - repaid, 0
        for lot, took in reversed(operation.taken):
            passed = min(skip, took)
            skip -= passed
            back = min(took - passed, left)
            left -= back
            if not back:
                continue
            if lot.alive(at):
                lot.left += back
            else:
                lot.expired += back
                lot.swept = lot.swept or not lot.left
                expired += back
        return points - expired, expired

    def _take_back(
        self, key: int, operation: Operation, points: int, at: datetime
    ) -> tuple[int, int] | None:
        own = [lot for lot in self.lots if lot.operation == key]
        there = sum(lot.left for lot in own if lot.alive(at))
        gone = sum(lot.expired + (0 if lot.alive(at) else lot.left) for lot in own)
        expired = min(max(points - there, 0), gone - operation.counted_as_expired)
        want = points - expired
        others = [lot for lot in self._in_order(at) if lot not in own]
        sources = [lot for lot in own if lot.alive(at)] + others
        missing = max(want - sum(lot.left for lot in sources), 0)
        if missing and self.policy == "refuse":
            return None
        left = want - missing
        for lot in sources:
            took = min(lot.left, left)
            lot.left -= took
            left -= took
        if self.policy == "allow":
            self.debt += missing
        operation.counted_as_expired += expired
        return -(want if self.policy == "allow" else want - missing), expired
