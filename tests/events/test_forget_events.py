"""Retention: what is old and read goes, nothing else."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import connection
from django.utils import timezone

from events import registry, tasks
from events.domain.consumer import Consumer, LoggedEvent
from events.models import ConsumerPosition, Event, ParkedEvent, WebhookDelivery, WebhookEndpoint
from events.services import forget_events as module
from events.services.forget_events import forget_events
from tests.events.readers import keeping, log, read_on

pytestmark = pytest.mark.usefixtures("effects")
KEPT = timedelta(days=90)


def aged(*keys: str, days: int) -> None:
    """Log an event per key as if so many days ago."""
    log(*[("Good", key) for key in keys])
    Event.objects.filter(key__in=keys).update(recorded_at=timezone.now() - timedelta(days=days))


@pytest.fixture
def readers(monkeypatch: pytest.MonkeyPatch) -> list[Consumer]:
    def fail(event: LoggedEvent) -> None:
        if event.key == "card:bad":
            raise ValueError("no")

    both = [keeping("first", attempts=1, fails=fail), keeping("second")]
    monkeypatch.setattr(registry, "consumers", lambda: {one.name: one for one in both})
    monkeypatch.setattr(module, "consumers", registry.consumers)
    monkeypatch.setattr(module, "BATCH", 3)
    return both


def test_what_every_consumer_has_read_and_is_old_goes_in_batches(readers: list[Consumer]) -> None:
    aged(*[f"card:{number}" for number in range(8)], days=91)
    aged("card:young", days=89)
    assert forget_events(at=timezone.now(), kept_for=KEPT).events == 0  # nobody has read it
    read_on(readers[0])
    assert forget_events(at=timezone.now(), kept_for=KEPT).events == 0  # one has not
    read_on(readers[1])
    assert forget_events(at=timezone.now(), kept_for=KEPT).events == 8
    assert Event.objects.get().key == "card:young"
    log(("Good", "card:next"))
    assert [one.handled for one in read_on(readers[0])] == [1]


def test_the_hindmost_partition_decides(readers: list[Consumer]) -> None:
    aged("card:1", days=91)
    for reader in readers:
        read_on(reader)
    row = ConsumerPosition.objects.filter(consumer="second")[0]
    ConsumerPosition.objects.filter(pk=row.pk).update(transaction_id=0, event_id=0)
    assert forget_events(at=timezone.now(), kept_for=KEPT).events == 0


def test_a_dead_letter_keeps_its_event(readers: list[Consumer]) -> None:
    aged("card:bad", "card:1", days=91)
    for reader in readers:
        read_on(reader)
    assert forget_events(at=timezone.now(), kept_for=KEPT).events == 1
    assert ParkedEvent.objects.get().event == Event.objects.get()


def test_deliveries_that_are_done_go_and_those_that_wait_stay(readers: list[Consumer]) -> None:
    endpoint = WebhookEndpoint.objects.create(name="Shop", url="https://shop.example/")
    for number, (state, days) in enumerate(
        [("delivered", 91), ("failed", 91), ("waiting", 91), ("delivered", 89)]
    ):
        WebhookDelivery.objects.create(
            endpoint=endpoint,
            event_id=number,
            event_type="A",
            body="{}",
            state=state,
            created_at=timezone.now() - timedelta(days=days),
        )
    assert tasks.forget_old_events() == {"events": 0, "deliveries": 2}
    assert sorted(WebhookDelivery.objects.values_list("event_id", flat=True)) == [2, 3]


def test_a_log_restored_on_another_server_is_read_on_in_its_order(
    readers: list[Consumer],
) -> None:
    """A dump brings along ids of transactions that the new server has not given out yet."""
    from events.services.adopt_restored_log import adopt_restored_log
    from tests.events.readers import kept

    reader = readers[1]
    log(("Good", "card:1"))
    read_on(reader)
    log(("Good", "card:2"))
    assert not adopt_restored_log().adopted
    ahead = 10**12
    with connection.cursor() as cursor:
        for table in ("events_event", "events_consumerposition"):
            cursor.execute(f"UPDATE {table} SET transaction_id = transaction_id + {ahead}")
    log(("Good", "card:3"))
    assert read_on(reader) == []  # the control: the new event stands before what was read
    assert adopt_restored_log().adopted
    assert not adopt_restored_log().adopted
    read_on(reader)
    assert kept("second") == list(Event.objects.order_by("id").values_list("id", flat=True))
    read_on(keeping("newcomer"))
    assert kept("newcomer") == kept("second")
