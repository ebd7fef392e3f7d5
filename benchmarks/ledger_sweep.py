"""Expiring a million lots, with journal, chain and events, beside the bare UPDATE of as many."""

from __future__ import annotations

import time
from datetime import timedelta

import psycopg

# Lots and cards alone, in one statement: no journal, no events, nothing to say who did what.
BARE = """
WITH gone AS (
    UPDATE floor_lot l SET remaining_point = 0, state = 'expired'
    FROM (SELECT id, remaining_point FROM floor_lot
          WHERE state = 'open' AND expiration_date < current_date + 400) AS due
    WHERE l.id = due.id RETURNING l.card_id, due.remaining_point
)
UPDATE floor_card c SET points = c.points - lost.points
FROM (SELECT card_id, sum(remaining_point) AS points FROM gone GROUP BY card_id) AS lost
WHERE c.id = lost.card_id
"""
BOUND = 0.5


def bare_lots_per_second(database_url: str) -> float:
    """Return how many lots a second one statement empties."""
    with psycopg.connect(database_url, autocommit=True) as connection:
        row = connection.execute("SELECT count(*) FROM floor_lot WHERE state = 'open'").fetchone()
        assert row is not None
        start = time.perf_counter()
        connection.execute(BARE.encode())
        return float(row[0] / (time.perf_counter() - start))


def swept_lots_per_second(limit: int | None = None) -> float:
    """Return how many lots a second the service expires; all of them are due."""
    import django

    django.setup()
    from django.utils import timezone

    from loyalty.services.expire_points import expire_points

    start = time.perf_counter()
    done = expire_points(at=timezone.now() + timedelta(days=400))
    spent = time.perf_counter() - start
    print(f"{done.lots:,} lots of {done.cards:,} cards expired in {spent:,.1f} s")
    return done.lots / spent
