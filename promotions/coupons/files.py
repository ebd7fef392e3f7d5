"""Codes as a file: streamed row by row, and harmless to a spreadsheet."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Iterator
from datetime import datetime
from decimal import Decimal

from django.utils import timezone

from core.numbers import plain
from loyalty.held_points import with_points
from loyalty.models import LoyaltyCard
from promotions.models import Coupon, CouponBatch, IssuedCard

HEADER = ["code", "points", "expires_at", "withdrawn_at"]
_AT_ONCE = 2_000
Row = tuple[str, Decimal, datetime | None, datetime | None]


class _Line:
    """A file that keeps nothing: what is written is handed on line by line."""

    def write(self, line: str) -> str:
        return line


def program_csv(program_id: int) -> Iterator[str]:
    """Yield the lines of a file with every coupon of a program."""
    coupons = Coupon.objects.filter(program_id=program_id).order_by("id")
    return _lines(_coupon_rows(coupons.values_list("code", "points", "expires_at", "withdrawn_at")))


def batch_csv(batch: CouponBatch) -> Iterator[str]:
    """Yield the lines of a file with the codes of a batch, as far as they are issued."""
    return _lines(batch_rows(batch))


def batch_rows(batch: CouponBatch) -> Iterator[Row]:
    """Yield the codes of a batch with what can be spent of each now."""
    coupons = Coupon.objects.filter(batch=batch).order_by("id")
    yield from _coupon_rows(coupons.values_list("code", "points", "expires_at", "withdrawn_at"))
    issued = LoyaltyCard.objects.filter(
        pk__in=IssuedCard.objects.filter(batch=batch).values("card")
    )
    cards = with_points(issued, timezone.now()).order_by("id")
    found = cards.values_list("code", "spendable", "expires_at")
    for code, points, expires_at in found.iterator(chunk_size=_AT_ONCE):
        yield code, points, expires_at, None


def _coupon_rows(rows: Iterable[Row]) -> Iterator[Row]:
    return rows.iterator(chunk_size=_AT_ONCE)  # type: ignore[attr-defined, no-any-return]


def _lines(rows: Iterable[Row]) -> Iterator[str]:
    writer = csv.writer(_Line())
    yield writer.writerow(HEADER)
    for code, points, ends, withdrawn in rows:
        yield writer.writerow(
            [
                as_text(code),
                plain(points),
                ends.isoformat() if ends else "",
                withdrawn.isoformat() if withdrawn else "",
            ]
        )


def as_text(code: str) -> str:
    """Return a code that a spreadsheet takes for text, not for a formula."""
    return f"'{code}" if code.startswith(("=", "+", "-", "@", "\t", "\r")) else code
