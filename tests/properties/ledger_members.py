"""Cards of one kind of points, as simply as they can be said: caps, activity, transfers."""

from __future__ import annotations

from datetime import datetime, timedelta

from tests.properties.ledger_model import Lot, ModelCard, Moved
from tests.properties.ledger_policies import Policy


class Refused(Exception):
    """The code of a refusal."""


class MemberCard(ModelCard):
    """A card by all rules of its policy. `key` of an operation: any number of its own."""

    def __init__(self, policy: Policy) -> None:
        super().__init__(policy.negative, timedelta(days=policy.pending))
        self.rules = policy
        self.blocked = False
        self.earnings: list[tuple[datetime, int]] = []

    def earn(self, key: int, points: int, at: datetime, until: datetime | None) -> Moved:
        if self.blocked:
            raise Refused("card_inactive")
        points = min(points, self._room(at, points))
        self.earnings.append((at, key))
        moved = self._put(key, points, at, until)
        self._active(at)
        return moved

    def redeem(self, key: int, points: int, at: datetime) -> Moved:
        if self.blocked:
            raise Refused("card_inactive")
        if points <= self.spendable(at):
            self._active(at)  # first: what is taken today and given back has today's expiry
        return self._take(key, points, at)

    def adjust(self, key: int, points: int, at: datetime) -> Moved:
        if points > 0:
            return self._put(key, points, at, None)
        return self._take(key, -points, at)

    def reverse(self, key: int, points: int | None, at: datetime) -> Moved:
        if key not in self.operations:
            raise Refused("point_operation_not_reversible")
        operation = self.operations[key]
        rest = abs(operation.points) - operation.reversed
        if not 0 < (rest if points is None else points) <= rest:
            raise Refused("reversal_exceeds_operation")
        moved = self.undo(key, points, at)
        if moved is None:
            raise Refused("insufficient_points")
        return moved

    def transfer(
        self, other: MemberCard, key: int, points: int, at: datetime
    ) -> tuple[Moved, Moved]:
        if self.blocked or other.blocked:
            raise Refused("card_inactive")
        if points > self.spendable(at):
            raise Refused("insufficient_points")
        return self._hand_over(other, key, points, self._usable(at), 0, at)

    def merge(self, other: MemberCard, key: int, at: datetime) -> tuple[Moved, Moved]:
        if other.blocked:
            raise Refused("card_inactive")
        lots = self._in_order(at)
        moved = self._hand_over(other, key, sum(lot.left for lot in lots), lots, self.debt, at)
        self.debt, self.blocked = 0, True
        return Moved(*_but(moved[0], self.spendable(at))), moved[1]

    def _put(self, key: int, points: int, at: datetime, until: datetime | None) -> Moved:
        there = len(self.lots)
        moved = self.gain(key, points, at, until or self.rules.until(at))
        for lot in self.lots[there:]:
            lot.by_activity = self.rules.by_activity and until is None
        return moved

    def _take(self, key: int, points: int, at: datetime) -> Moved:
        moved = self.spend(key, points, at)
        if moved is None:
            raise Refused("insufficient_points")
        return moved

    def _room(self, at: datetime, most: int) -> int:
        if self.rules.cap is None:
            return most
        counted = [
            self.operations[key] for then, key in self.earnings if self.rules.same_period(then, at)
        ]
        return max(self.rules.cap - sum(one.points - one.reversed for one in counted), 0)

    def _active(self, at: datetime) -> None:
        until = self.rules.until(at)
        if not self.rules.by_activity or until is None:
            return
        for lot in self.lots:
            if lot.by_activity and lot.expires and lot.alive(at):  # empty ones too
                lot.expires = max(lot.expires, until)

    def _hand_over(
        self, other: MemberCard, key: int, points: int, lots: list[Lot], owed: int, at: datetime
    ) -> tuple[Moved, Moved]:
        before, there, net = self.spendable(at), other.spendable(at), points - owed
        for lot in lots:
            took = min(lot.left, points)
            lot.left -= took
            points -= took
            repaid = min(other.debt, took)
            other.debt -= repaid
            if took > repaid:
                other.lots.append(
                    Lot(
                        key,
                        lot.gained,
                        lot.available,
                        lot.expires,
                        took - repaid,
                        by_activity=lot.by_activity,
                    )
                )
        for lot in other._in_order(at):
            took = min(lot.left, owed)
            lot.left -= took
            owed -= took
        other.debt += owed
        return (
            Moved(-net, 0, before, self.spendable(at)),
            Moved(net, 0, there, other.spendable(at)),
        )


def _but(moved: Moved, after: int) -> tuple[int, int, int, int]:
    return moved.points, moved.expired, moved.before, after
