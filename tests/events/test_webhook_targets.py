"""Where webhooks may not go."""

from __future__ import annotations

import ipaddress
import socket
import ssl
from typing import Any

import pytest
from django.utils import timezone

from events.errors import (
    InvalidEventType,
    InvalidWebhookUrl,
    TargetDown,
    WebhookNotFound,
    WebhookTargetNotAllowed,
)
from events.models import WebhookDelivery, WebhookEndpoint
from events.services.attempt_delivery import attempt_delivery
from events.services.save_webhook import save_webhook
from events.webhooks import targets, wire
from events.webhooks.sending import post
from events.webhooks.targets import is_public, resolve
from tests.events.raw_server import answering

PRIVATE = """127.0.0.1 127.8.9.1 0.0.0.0 10.1.2.3 172.16.0.1 192.168.1.1 169.254.169.254 100.64.0.1
224.0.0.1 255.255.255.255 240.0.0.1 ::1 :: fe80::1 fc00::1 fd00:ec2::254 ff02::1 ::ffff:127.0.0.1
::ffff:10.0.0.1 64:ff9b::7f00:1 64:ff9b::a9fe:a9fe 2002:7f00:1:: 2001:db8::1 192.0.2.1
fec0::1 feff::1 3fff::1 3fff:fff::1 5f00::1 64:ff9b:1::a00:1 100::1 192.0.0.8 ::1.1.1.1""".split()
PUBLIC = "1.1.1.1 93.184.216.34 2606:4700::1111 ::ffff:1.1.1.1 64:ff9b::101:101".split()


@pytest.mark.parametrize("address", PRIVATE)
def test_an_address_of_a_private_network_is_known_as_one(address: str) -> None:
    assert not is_public(ipaddress.ip_address(address))


@pytest.mark.parametrize("address", PUBLIC)
def test_a_public_address_is_known_as_one(address: str) -> None:
    assert is_public(ipaddress.ip_address(address))


@pytest.mark.parametrize(
    "url", ["https://127.0.0.1/", "https://[::1]/", "https://2130706433/", "https://0x7f.1/"]
)
def test_however_it_is_written_it_is_refused(url: str) -> None:
    with pytest.raises(WebhookTargetNotAllowed) as refused:
        resolve(url)
    assert refused.value.facts["address"] in {"127.0.0.1", "::1"}


@pytest.mark.parametrize(
    "url",
    [
        "http://example.com/",
        "ftp://example.com/",
        "https:///path",
        "https://user:p@example.com/",
        "https://example.com:99999/",
        "https://example.com:0/",
        "https://exa mple.com/",
        "https://example.com/\r\nX-Own: 1",
        "example.com",
    ],
)
def test_an_address_that_is_none_is_refused(url: str) -> None:
    with pytest.raises(InvalidWebhookUrl):
        resolve(url)


def names(monkeypatch: pytest.MonkeyPatch, *addresses: str) -> None:
    """Let every name have these addresses."""

    def answer(host: str, port: int, **_: Any) -> list[Any]:
        if not addresses:
            raise socket.gaierror("Name or service not known")
        return [(0, 0, 0, "", (address, port)) for address in addresses]

    monkeypatch.setattr(targets, "getaddrinfo", answer)


def test_a_name_that_leads_inside_is_refused_even_if_one_address_is_public(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    names(monkeypatch, "1.1.1.1", "10.0.0.1")
    with pytest.raises(WebhookTargetNotAllowed):
        resolve("https://shop.example/")


def test_the_connection_goes_to_the_address_that_was_checked(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    names(monkeypatch, "1.1.1.1")
    target = resolve("https://shop.example:8443/hook?a=1")
    names(monkeypatch, "127.0.0.1")  # a name that answers differently the second time
    asked: list[Any] = []

    def connect(address: tuple[str, int], timeout: float) -> socket.socket:
        asked.append(address)
        return socket.socket()

    class Tls:
        def wrap_socket(self, raw: socket.socket, server_hostname: str) -> socket.socket:
            asked.append(server_hostname)
            raw.close()
            raise ssl.SSLCertVerificationError("certificate verify failed")

    monkeypatch.setattr(wire, "create_connection", connect)
    monkeypatch.setattr(wire, "_tls", Tls)
    assert post(target, b"{}", {}).status is None
    assert asked == [("1.1.1.1", 8443), "shop.example"]
    assert target.host_header == "shop.example:8443"


def test_who_answers_https_without_tls_is_not_believed(settings) -> None:
    settings.WEBHOOK_PRIVATE_TARGETS = True
    with answering(b"HTTP/1.1 200 OK\r\n\r\n") as port:
        answer = post(resolve(f"https://127.0.0.1:{port}/"), b"{}", {})
    assert answer.status is None
    assert "SSL" in answer.text


@pytest.mark.django_db
def test_what_is_refused_is_not_saved(monkeypatch: pytest.MonkeyPatch) -> None:
    def save(url: str, *event_types: str, endpoint_id: int | None = None) -> int:
        return save_webhook(
            endpoint_id=endpoint_id, name="Shop", url=url, event_types=event_types, active=True
        ).endpoint_id

    with pytest.raises(WebhookTargetNotAllowed):
        save("https://127.0.0.1/")
    with pytest.raises(InvalidWebhookUrl):
        save("https://shop.example/" + "x" * 500)
    with pytest.raises(InvalidEventType):
        save("https://shop.example/", "points earned")
    names(monkeypatch)  # a name that is not known yet may be saved
    with pytest.raises(TargetDown):
        resolve("https://shop.example/")
    with pytest.raises(WebhookNotFound):
        save("https://shop.example/", endpoint_id=1)
    assert not WebhookEndpoint.objects.exists()
    made = save("https://shop.example/", "PointsEarned", "CouponIssued", "PointsEarned")
    row = WebhookEndpoint.objects.get(pk=made)
    assert row.event_types == ["CouponIssued", "PointsEarned"]
    save("https://other.example/", endpoint_id=made)
    changed = WebhookEndpoint.objects.get(pk=made)
    assert (changed.url, changed.secret) == ("https://other.example/", row.secret)


@pytest.mark.django_db
def test_a_name_that_moved_inside_since_is_refused_when_sending(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    names(monkeypatch, "1.1.1.1")
    made = save_webhook(
        endpoint_id=None, name="Shop", url="https://shop.example/", event_types=[], active=True
    )
    now = timezone.now()
    delivery = WebhookDelivery.objects.create(
        endpoint_id=made.endpoint_id, event_id=1, event_type="A", body="{}", next_attempt_at=now
    )
    names(monkeypatch, "169.254.169.254")
    done = attempt_delivery(delivery_id=delivery.pk, at=now)
    delivery.refresh_from_db()
    assert (done.delivered, delivery.last_status) == (False, None)
    assert "private network" in delivery.last_answer
