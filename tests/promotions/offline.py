"""What tills without a line keep and send."""

from __future__ import annotations

from datetime import timedelta

from django.utils import timezone

from promotions.models import CatalogVersion
from tests.shop import Json, Shop

HOUR = timedelta(hours=1)
NOW = timedelta()


def sold(shop: Shop, *lines: tuple[str, str], ago: timedelta = HOUR, **fields) -> Json:
    """Return an order as a till without a line kept it."""
    at = (timezone.now() - ago).isoformat()
    return shop.order(*lines, **{"ref": "O-1", "at": at, **fields})


def sync(shop: Shop, *orders: object) -> list[Json]:
    results: list[Json] = shop.till.ok("POST", "orders/sync", {"orders": list(orders)})["results"]
    return results


def long_in_force() -> None:
    """Let everything published so far have been in force for a day."""
    day = timedelta(days=1)
    for one in CatalogVersion.objects.all():
        CatalogVersion.objects.filter(pk=one.pk).update(since=one.since - day)
