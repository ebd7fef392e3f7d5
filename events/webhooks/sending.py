"""One POST to a webhook's receiver."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from http.client import HTTPConnection, HTTPException, HTTPResponse
from socket import socket
from typing import cast

from events.webhooks.targets import Target
from events.webhooks.wire import Wire

#: For all of it: connecting, sending, the answer's head and what is kept of its body.
EXCHANGE_SECONDS = 15.0
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
    """Send the body to the checked address, and return the answer whatever it is.

    It takes EXCHANGE_SECONDS at most, whatever the receiver does.
    """
    sent = {
        **headers,
        "Host": target.host_header,
        "Content-Type": "application/json",
        "User-Agent": "Punchcard-Webhooks/1",
    }
    try:
        with Wire(target, EXCHANGE_SECONDS) as wire:
            connection = HTTPConnection(target.address, target.port)
            # It asks no more of a socket than a wire has, and connects by itself to nothing then.
            connection.sock = cast(socket, wire)
            connection.request("POST", target.path, body, sent)
            response = connection.getresponse()
            text = _beginning(response).decode(errors="replace")
            return Answer(response.status, _storable(text))
    except (HTTPException, OSError, ValueError) as error:
        # It quotes the receiver, which may have spoken no HTTP at all.
        return Answer(None, _storable(f"{type(error).__name__}: {error}")[:KEPT_OF_AN_ANSWER])


def _storable(text: str) -> str:
    """Return the text without what PostgreSQL keeps in no text."""
    return text.replace("\0", "")


def _beginning(response: HTTPResponse) -> bytes:
    """Return what came of the body in time. A status that was given stands without it."""
    kept = b""
    with suppress(HTTPException, OSError, ValueError):
        while piece := response.read1(KEPT_OF_AN_ANSWER - len(kept)):
            kept += piece
    return kept
