"""What is expected of points that are not used yet: nothing is told before there is a rate."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal

import pytest

from loyalty.models import LoyaltyCard
from loyalty.services.earn_points import earn_points
from tests.reporting.test_insights import PastShop, a_winter_of_points, told

pytestmark = pytest.mark.django_db
EXPECTED = ("can_expire", "settled_rate", "expected", "expected_share")


@pytest.fixture
def shop() -> PastShop:
    """Give a shop with a member."""
    shop = PastShop(currency="USD")
    shop.member("ann", points="0")
    return shop


def test_nothing_is_expected_before_any_fate_is_known(shop: PastShop) -> None:
    a_winter_of_points()
    early = shop.report("points/breakage", at="2026-02-01T00:00:00Z")
    assert told(early, *EXPECTED) == [("100", None, None, None)]


def test_a_file_leaves_empty_what_is_not_known(shop: PastShop) -> None:
    a_winter_of_points()
    query = "date_from=2026-01-01&date_to=2026-01-31&at=2026-02-01T00:00:00Z&format=csv"
    response = shop.admin._client.get(
        f"/api/v1/reports/points/breakage?{query}", headers=shop.admin._headers
    )
    body = b"".join(response.streaming_content).decode()  # type: ignore[attr-defined]
    assert body.splitlines()[1].endswith(",100,0,0,0,100,100,,,")


def test_points_that_never_expire_are_never_broken(shop: PastShop) -> None:
    earn_points(
        card_id=LoyaltyCard.objects.get(partner__ref="ann").pk,
        points=Decimal(5),
        origin="gift",
        idempotency_key="gift",
        at=datetime(2026, 1, 10, tzinfo=UTC),
    )
    rows = shop.report("points/breakage", at="2026-02-01T00:00:00Z")
    assert told(rows, *EXPECTED) == [("0", None, "0", 0.0)]
