"""Refreshing the materialized views."""

from __future__ import annotations

from django.db import connection

VIEWS = ("mv_promotion_daily_summary", "mv_membership_daily_summary", "mv_point_daily_summary")


def refresh_views() -> tuple[str, ...]:
    """Refresh the daily views while they are read; return their names.

    Raises: nothing of its own.
    Writes: the materialized views.
    Safe under: replay and concurrency, PostgreSQL lets one refresh of a view wait for the other.
    """
    with connection.cursor() as cursor:
        for view in VIEWS:
            cursor.execute(f"REFRESH MATERIALIZED VIEW CONCURRENTLY {view}")
    return VIEWS
