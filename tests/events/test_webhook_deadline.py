"""A receiver that drips its answer holds a worker no longer than one that does not answer."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import timedelta
from types import SimpleNamespace

import pytest
from django.utils import timezone

from events.models import DeliveryState, WebhookDelivery, WebhookEndpoint
from events.services import attempt_delivery as attempting
from events.services.attempt_delivery import CLAIMED_FOR, attempt_delivery
from events.services.save_webhook import save_webhook
from events.webhooks import sending, wire
from events.webhooks.sending import EXCHANGE_SECONDS, Answer, post
from events.webhooks.targets import Target
from events.webhooks.wire import Wire

LIMIT = 0.5  # seconds, in place of EXCHANGE_SECONDS
LONG = 60.0
HEAD = b"HTTP/1.1 200 OK\r\nContent-Length: 2000\r\n\r\n"
LARGE = b"x" * 20_000_000  # more than the buffers of a connection hold


@pytest.fixture(autouse=True)
def _short(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sending, "EXCHANGE_SECONDS", LIMIT)


@dataclass
class Dripper:
    """A receiver that has more to say, and time to say it, until it is `over`."""

    port: int
    over: threading.Event = field(default_factory=threading.Event)


@contextmanager
def dripping(at_once: bytes, *, drips: bytes = b"", reads: bool = True) -> Iterator[Dripper]:
    """Serve one connection: some bytes at once, then a byte every 50 ms."""
    done = threading.Event()
    server = socket.create_server(("127.0.0.1", 0))
    dripper = Dripper(server.getsockname()[1])

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
            done.wait(LONG)
        dripper.over.set()

    thread = threading.Thread(target=serve)
    thread.start()
    try:
        yield dripper
    finally:
        done.set()
        thread.join()
        server.close()


def sent_to(dripper: Dripper, body: bytes = b"{}", scheme: str = "http") -> Answer:
    """Return what came of it in time: the receiver was not at its end yet."""
    answer = post(Target(scheme, "127.0.0.1", dripper.port, "/", "127.0.0.1"), body, {})
    assert not dripper.over.is_set()
    return answer


def time_ends_with(received: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the exchange's time be over once so many bytes came, however fast the machine is."""
    came = [0]
    receive_into = Wire.receive_into

    def count(self: Wire, buffer: bytearray) -> int:
        got = receive_into(self, buffer)
        came[0] += got
        return got

    def monotonic() -> float:
        return LONG if came[0] >= received else 0.0

    monkeypatch.setattr(Wire, "receive_into", count)
    monkeypatch.setattr(wire, "time", SimpleNamespace(monotonic=monotonic))
    monkeypatch.setattr(sending, "EXCHANGE_SECONDS", LONG)


@pytest.mark.parametrize(
    "head",
    [
        pytest.param(b"HTTP/1.1 200 OK" + b"K" * 200, id="the status"),
        pytest.param(b"HTTP/1.1 200 OK\r\n" + b"X-Slow: 1\r\n" * 50, id="the head"),
        pytest.param(b"HTTP/1.1 100 Continue\r\n\r\n" * 20, id="answers that are none"),
    ],
)
def test_who_drips_the_head_did_not_answer(head: bytes) -> None:
    started = time.monotonic()
    with dripping(b"", drips=head) as dripper:
        answer = sent_to(dripper)
    assert answer.status is None
    assert "timed out" in answer.text
    assert time.monotonic() - started >= LIMIT


@pytest.mark.parametrize(
    "head",
    [
        pytest.param(HEAD, id="of a known length"),
        pytest.param(HEAD.replace(b"Content-Length: 2000", b"Connection: close"), id="to the end"),
    ],
)
def test_who_drips_the_body_has_answered(head: bytes, monkeypatch: pytest.MonkeyPatch) -> None:
    time_ends_with(len(head) + 5, monkeypatch)
    with dripping(head, drips=b"x" * 200) as dripper:
        answer = sent_to(dripper)
    assert (answer.status, set(answer.text)) == (200, {"x"})


def test_who_drips_a_body_in_chunks_has_answered(monkeypatch: pytest.MonkeyPatch) -> None:
    head = HEAD.replace(b"Content-Length: 2000", b"Transfer-Encoding: chunked")
    time_ends_with(len(head) + 15, monkeypatch)
    with dripping(head, drips=b"1\r\nx\r\n" * 30) as dripper:
        answer = sent_to(dripper)
    assert (answer.status, set(answer.text) <= {"x"}) == (200, True)


def test_who_does_not_read_did_not_answer() -> None:
    with dripping(b"", reads=False) as dripper:
        answer = sent_to(dripper, LARGE)
    assert answer.status is None


def test_who_drips_the_handshake_did_not_answer() -> None:
    # The head of a TLS record of 16 KB, and then its bytes one by one.
    with dripping(b"\x16\x03\x03\x40\x00", drips=b"\x02" * 200) as dripper:
        answer = sent_to(dripper, scheme="https")
    assert answer.status is None


def test_a_body_that_breaks_off_does_not_unsay_the_status(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    time_ends_with(len(HEAD) + len(b"taken"), monkeypatch)
    with dripping(HEAD + b"taken") as dripper:
        answer = sent_to(dripper)
    assert answer == Answer(200, "taken")


def test_the_body_does_not_wait_for_the_receipt_of_the_head() -> None:
    with (
        dripping(HEAD, reads=False) as dripper,
        Wire(Target("http", "127.0.0.1", dripper.port, "/", "127.0.0.1"), LONG) as line,
    ):
        assert line._socket.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY)


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
    with dripping(HEAD) as dripper:
        WebhookEndpoint.objects.update(url=f"http://127.0.0.1:{dripper.port}/")
        done = attempt_delivery(delivery_id=delivery.pk, at=timezone.now())
        socket.create_connection(
            ("127.0.0.1", dripper.port)
        ).close()  # nobody came: let the server go
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
