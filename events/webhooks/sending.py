"""One POST to a webhook's receiver."""

from __future__ import annotations

import ssl
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache

from urllib3 import HTTPConnectionPool, HTTPSConnectionPool, Timeout
from urllib3.exceptions import HTTPError

from events.webhooks.targets import Target

CONNECT_SECONDS = 5.0
ANSWER_SECONDS = 15.0
KEPT_OF_AN_ANSWER = 2_000  # bytes


@dataclass(frozen=True, slots=True)
class Answer:
    """What the receiver said; status None: nothing, and `text` says why."""

    status: int | None
    text: str

    @property
    def is_good(self) -> bool:
        """Whether the receiver took the message: any 2xx. A redirect is followed by nobody."""
        return self.status is not None and 200 <= self.status < 300


def post(target: Target, body: bytes, headers: Mapping[str, str]) -> Answer:
    """Send the body to the checked address, and return the answer whatever it is."""
    sent = {
        **headers,
        "Host": target.host_header,
        "Content-Type": "application/json",
        "User-Agent": "Punchcard-Webhooks/1",
    }
    with _pool(target) as pool:
        try:
            response = pool.urlopen(
                "POST",
                target.path,
                body=body,
                headers=sent,
                redirect=False,
                retries=False,
                preload_content=False,
                assert_same_host=False,
            )
            text = response.read(KEPT_OF_AN_ANSWER).decode(errors="replace")
            response.close()
        except (HTTPError, OSError, ValueError) as error:
            return Answer(None, f"{type(error).__name__}: {error}"[:KEPT_OF_AN_ANSWER])
    return Answer(response.status, text.replace("\0", ""))


def _pool(target: Target) -> HTTPConnectionPool:
    timeout = Timeout(connect=CONNECT_SECONDS, read=ANSWER_SECONDS)
    if target.scheme == "http":
        return HTTPConnectionPool(target.address, target.port, timeout=timeout)
    # The certificate is checked for the name, though the connection goes to the address.
    return HTTPSConnectionPool(
        target.address,
        target.port,
        timeout=timeout,
        ssl_context=_tls(),
        server_hostname=target.host,
        assert_hostname=target.host,
    )


@cache
def _tls() -> ssl.SSLContext:
    return ssl.create_default_context()
