"""Comparing what cards hold here with what they hold there."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass, replace
from datetime import datetime
from decimal import Decimal
from itertools import islice
from typing import Any

from core import codes
from core.numbers import plain
from imports.models import ImportedRow
from imports.queries import known_rows
from loyalty.queries import CardRow, read_wallet, statement
from promotions.queries import read_coupons_and_usage

_AT_ONCE = 500
# Points there are binary fractions: equal is what is equal to the cent.
_HALF_A_CENT = Decimal("0.005")


@dataclass(frozen=True, slots=True)
class Balances:
    """The codes of one program (its reference here; "": rows that are not here) in sum.

    `moved_here`: what orders and staff here moved since.
    """

    program: str
    codes: int = 0
    there: Decimal = Decimal(0)
    here: Decimal = Decimal(0)
    moved_here: Decimal = Decimal(0)


@dataclass(frozen=True, slots=True)
class Difference:
    """A code that holds something else here, and not because of what was moved here."""

    key: str
    code: str
    there: Decimal
    here: Decimal
    moved_here: Decimal


@dataclass(frozen=True, slots=True)
class BalancesChecked:
    """Sums by program, and every code that differs; `refused`: keys whose points are not here."""

    programs: tuple[Balances, ...]
    differences: tuple[Difference, ...]
    refused: tuple[str, ...] = ()

    @property
    def are_equal(self) -> bool:
        """Whether everything that was to be here is here."""
        return not self.differences and not self.refused

    def kept(self) -> list[dict[str, Any]]:
        """Return the sums as a table keeps them."""
        return [
            {
                name: plain(value) if isinstance(value, Decimal) else value
                for name, value in asdict(one).items()
            }
            for one in self.programs
        ]


def check_balances(
    *, source: str, there: Iterable[tuple[str, Decimal | None]], at: datetime
) -> BalancesChecked:
    """Compare the points of each card and coupon with what the ledger and the coupons say.

    `there`: key and points of every card of the source; None, where they cannot be read.
    Raises: nothing of its own.
    Writes: nothing.
    Safe under: anything; what moves while it runs may be told as a difference.
    """
    sums: dict[str, Balances] = {}
    differences, refused = list[Difference](), list[str]()
    rows = iter(there)
    while batch := dict(islice(rows, _AT_ONCE)):
        known = known_rows(source, "cards", batch)
        held = _Held([one for one in known.values() if one.target_id is not None], source, at)
        for key, points in batch.items():
            row = known.get(key)
            if row is None or row.target_id is None:
                if points:
                    _add(sums, Balances("", 1, there=points))
                if points != 0 and not (row is not None and row.state == "left_out"):
                    refused.append(key)
                continue
            if points is None:
                refused.append(key)
                continue
            here, moved = held.of(row, points)
            _add(sums, Balances(str(row.held.get("program", "")), 1, points, here, moved))
            if abs(points + moved - here) >= _HALF_A_CENT:
                differences.append(Difference(key, row.ref, points, here, moved))
    programs = tuple(sums[name] for name in sorted(sums))
    return BalancesChecked(programs, tuple(differences), tuple(refused))


class _Held:
    """What some cards and coupons hold here."""

    def __init__(self, rows: list[ImportedRow], source: str, at: datetime) -> None:
        keys = {kind: [one for one in rows if one.held["kind"] == kind] for kind in _KINDS}
        wanted = {kind: [codes.normalise(one.ref) for one in keys[kind]] for kind in _KINDS}
        self._own = f"import:{source}"
        self._cards = read_wallet(partner_ref=None, code_keys=wanted["card"], at=at).cards_by_code
        self._coupons = read_coupons_and_usage(
            code_keys=wanted["coupon"], limited=(), partner_id=None
        ).coupons

    def of(self, row: ImportedRow, there: Decimal) -> tuple[Decimal, Decimal]:
        """Return what the code holds, and how much of that was moved here since."""
        key = codes.normalise(row.ref)
        if row.held["kind"] == "card":
            card = self._cards[key]
            equal = abs(card.balance - there) < _HALF_A_CENT
            return card.balance, Decimal(0) if equal else self._moved_here(card)
        left = self._coupons[key].points
        return left, left - Decimal(row.held["points"])

    def _moved_here(self, card: CardRow) -> Decimal:
        """Return the sum of what was not imported, from the card's journal."""
        return sum(
            (points for origin, points in _journal(card.id) if not origin.startswith(self._own)),
            Decimal(0),
        )


_KINDS = ("card", "coupon")


def _journal(card_id: int) -> Iterator[tuple[str, Decimal]]:
    before = None
    while rows := statement(card_id, before=before, limit=_AT_ONCE):
        yield from ((row.origin, row.points) for row in rows)
        before = rows[-1].sequence


def _add(sums: dict[str, Balances], one: Balances) -> None:
    held = sums.get(one.program, Balances(one.program))
    sums[one.program] = replace(
        held,
        codes=held.codes + one.codes,
        there=held.there + one.there,
        here=held.here + one.here,
        moved_here=held.moved_here + one.moved_here,
    )
