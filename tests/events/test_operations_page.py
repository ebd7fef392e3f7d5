"""What an administrator sees and does about events: operations, dead letters, webhooks."""

from __future__ import annotations

import re
from datetime import timedelta
from decimal import Decimal

import pytest
from django.contrib.admin.models import LogEntry
from django.contrib.auth.models import Permission, User
from django.db import connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from django.utils.translation import override

from access.admin.numbers import rounded
from events.consumers.webhooks import WEBHOOKS
from events.domain.consumer import LoggedEvent
from events.models import DeadLetter, WebhookDelivery, WebhookEndpoint
from events.queries import consumer_statuses, webhook_status
from events.services.note_task_run import note_task_run
from events.services.place_consumers import place_consumers
from events.services.save_webhook import save_webhook
from tests.events.readers import keeping, log, read_on

pytestmark = pytest.mark.usefixtures("effects")
PAGE = "/admin/operations/"
LETTERS = "/admin/events/deadletter/"
HOOKS = "/admin/events/webhookendpoint/"
DELIVERIES = "/admin/events/webhookdelivery/"


def signed_in(*permissions: str) -> Client:
    """Give the client of somebody with these permissions, or of an administrator."""
    client = Client()
    if not permissions:
        client.force_login(
            User.objects.get_or_create(username="ana", is_staff=True, is_superuser=True)[0]
        )
        return client
    user = User.objects.create_user("ben", password="x", is_staff=True)
    user.user_permissions.set(Permission.objects.filter(codename__in=permissions))
    client.force_login(user)
    return client


@pytest.fixture
def letter() -> DeadLetter:
    """An event that the webhooks' consumer could not handle, as far as anybody can tell."""

    def fail(event: LoggedEvent) -> None:
        raise ValueError("no such thing")

    log(("PointsEarned", "card:1"), points="7.25")
    read_on(keeping("webhooks", attempts=1, fails=fail, partitions=8))
    return DeadLetter.objects.get()


@pytest.fixture
def hook(settings) -> WebhookEndpoint:
    settings.WEBHOOK_PRIVATE_TARGETS = True
    made = save_webhook(
        endpoint_id=None, name="Shop", url="http://127.0.0.1:1/", event_types=[], active=True
    )
    return WebhookEndpoint.objects.get(pk=made.endpoint_id)


def test_the_page_tells_lag_dead_letters_and_last_runs(letter: DeadLetter) -> None:
    now = timezone.now()
    note_task_run(
        name="loyalty.verify_ledger",
        ended_at=now,
        seconds=1.5,
        result={"cards": "12", "flaw": "LedgerFlaw(card_id=3)"},
        error="",
    )
    note_task_run(
        name="loyalty.expire_due_points", ended_at=now, seconds=2, result={}, error="KeyError: 1"
    )
    old = now - timedelta(days=2)
    note_task_run(name="events.forget_old_events", ended_at=old, seconds=2, result={}, error="")
    log(("PointsEarned", "card:2"))
    page = signed_in().get(PAGE).content.decode()
    for words in (
        "does not add up",
        "KeyError: 1",
        "late",
        "never ran",
        f"{LETTERS}?consumer=webhooks",
        "PostgreSQL",
    ):
        assert words in page
    assert Client().get(PAGE).status_code == 302
    assert signed_in("view_event").get(PAGE).status_code == 403


def test_the_page_writes_numbers_as_its_language_does() -> None:
    with override("id"):
        assert (rounded(1250.46, 1), rounded(Decimal("0.26"), 1), rounded(1234)) == (
            "1.250,5", "0,3", "1.234"
        )  # fmt: skip
    for language, answers in (("en", r"answers in [\d,]+\.\d ms"), ("id", r"dalam [\d.]+,\d md")):
        page = signed_in().get(PAGE, headers={"Accept-Language": language}).content.decode()
        assert len(re.findall(answers, page)) == 2, language


def test_a_lag_counts_what_a_consumer_has_yet_to_handle() -> None:
    reader = keeping(event_types=frozenset({"Asked"}), partition_key="partner_id")
    never = keeping("never")
    place_consumers(consumers=[reader])
    log(("Asked", "a:1"), ("Other", "a:1"), ("Asked", "a:2"), partner_id=4)
    status, other = consumer_statuses([reader, never])
    assert (status.behind, status.placed, other.placed) == (2, True, False)
    assert 0 < status.seconds_behind(timezone.now()) < 60
    read_on(reader)
    (status,) = consumer_statuses([reader])
    assert (status.behind, status.oldest, status.seconds_behind(timezone.now())) == (0, None, 0)


def test_prometheus_reads_the_lag(client: Client) -> None:
    place_consumers(consumers=[WEBHOOKS])
    log(("PointsEarned", "card:1"))
    told = client.get("/metrics").content.decode()
    assert 'punchcard_consumer_behind{consumer="webhooks"} 1.0' in told
    assert 'punchcard_consumer_dead_letters{consumer="webhooks"} 0.0' in told
    assert 'punchcard_webhook_deliveries{state="waiting"} 0.0' in told


def test_a_dead_letter_is_seen_retried_and_discarded(letter: DeadLetter) -> None:
    admin = signed_in()
    assert "no such thing" in admin.get(LETTERS).content.decode()
    page = admin.get(f"{LETTERS}{letter.pk}/change/").content.decode()
    assert "7.25" in page
    assert admin.get(f"{LETTERS}{letter.pk}/retry/").status_code == 405
    assert admin.post(f"{LETTERS}{letter.pk}/retry/").status_code == 302
    assert not DeadLetter.objects.filter(state="dead").exists()
    DeadLetter.objects.update(state="dead")
    chosen = {"action": "discard_chosen", "_selected_action": [letter.pk]}
    assert "1 event was discarded" in admin.post(LETTERS, chosen, follow=True).content.decode()
    assert not DeadLetter.objects.exists()
    said = LogEntry.objects.order_by("id").values_list("change_message", flat=True)
    assert [message.partition(":")[0] for message in said] == ["retried", "discarded"]


def test_who_may_only_look_cannot_act(letter: DeadLetter, hook: WebhookEndpoint) -> None:
    reader = signed_in("view_deadletter", "view_webhookendpoint", "view_webhookdelivery")
    assert reader.get(LETTERS).status_code == 200
    page = reader.get(f"{LETTERS}{letter.pk}/change/").content.decode()
    assert "Discard" not in page
    assert reader.post(f"{LETTERS}{letter.pk}/discard/").status_code == 403
    chosen = {"action": "discard_chosen", "_selected_action": [letter.pk]}
    reader.post(LETTERS, chosen)
    assert DeadLetter.objects.filter(state="dead").count() == 1
    assert hook.secret not in reader.get(f"{HOOKS}{hook.pk}/change/").content.decode()
    assert reader.post(f"{HOOKS}{hook.pk}/rotate/").status_code == 403
    delivery = a_failed_delivery(hook)
    assert reader.post(f"{DELIVERIES}{delivery.pk}/resend/").status_code == 403
    delivery.refresh_from_db()
    assert delivery.state == "failed"


def test_a_webhook_is_made_by_its_service_and_its_secret_rotated(settings) -> None:
    admin = signed_in()
    form = {"name": "Shop", "url": "https://127.0.0.1/", "event_types": "A, B", "active": "on"}
    answer = admin.post(f"{HOOKS}add/", form)
    assert "private network" in answer.content.decode()
    assert not WebhookEndpoint.objects.exists()
    settings.WEBHOOK_PRIVATE_TARGETS = True
    assert admin.post(f"{HOOKS}add/", form).status_code == 302
    hook = WebhookEndpoint.objects.get()
    assert hook.event_types == ["A", "B"]
    page = admin.get(f"{HOOKS}{hook.pk}/change/")
    assert hook.secret in page.content.decode()
    assert "no-store" in page["Cache-Control"]
    seen = re.findall(r'name="seen" value="(\w+)"', page.content.decode())[0]
    for _ in range(2):  # the button pressed twice replaces one secret, and not two
        admin.post(f"{HOOKS}{hook.pk}/rotate/", {"seen": seen})
    rotated = WebhookEndpoint.objects.get()
    assert (rotated.previous_secret, rotated.secret == hook.secret) == (hook.secret, False)
    assert LogEntry.objects.filter(change_message__contains="secret rotated").count() == 1


def test_a_dead_letter_of_a_consumer_that_is_off_is_counted_and_kept(letter: DeadLetter) -> None:
    DeadLetter.objects.update(consumer="kafka")
    admin = signed_in()
    page = admin.get(PAGE).content.decode()
    assert "events a person must look at" in page
    answer = admin.post(f"{LETTERS}{letter.pk}/retry/", follow=True).content.decode()
    assert "no such consumer is switched on: kafka" in answer
    assert "tried again." not in answer.replace("Not tried again", "")
    assert DeadLetter.objects.get().state == "dead"
    admin.post(f"{LETTERS}{letter.pk}/discard/")
    assert not DeadLetter.objects.exists()


def test_deliveries_are_counted_without_reading_what_was_delivered(hook: WebhookEndpoint) -> None:
    a_failed_delivery(hook)
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off")
        with CaptureQueriesContext(connection) as asked:
            status = webhook_status()
        plans = ""
        for one in asked.captured_queries:
            cursor.execute("EXPLAIN " + one["sql"])
            plans += str(cursor.fetchall())
    assert (status.waiting, status.retrying, status.failed) == (0, 0, 1)
    assert "delivery_waiting" in plans
    assert "delivery_failed" in plans
    assert "Seq Scan" not in plans


def test_a_delivery_says_its_state_in_words(hook: WebhookEndpoint) -> None:
    admin = signed_in()
    page = admin.get(f"{DELIVERIES}{a_failed_delivery(hook).pk}/change/").content.decode()
    assert ">failed<" in re.sub(r"\s+", "", page)
    assert "(&#x27;failed" not in page


def a_failed_delivery(hook: WebhookEndpoint) -> WebhookDelivery:
    return WebhookDelivery.objects.create(
        endpoint=hook,
        event_id=1,
        event_type="A",
        body='{"id": 1}',
        state="failed",
        attempts=8,
        last_status=500,
        last_answer="out of order",
    )


def test_a_delivery_is_seen_with_its_answer_and_sent_again(hook: WebhookEndpoint) -> None:
    delivery = a_failed_delivery(hook)
    assert webhook_status().failed == 1
    admin = signed_in()
    assert "500" in admin.get(DELIVERIES).content.decode()
    assert "out of order" in admin.get(f"{DELIVERIES}{delivery.pk}/change/").content.decode()
    assert admin.post(f"{DELIVERIES}{delivery.pk}/resend/").status_code == 302
    delivery.refresh_from_db()
    assert (delivery.state, delivery.attempts) == ("waiting", 0)
