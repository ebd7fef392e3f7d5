"""The event log."""

import pytest
from django.db import connection, transaction

from events.log import Happening, record
from events.models import Event
from tests.loyalty.book import NOON

pytestmark = pytest.mark.django_db


def test_events_are_kept_in_one_statement_with_the_transaction_they_belong_to(
    django_assert_num_queries,
):
    with django_assert_num_queries(1):
        record(
            [
                Happening("PointsEarned", "card:1", {"points": "10.5"}),
                Happening("PointsRedeemed", "card:1", {"points": "-3"}),
            ],
            at=NOON,
        )
    first, second = Event.objects.order_by("id")
    assert (first.type, first.key, first.payload) == ("PointsEarned", "card:1", {"points": "10.5"})
    assert first.occurred_at == second.occurred_at == NOON
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_current_xact_id()::text::bigint")
        assert first.transaction_id == second.transaction_id == cursor.fetchone()[0]
    assert str(second) == "PointsRedeemed card:1"


def test_a_transaction_rolled_back_leaves_no_event():
    with transaction.atomic():
        record([Happening("PointsEarned", "card:1", {})], at=NOON)
        transaction.set_rollback(True)
    assert not Event.objects.exists()


def test_the_database_records_as_python_does():
    record([Happening("OrderCreated", "order:1", {"total": "9.90"})], at=NOON)
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT record_event('OrderCreated', 'order:1', %s::jsonb, %s)",
            ['{"total": "9.90"}', NOON],
        )
    fields = ("type", "key", "payload", "occurred_at", "transaction_id")
    first, second = Event.objects.order_by("id").values(*fields)
    assert first == second
