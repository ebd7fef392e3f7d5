"""Instants and wall clocks as ClickHouse's client hands them over."""

from __future__ import annotations

from datetime import UTC, datetime


def wall_clock(told: datetime) -> datetime:
    """Return a store's wall clock, which is kept as if it were UTC, without a zone."""
    return told.replace(tzinfo=None)


def instant(told: datetime) -> datetime:
    """Return an instant, which the client may tell without its zone, in UTC."""
    return told.replace(tzinfo=UTC) if told.tzinfo is None else told
