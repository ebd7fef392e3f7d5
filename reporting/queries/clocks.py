"""Facts that stand on days of a clock that is no longer their store's."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from django.db import connection

from reporting.facts.months import CALENDAR

# A fact may have to leave one of these days for the other, so both are told.
_OTHER = """
SELECT count(*), least(min(local_time), min(present))::date,
       greatest(max(local_time), max(present))::date
FROM (
    SELECT f.local_time, f.transaction_date AT TIME ZONE store.time_zone AS present
    FROM order_report_detail f JOIN promotions_posconfig store ON store.id = f.pos_config_id
    WHERE f.transaction_date >= %(opens)s AND f.transaction_date < %(closes)s
    UNION ALL
    SELECT f.local_time, f.transaction_date AT TIME ZONE kind.time_zone
    FROM point_report_detail f JOIN loyalty_loyaltyprogram kind ON kind.id = f.loyalty_program_id
    WHERE f.transaction_date >= %(opens)s AND f.transaction_date < %(closes)s
) AS facts WHERE local_time <> present
"""


@dataclass(frozen=True, slots=True)
class OtherClocks:
    """How many orders, returns and moves of points there are, and the days to rebuild."""

    facts: int
    first: date
    last: date


def facts_of_other_clocks() -> OtherClocks | None:
    """Return the facts made before the time zone of their store, or kind of points, changed.

    None: there is none. It reads the details of orders and points once.
    """
    with connection.cursor() as cursor:
        cursor.execute(_OTHER, {"opens": CALENDAR[0], "closes": CALENDAR[1]})
        facts, first, last = cursor.fetchone()
    return OtherClocks(facts, first, last) if facts else None
