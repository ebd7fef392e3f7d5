"""Webhooks: what is sent, signed how, tried how often, and never to our own network."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from django.utils import timezone
from django_redis import get_redis_connection
from kombu.exceptions import OperationalError

from events import tasks
from events.consumers.webhooks import WEBHOOKS
from events.errors import WebhookNotFound
from events.models import WebhookDelivery, WebhookEndpoint
from events.services.attempt_delivery import WAITS, attempt_delivery
from events.services.place_consumers import place_consumers
from events.services.queue_deliveries import queue_deliveries
from events.services.resend_delivery import resend_delivery
from events.services.rotate_webhook_secret import rotate_webhook_secret
from events.services.save_webhook import save_webhook
from events.stream import START, read_events, read_head
from events.webhooks.signature import signed_headers
from tests.concurrency.threads import at_once
from tests.events.raw_server import answering
from tests.events.readers import log, read_on

pytestmark = pytest.mark.django_db(transaction=True)


@dataclass
class Receiver:
    """Somebody's web server: keeps what it got and answers what it is told to."""

    url: str = ""
    status: int = 200
    got: list[tuple[dict[str, str], bytes]] = field(default_factory=list)

    def accepts(self, place: int, secret: str) -> bool:
        """Check a message as a receiver does, by the scheme's own description."""
        headers, body = self.got[place]
        signed = f"{headers['webhook-id']}.{headers['webhook-timestamp']}.".encode() + body
        key = base64.b64decode(secret.removeprefix("whsec_"))
        mine = base64.b64encode(hmac.new(key, signed, hashlib.sha256).digest()).decode()
        return f"v1,{mine}" in headers["webhook-signature"].split(" ")


@pytest.fixture
def receiver(settings) -> Iterator[Receiver]:
    settings.WEBHOOK_PRIVATE_TARGETS = True
    one = Receiver()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            one.got.append(({name.lower(): v for name, v in self.headers.items()}, body))
            self.send_response(one.status)
            if one.status == 302:
                self.send_header("Location", one.url + "/elsewhere")
            self.send_header("Content-Length", "2")
            self.end_headers()
            self.wfile.write(b"ok")

        def log_message(self, *args: object) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    one.url = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield one
    server.shutdown()
    server.server_close()
    thread.join()


Deliver = Callable[..., WebhookDelivery]


@pytest.fixture
def webhook(receiver: Receiver) -> WebhookEndpoint:
    place_consumers(consumers=[WEBHOOKS])
    made = save_webhook(
        endpoint_id=None,
        name="Shop",
        url=f"{receiver.url}/hook?shop=1",
        event_types=["PointsEarned"],
        active=True,
    )
    return WebhookEndpoint.objects.get(pk=made.endpoint_id)


def queued() -> WebhookDelivery:
    """Let an event happen that the webhook asks for, and return its delivery."""
    log(("PointsEarned", "card:1"), ("PointsRedeemed", "card:1"), points="10.5")
    read_on(WEBHOOKS)
    return WebhookDelivery.objects.latest("id")


def attempt(delivery: WebhookDelivery, at: datetime | None = None) -> bool:
    done = attempt_delivery(delivery_id=delivery.pk, at=at or timezone.now())
    delivery.refresh_from_db()
    return done.delivered


def test_the_signature_is_that_of_the_schemes_own_example() -> None:
    headers = signed_headers(
        b'{"test": 2432232314}',
        message_id="msg_p5jXN8AQM9LWM0D4loKWxJek",
        at=datetime.fromtimestamp(1614265330, UTC),
        keys=["whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"],
    )
    assert headers == {
        "webhook-id": "msg_p5jXN8AQM9LWM0D4loKWxJek",
        "webhook-timestamp": "1614265330",
        "webhook-signature": "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=",
    }


def test_a_message_is_sent_signed_and_once(receiver: Receiver, webhook: WebhookEndpoint) -> None:
    delivery = queued()
    assert WebhookDelivery.objects.count() == 1  # the other type was not asked for
    assert attempt(delivery)
    (headers, body), *more = receiver.got
    assert not more
    assert receiver.accepts(0, webhook.secret)
    assert headers["webhook-id"] == f"evt_{delivery.event_id}"
    assert headers["host"] == receiver.url.removeprefix("http://")
    told = json.loads(body)
    assert (told["type"], told["key"]) == ("PointsEarned", "card:1")
    assert told["data"] == {"points": "10.5"}
    assert (delivery.state, delivery.last_status, delivery.last_answer) == ("delivered", 200, "ok")
    assert not attempt(delivery, timezone.now() + timedelta(days=1))
    assert len(receiver.got) == 1


def test_eight_workers_send_a_message_once(receiver: Receiver, webhook: WebhookEndpoint) -> None:
    delivery, now = queued(), timezone.now()
    at_once(*[lambda: attempt_delivery(delivery_id=delivery.pk, at=now)] * 8)
    assert len(receiver.got) == 1


def test_a_receiver_that_is_away_is_tried_for_a_day_and_a_half(
    receiver: Receiver, webhook: WebhookEndpoint
) -> None:
    receiver.status = 500
    delivery, now = queued(), timezone.now()
    for place, wait in enumerate(WAITS, start=1):
        assert not attempt(delivery, now)
        assert (delivery.state, delivery.last_status) == ("waiting", 500)
        now += wait
        assert not attempt(delivery, now - timedelta(seconds=1))
        assert delivery.attempts == place  # it was not due again yet
    assert not attempt(delivery, now)
    assert (delivery.state, delivery.attempts) == ("failed", 8)
    assert len({headers["webhook-id"] for headers, _body in receiver.got}) == 1
    receiver.status = 204
    resend_delivery(delivery_id=delivery.pk, at=timezone.now())
    assert attempt(delivery)
    assert receiver.got[-1][1] == receiver.got[0][1]
    with pytest.raises(WebhookNotFound):
        resend_delivery(delivery_id=0, at=timezone.now())


def test_a_receiver_that_does_not_answer_is_no_reason_to_fail(
    receiver: Receiver, webhook: WebhookEndpoint
) -> None:
    WebhookEndpoint.objects.update(url="http://127.0.0.1:1/")
    delivery = queued()
    assert not attempt(delivery)
    assert (delivery.state, delivery.last_status) == ("waiting", None)
    assert "refused" in delivery.last_answer


def test_a_redirect_is_not_followed(receiver: Receiver, webhook: WebhookEndpoint) -> None:
    receiver.status = 302
    delivery = queued()
    assert not attempt(delivery)
    assert len(receiver.got) == 1
    assert (delivery.state, delivery.last_status) == ("waiting", 302)


def test_gone_switches_the_webhook_off(receiver: Receiver, webhook: WebhookEndpoint) -> None:
    receiver.status = 410
    first, second = queued(), queued()
    attempt(first)
    webhook.refresh_from_db()
    assert (first.state, webhook.active) == ("failed", False)
    attempt(second)
    assert (second.state, len(receiver.got)) == ("failed", 1)
    log(("PointsEarned", "card:1"))
    read_on(WEBHOOKS)
    assert WebhookDelivery.objects.count() == 2


def test_after_a_rotation_both_secrets_sign_for_a_while(
    receiver: Receiver, webhook: WebhookEndpoint
) -> None:
    now = timezone.now()
    rotated = rotate_webhook_secret(endpoint_id=webhook.pk, at=now, overlap=timedelta(hours=24))
    assert rotated.secret != webhook.secret
    attempt(queued())
    assert receiver.accepts(0, webhook.secret)
    assert receiver.accepts(0, rotated.secret)
    attempt(queued(), now + timedelta(hours=25))
    assert receiver.accepts(1, rotated.secret)
    assert not receiver.accepts(1, webhook.secret)
    with pytest.raises(WebhookNotFound):
        rotate_webhook_secret(endpoint_id=0, at=now, overlap=timedelta(0))


def test_the_consumer_hurries_and_the_timetable_catches_what_was_not_hurried(
    receiver: Receiver, webhook: WebhookEndpoint, settings
) -> None:
    hurried: list[int] = []
    with pytest.MonkeyPatch().context() as patched:
        patched.setattr(tasks.send_webhook, "delay", hurried.append)
        delivery = queued()
        assert hurried == [delivery.pk]
        assert tasks.send_due_webhooks() == {"due": 1}
    assert hurried == [delivery.pk] * 2
    for delivery_id in hurried:  # both tasks run, the message goes once
        tasks.send_webhook(delivery_id)
    assert len(receiver.got) == 1
    assert tasks.send_due_webhooks() == {"due": 0}


def test_a_receiver_that_speaks_no_http_is_noted_and_tried_again(webhook: WebhookEndpoint) -> None:
    delivery = queued()
    with answering(b"\x00\xff\x15\x03", after=b"}") as port:
        url = f"http://127.0.0.1:{port}/"
        WebhookEndpoint.objects.filter(pk=webhook.pk).update(url=url)
        assert not attempt(delivery)
    assert (delivery.state, delivery.attempts, delivery.last_status) == ("waiting", 1, None)
    assert delivery.last_answer.startswith("BadStatusLine")
    assert delivery.next_attempt_at == (delivery.last_attempt_at or timezone.now()) + WAITS[0]


def test_what_waits_in_the_queue_is_not_queued_again_without_end(
    webhook: WebhookEndpoint, monkeypatch: pytest.MonkeyPatch
) -> None:
    handed_out: list[int] = []
    monkeypatch.setattr(tasks.send_webhook, "delay", handed_out.append)
    log(("PointsEarned", "card:1"))
    read_on(WEBHOOKS)
    handed_out.clear()
    redis = get_redis_connection("default")
    redis.rpush("webhooks", *range(tasks.DUE_AT_ONCE))
    try:
        assert (tasks.send_due_webhooks(), handed_out) == ({"due": 0}, [])
        redis.lpop("webhooks")
        assert (tasks.send_due_webhooks(), len(handed_out)) == ({"due": 1}, 1)
    finally:
        redis.delete("webhooks")


def test_a_queue_that_is_down_loses_no_message(
    receiver: Receiver, webhook: WebhookEndpoint, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(delivery_id: int) -> None:
        raise OperationalError("connection refused")

    monkeypatch.setattr(tasks.send_webhook, "delay", refuse)
    delivery = queued()
    assert delivery.state == "waiting"
    assert attempt(delivery)


def test_an_event_told_twice_is_queued_once(webhook: WebhookEndpoint) -> None:
    log(("PointsEarned", "card:1"))
    up_to = read_head().tail
    told = read_events(WEBHOOKS, after=START, up_to=up_to, partitions=range(8), limit=10)
    now = timezone.now()
    assert len(queue_deliveries(events=told, at=now).delivery_ids) == 1
    queue_deliveries(events=told, at=now)
    assert WebhookDelivery.objects.count() == 1
