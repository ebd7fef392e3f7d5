"""Members by the month they joined: how many still buy, and what they spend, month by month.

A member joined in the month of the first level or the first card, whichever was earlier, by the
shop's calendar (TIME_ZONE). Months since: whole calendar months; 0 is the month of joining. Who
bought and what they spent is by the stores' calendars, less what came back.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.conf import settings
from django.db import connection

from reporting.queries.period import ZERO, Period

_COHORTS = """
WITH joined AS MATERIALIZED (
    SELECT partner_id,
           date_trunc('month', min(at) AT TIME ZONE %(zone)s)::date AS month
    FROM (
        SELECT partner_id, membership_start AS at FROM loyalty_membership
        UNION ALL
        SELECT partner_id, created_at FROM loyalty_loyaltycard WHERE partner_id IS NOT NULL
    ) first GROUP BY 1
), cohort AS (
    SELECT month, count(*) AS members FROM joined
    WHERE month >= %(first)s AND month < %(until)s GROUP BY 1
), spent AS MATERIALIZED (
    SELECT partner_id, currency, date_trunc('month', report_date)::date AS month,
           sum(orders) AS orders, sum(amount) AS amount,
           sum(orders) FILTER (WHERE sold_on >= date_trunc('month', report_date)) AS stayed
    FROM membership_report_customer
    WHERE report_date >= %(first)s AND report_date < %(until)s
      AND (%(stores)s::bigint[] IS NULL OR pos_config_id = ANY(%(stores)s))
    GROUP BY 1, 2, 3
), bought AS MATERIALIZED (
    SELECT j.month, s.currency, s.orders, s.amount, s.stayed,
           ((extract(year FROM s.month) - extract(year FROM j.month)) * 12
            + extract(month FROM s.month) - extract(month FROM j.month))::int AS months
    FROM spent s JOIN joined j ON j.partner_id = s.partner_id AND j.month <= s.month
    WHERE j.month >= %(first)s
)
SELECT cohort.month, b.months, b.currency, cohort.members,
       coalesce(count(*) FILTER (WHERE b.stayed > 0), 0), coalesce(sum(b.orders), 0)::bigint,
       coalesce(sum(b.amount), 0)
FROM cohort LEFT JOIN bought b ON b.month = cohort.month
GROUP BY 1, 2, 3, 4 ORDER BY 1, 2, 3
"""


@dataclass(frozen=True, slots=True)
class CohortMonth:
    """The members who joined in a month, so many months later, in one currency.

    `members`: how many joined; `active`: of them, who bought. `months` and `currency` None: nobody
    of the cohort ever bought.
    """

    cohort: date
    months: int | None
    currency: str | None
    members: int
    active: int
    orders: int
    amount: Decimal

    @property
    def retention(self) -> float:
        """The share of the cohort that bought."""
        return self.active / self.members

    @property
    def amount_per_member(self) -> Decimal:
        """What was spent, by everybody who joined."""
        return self.amount / self.members if self.members else ZERO


def member_cohorts(
    period: Period, *, pos_config_ids: Sequence[int] | None = None
) -> list[CohortMonth]:
    """Return the cohorts of the months that begin or lie in the period, up to its end."""
    asked: dict[str, Any] = {
        "first": period.date_from.replace(day=1),
        "until": period.until,
        "stores": None if pos_config_ids is None else list(pos_config_ids),
        "zone": settings.TIME_ZONE,
    }
    with connection.cursor() as cursor:
        cursor.execute(_COHORTS, asked)
        rows = cursor.fetchall()
    return [
        CohortMonth(cohort, months, currency, members, active if months is not None else 0, *rest)
        for cohort, months, currency, members, active, *rest in rows
    ]
