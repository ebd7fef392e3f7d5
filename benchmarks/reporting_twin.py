"""The same question to ClickHouse's engine (chdb, in this process), by the service and bare."""

from __future__ import annotations

import time
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from reporting.queries.period import Period

_WHICH = """
FROM point_analytics AS fact FINAL
WHERE date >= {since:Date} AND date < {until:Date} AND transaction_type = 'earn'
"""
_BARE = [
    f"""
SELECT card_id, partner_id, loyalty_program_id, operation_id, transaction_date, transaction_type,
       points_amount, balance, origin
{_WHICH} ORDER BY transaction_date DESC, operation_id DESC LIMIT 100
""",
    f"SELECT count() {_WHICH}",
]


def copy_facts(folder: Path, period: Period) -> None:
    """Have chdb answer reports from now on, and copy the period's facts there; tell the rate."""
    from django.conf import settings

    from reporting.queries.clickhouse.server import forget_client
    from reporting.services.rebuild_clickhouse import rebuild_clickhouse

    settings.CLICKHOUSE_URL = f"chdb://{folder}"
    forget_client()
    started = time.perf_counter()
    until = period.date_to + timedelta(days=1)
    rows = rebuild_clickhouse(since=period.date_from, until=until)
    took = time.perf_counter() - started
    print(f"{rows:,} rows copied to chdb in {took:.0f} s, {rows / took:,.0f} a second", flush=True)


def ask_bare(period: Period) -> list[Any]:
    """Read the last earnings of a span, and how many there are."""
    from reporting.queries.clickhouse.server import ask

    asked = {"since": period.date_from, "until": period.until}
    return [ask(sql, asked) for sql in _BARE]


def put_away() -> None:
    """Have PostgreSQL answer reports again."""
    from django.conf import settings

    from reporting.queries.clickhouse.server import forget_client

    forget_client()
    settings.CLICKHOUSE_URL = ""
