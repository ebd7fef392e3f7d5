"""How long a till may go without a line."""

from __future__ import annotations

from datetime import datetime, timedelta

from promotions.orders.errors import TooLongAgo

#: How far back a sale may lie when it is reported.
OFFLINE = timedelta(hours=72)
#: How far a till's clock may run ahead of ours.
CLOCK_SKEW = timedelta(minutes=5)
#: How long a till may quote from one bundle.
BUNDLE_LIFE = timedelta(hours=72)
#: How often a till with a line gets a new one though nothing has changed.
BUNDLE_RENEWAL = timedelta(hours=6)


def check_time_of_sale(at: datetime, now: datetime) -> None:
    """Refuse a sale that lies too far back, or ahead. Raises: TooLongAgo."""
    if not now - OFFLINE <= at <= now + CLOCK_SKEW:
        raise TooLongAgo(at=at.isoformat(), earliest=(now - OFFLINE).isoformat())
