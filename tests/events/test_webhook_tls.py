"""The certificate is checked for the receiver's name, though the connection goes to an address."""

from __future__ import annotations

import socket
import ssl
import threading
from collections.abc import Iterator
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from events.webhooks import wire
from events.webhooks.sending import Answer, post
from events.webhooks.targets import Target

HOST = "shop.example"


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A certificate of HOST that nobody but itself vouches for, with its key."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, HOST)])
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(HOST)]), critical=False)
        .sign(key, hashes.SHA256())
    )
    path = tmp_path_factory.mktemp("tls") / "shop.pem"
    path.write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
        + made.public_bytes(serialization.Encoding.PEM)
    )
    return path


@pytest.fixture
def port(certificate: Path) -> Iterator[int]:
    """A receiver that shows the certificate and takes one message."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)

    def serve() -> None:
        with suppress(OSError):
            other, _address = server.accept()
            with other, context.wrap_socket(other, server_side=True) as secured:
                got = b""
                while not got.endswith(b"{}"):  # the body may come after the head
                    if not (more := secured.recv(65_536)):
                        return
                    got += more
                secured.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\ntaken")

    with socket.create_server(("127.0.0.1", 0)) as server:
        server.settimeout(60)
        thread = threading.Thread(target=serve)
        thread.start()
        yield server.getsockname()[1]
        thread.join()


def sent_to(host: str, port: int) -> Answer:
    return post(Target("https", host, port, "/hook", "127.0.0.1"), b"{}", {})


def trust(certificate: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(wire, "_tls", lambda: ssl.create_default_context(cafile=certificate))


def test_who_shows_the_names_certificate_gets_the_message(
    port: int, certificate: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    trust(certificate, monkeypatch)
    assert sent_to(HOST, port) == Answer(200, "taken")


def test_who_shows_the_certificate_of_another_name_does_not(
    port: int, certificate: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    trust(certificate, monkeypatch)
    answer = sent_to("other.example", port)
    assert (answer.status, "certificate" in answer.text) == (None, True)


def test_who_shows_a_certificate_that_nobody_vouches_for_does_not(port: int) -> None:
    answer = sent_to(HOST, port)
    assert (answer.status, "certificate" in answer.text) == (None, True)
