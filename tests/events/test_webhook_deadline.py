"""A receiver that drips its answer holds a worker no longer than one that does not answer."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import timedelta

import pytest
from django.utils import timezone

from events.models import DeliveryState, WebhookDelivery, WebhookEndpoint
from events.services import attempt_delivery as attempting
from events.services.attempt_delivery import CLAIMED_FOR, attempt_delivery
from events.services.save_webhook import save_webhook
from events.webhooks import sending
from events.webhooks.sending import EXCHANGE_SECONDS, Answer, post
from events.webhooks.targets import Target
from events.webhooks.wire import Wire

LIMIT = 0.5  # seconds, in place of EXCHANGE_SECONDS
HEAD = b"HTTP/1.1 200 OK\r\nContent-Length: 2000\r\n\r\n"
LARGE = b"x" * 20_000_000  # more than the buffers of a connection hold


@pytest.fixture(autouse=True)
def _short(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sending, "EXCHANGE_SECONDS", LIMIT)


@contextmanager
def dripping(at_once: bytes, *, drips: bytes = b"", reads: bool = True) -> Iterator[int]:
    """Serve one connection: some bytes at once, then a byte every 50 ms; give the port."""
    done = threading.Event()
    server = socket.create_server(("127.0.0.1", 0))

    def serve() -> None:
        other, _address = server.accept()
        with other, suppress(OSError):
            if reads:
                other.recv(65_536)
            other.sendall(at_once)
            for place in range(len(drips)):
                other.sendall(drips[place : place + 1])
                if done.wait(0.05):
                    return
            done.wait(10)

    thread = threading.Thread(target=serve)
    thread.start()
    try:
        yield server.getsockname()[1]
    finally:
        done.set()
        thread.join()
        server.close()


def timed(port: int, body: bytes = b"{}", scheme: str = "http") -> tuple[Answer, float]:
    started = time.monotonic()
    answer = post(Target(scheme, "127.0.0.1", port, "/", "127.0.0.1"), body, {})
    return answer, time.monotonic() - started


@pytest.mark.parametrize(
    "head",
    [
        pytest.param(b"HTTP/1.1 200 OK" + b"K" * 200, id="the status"),
        pytest.param(b"HTTP/1.1 200 OK\r\n" + b"X-Slow: 1\r\n" * 50, id="the head"),
        pytest.param(b"HTTP/1.1 100 Continue\r\n\r\n" * 20, id="answers that are none"),
    ],
)
def test_who_drips_the_head_did_not_answer(head: bytes) -> None:
    with dripping(b"", drips=head) as port:
        answer, took = timed(port)
    assert answer.status is None
    assert "timed out" in answer.text
    assert LIMIT <= took < LIMIT + 1


@pytest.mark.parametrize(
    "head",
    [
        pytest.param(HEAD, id="of a known length"),
        pytest.param(HEAD.replace(b"Content-Length: 2000", b"Connection: close"), id="to the end"),
    ],
)
def test_who_drips_the_body_has_answered(head: bytes) -> None:
    with dripping(head, drips=b"x" * 200) as port:
        answer, took = timed(port)
    assert (answer.status, set(answer.text)) == (200, {"x"})
    assert LIMIT <= took < LIMIT + 1


def test_who_drips_a_body_in_chunks_has_answered() -> None:
    head = HEAD.replace(b"Content-Length: 2000", b"Transfer-Encoding: chunked")
    with dripping(head, drips=b"1\r\nx\r\n" * 30) as port:
        answer, took = timed(port)
    assert (answer.status, set(answer.text) <= {"x"}) == (200, True)
    assert took < LIMIT + 1


def test_who_does_not_read_did_not_answer() -> None:
    with dripping(b"", reads=False) as port:
        answer, took = timed(port, LARGE)
    assert answer.status is None
    assert LIMIT <= took < LIMIT + 1


def test_who_drips_the_handshake_did_not_answer() -> None:
    # The head of a TLS record of 16 KB, and then its bytes one by one.
    with dripping(b"\x16\x03\x03\x40\x00", drips=b"\x02" * 200) as port:
        answer, took = timed(port, scheme="https")
    assert answer.status is None
    assert took < LIMIT + 1


def test_a_body_that_breaks_off_does_not_unsay_the_status() -> None:
    with dripping(HEAD + b"taken") as port:
        answer, _took = timed(port)
    assert answer == Answer(200, "taken")


def test_the_body_does_not_wait_for_the_receipt_of_the_head() -> None:
    with (
        dripping(HEAD, reads=False) as port,
        Wire(Target("http", "127.0.0.1", port, "/", "127.0.0.1"), LIMIT) as wire,
    ):
        assert wire._socket.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY)


def test_a_claim_outlives_the_longest_exchange() -> None:
    longest = timedelta(seconds=EXCHANGE_SECONDS + attempting.NAME_SECONDS)
    assert longest * 2 < CLAIMED_FOR


@pytest.fixture
def delivery(settings) -> WebhookDelivery:
    settings.WEBHOOK_PRIVATE_TARGETS = True
    made = save_webhook(
        endpoint_id=None, name="Shop", url="http://127.0.0.1:1/", event_types=[], active=True
    )
    return WebhookDelivery.objects.create(
        endpoint_id=made.endpoint_id,
        event_id=1,
        event_type="A",
        body="{}",
        next_attempt_at=timezone.now(),
    )


@pytest.mark.django_db
def test_a_name_that_takes_too_long_leaves_no_time_to_send(
    delivery: WebhookDelivery, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(attempting, "NAME_SECONDS", -1)
    with dripping(HEAD) as port:
        WebhookEndpoint.objects.update(url=f"http://127.0.0.1:{port}/")
        done = attempt_delivery(delivery_id=delivery.pk, at=timezone.now())
        socket.create_connection(("127.0.0.1", port)).close()  # nobody came: let the server go
    delivery.refresh_from_db()
    assert (done.delivered, delivery.state, delivery.last_status) == (False, "waiting", None)
    assert "took" in delivery.last_answer


@pytest.mark.django_db
def test_who_comes_back_after_its_claim_ran_out_changes_nothing(
    delivery: WebhookDelivery, monkeypatch: pytest.MonkeyPatch
) -> None:
    now = timezone.now()

    def sleep_over(*_: object) -> Answer:
        """Another worker took the message over meanwhile, and delivered it."""
        with pytest.MonkeyPatch().context() as patched:
            patched.setattr(attempting, "post", lambda *_: Answer(200, "ok"))
            attempt_delivery(delivery_id=delivery.pk, at=now + CLAIMED_FOR)
        return Answer(None, "timed out")

    monkeypatch.setattr(attempting, "post", sleep_over)
    attempt_delivery(delivery_id=delivery.pk, at=now)
    delivery.refresh_from_db()
    assert (delivery.state, delivery.attempts) == (DeliveryState.DELIVERED, 2)
    assert (delivery.next_attempt_at, delivery.last_answer) == (None, "ok")
