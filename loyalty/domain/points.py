"""What moving points results in."""

from dataclasses import dataclass
from decimal import Decimal


@dataclass(frozen=True, slots=True)
class PointsMoved:
    """One ledger operation, as the card saw it: plus onto the card, minus off it.

    `requested`: what was asked. `points`: what the balance changed by. `expired` (>= 0): what of
    the request had expired already, and so was neither given nor taken back. `balance_before`,
    `balance_after`: what could be spent at the operation's instant; pending and expired points
    do not count, and below zero is what is owed. `replayed`: the key was answered before, and
    this is the first answer.
    """

    operation_id: int
    card_id: int
    kind: str
    points: Decimal
    balance_before: Decimal
    balance_after: Decimal
    expired: Decimal
    replayed: bool
    requested: Decimal

    @property
    def withheld(self) -> Decimal:
        """Points (>= 0) of the request cut by a rule: the earning cap, or the floor at zero."""
        return abs(self.requested) - abs(self.points) - self.expired


@dataclass(frozen=True, slots=True)
class PointsTransferred:
    """Points that went from one card to another: an operation of each."""

    given: PointsMoved
    received: PointsMoved


@dataclass(frozen=True, slots=True)
class PointsExpired:
    """One sweep. `unsound`: cards left alone because their lots do not add up to their balance."""

    cards: int
    lots: int
    points: Decimal
    unsound: int
