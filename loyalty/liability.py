"""What the shop owes in points, as of any instant, and when it will be forgotten by expiry."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from django.db import connection

from loyalty.errors import LoyaltyProgramNotFound

# From the journal up to then, as `balance_at` of a single card. A lot that expires as a day ends
# counts to the month of that day.
_BY_MONTH = """
WITH program AS (SELECT id, time_zone FROM loyalty_loyaltyprogram WHERE id = %(program)s),
held AS (
    SELECT h.move_id, sum(h.points_amount) AS points,
           bool_and(c.active AND (c.expires_at IS NULL OR c.expires_at > %(at)s)) AS in_use
    FROM loyalty_pointhistory h JOIN loyalty_loyaltycard c ON c.id = h.card_id
    JOIN program ON program.id = c.loyalty_program_id
    WHERE h.transaction_time <= %(at)s
      AND (h.move_id IS NOT NULL OR h.kind <> 'expire')  -- a sweep's: of lots past their date
    GROUP BY h.card_id, h.move_id
)
SELECT date_trunc('month', (m.expiration_date - interval '1 microsecond')
                  AT TIME ZONE program.time_zone)::date,
       coalesce(sum(held.points) FILTER (WHERE in_use AND m.available_from <= %(at)s), 0),
       coalesce(sum(held.points) FILTER (WHERE in_use AND m.available_from > %(at)s), 0),
       coalesce(-sum(held.points) FILTER (WHERE held.move_id IS NULL), 0),
       coalesce(sum(held.points) FILTER (WHERE held.move_id IS NOT NULL AND NOT in_use), 0)
FROM program LEFT JOIN held ON held.points <> 0
LEFT JOIN loyalty_pointmove m ON m.id = held.move_id
WHERE m.expiration_date IS NULL OR m.expiration_date > %(at)s
GROUP BY 1 ORDER BY 1
"""
_EXISTS = "SELECT FROM loyalty_loyaltyprogram WHERE id = %s"


@dataclass(frozen=True, slots=True)
class ExpiringMonth:
    """Points whose last good day lies in the month that begins on `month`; None: never."""

    month: date | None
    points: Decimal


@dataclass(frozen=True, slots=True)
class Liability:
    """Points of one kind that members hold. `spendable` and `pending` are on lots still good;
    `debt` is what members owe, and is not taken off them. `on_unusable_cards`: on lots still
    good of cards that are blocked now or had expired then, and in none of the others, but they
    would be there again if the card were.
    """

    loyalty_program_id: int
    at: datetime
    spendable: Decimal
    pending: Decimal
    debt: Decimal
    on_unusable_cards: Decimal
    expiring: tuple[ExpiringMonth, ...]


def liability(loyalty_program_id: int, at: datetime) -> Liability:
    """Return what is owed in points of a kind as of an instant, and its schedule of expiry.

    Points past their date do not count, swept or not; lots have the dates they have now.
    Raises: LoyaltyProgramNotFound.
    """
    with connection.cursor() as cursor:
        cursor.execute(_BY_MONTH, {"program": loyalty_program_id, "at": at})
        rows = cursor.fetchall()
        if not rows:
            cursor.execute(_EXISTS, [loyalty_program_id])
            if cursor.fetchone() is None:
                raise LoyaltyProgramNotFound(loyalty_program_id=loyalty_program_id)
    zero = Decimal(0)
    return Liability(
        loyalty_program_id=loyalty_program_id,
        at=at,
        spendable=sum((row[1] for row in rows), zero),
        pending=sum((row[2] for row in rows), zero),
        debt=sum((row[3] for row in rows), zero),
        on_unusable_cards=sum((row[4] for row in rows), zero),
        expiring=tuple(
            ExpiringMonth(month, spendable + pending)
            for month, spendable, pending, _debt, _unusable in rows
            if spendable + pending
        ),
    )
