"""Facts follow the event log, once, whatever is read again."""

from __future__ import annotations

import pytest
from django.db import connection
from django.utils import timezone

from events.models import ConsumerPosition, Event
from events.services.place_consumers import place_consumers
from events.work.loop import catch_up
from loyalty.models import LoyaltyCard
from reporting.admin.freshness import read_freshness
from reporting.consumers import CONSUMERS
from reporting.facts.log import POINTS
from reporting.services.load_facts import FactsLoaded
from tests.reporting.conftest import ReportedShop

pytestmark = pytest.mark.django_db(transaction=True)


def totals() -> tuple[object, ...]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT sum(orders), sum(amount) FROM order_report_hourly")
        sums = cursor.fetchone()
        cursor.execute("SELECT sum(points_amount) FROM point_report_hourly")
        return (*sums, *cursor.fetchone())


def test_the_log_becomes_facts(shop: ReportedShop) -> None:
    shop.sell("one", ["tea", "cup"], partner="ann")
    shop.sell("two", ["cup"], partner="bob")
    shop.give_back("one", "1", "1")
    shop.till.ok("POST", "cards/club-ann/redeem", {"points": "4", "origin": "coffee"})
    shop.admin.ok("POST", "cards/club-bob/adjust", {"points": "-3", "reason": "by hand"})
    place_consumers(consumers=CONSUMERS)
    catch_up(CONSUMERS)

    held = sum(card.points for card in LoyaltyCard.objects.all())
    assert totals() == (2, 29, held)
    assert shop.load() == FactsLoaded(0, 0, 0)


def test_events_that_come_again_change_nothing(shop: ReportedShop) -> None:
    shop.sell("one", ["tea", "cup"], partner="ann")
    place_consumers(consumers=CONSUMERS)
    catch_up(CONSUMERS)
    before = totals()

    ConsumerPosition.objects.update(transaction_id=0, event_id=0)
    catch_up(CONSUMERS)
    assert totals() == before


def test_pages_say_what_is_not_counted_yet(shop: ReportedShop) -> None:
    place_consumers(consumers=CONSUMERS)
    shop.sell("one", ["tea"], partner="ann")
    assert read_freshness(timezone.now()).behind == "2 changes are not counted yet"
    catch_up(CONSUMERS)
    assert read_freshness(timezone.now()).behind == ""


def test_every_event_of_an_operation_is_followed(shop: ReportedShop) -> None:
    shop.sell("one", ["tea", "cup"], partner="ann")
    shop.give_back("one", "1", "1")
    with_operation = Event.objects.filter(payload__has_key="operation_id")
    assert set(with_operation.values_list("type", flat=True)) == {"PointsEarned", "PointsReversed"}
    assert {"PointsEarned", "PointsReversed"} <= POINTS
