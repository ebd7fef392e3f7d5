"""A connection whose use as a whole ends in time.

A socket's timeout begins anew with every byte that comes: who drips an answer would hold a worker
for hours. Here each step gets what is left of one deadline.
"""

from __future__ import annotations

import io
import ssl
import time
from functools import cache
from socket import IPPROTO_TCP, TCP_NODELAY, create_connection, socket
from types import TracebackType
from typing import TYPE_CHECKING

from events.webhooks.targets import Target

if TYPE_CHECKING:
    from typing_extensions import Buffer  # in the library itself from Python 3.12 on


class Wire:
    """A connection to a target, closed with its `with`: what http.client needs of a socket."""

    def __init__(self, target: Target, seconds: float) -> None:
        """Connect; all that happens on it is over so many seconds from now.

        Raises: OSError, among them TimeoutError and the errors of TLS.
        """
        self._ends = time.monotonic() + seconds
        self._socket = create_connection((target.address, target.port), timeout=seconds)
        # A message is two writes, head and body: the second does not wait for the first's receipt.
        self._socket.setsockopt(IPPROTO_TCP, TCP_NODELAY, 1)
        if target.scheme == "https":
            try:
                # The certificate is checked for the name, though we connected to the address.
                # A timeout is one for the whole of a handshake.
                self._socket.settimeout(self._left())
                self._socket = _tls().wrap_socket(self._socket, server_hostname=target.host)
            except (OSError, ValueError):
                self._socket.close()
                raise

    def __enter__(self) -> Wire:
        """Give the connection."""
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Hang up."""
        self._socket.close()

    def sendall(self, data: Buffer) -> None:
        """Send all of it. Raises: OSError, among them TimeoutError."""
        rest = memoryview(data)
        while rest:
            rest = rest[self._in_time().send(rest) :]

    def receive_into(self, buffer: Buffer) -> int:
        """Receive what is there; 0: no more comes. Raises: OSError, among them TimeoutError."""
        return self._in_time().recv_into(buffer)

    def makefile(self, _mode: str) -> io.BufferedReader:
        """Return what is received as a file."""
        return io.BufferedReader(_Received(self))

    def close(self) -> None:
        """Do nothing: the one who connected hangs up, http.client only says that it is done."""

    def _in_time(self) -> socket:
        """Return the socket, ready to wait for as long as there is time."""
        self._socket.settimeout(self._left())
        return self._socket

    def _left(self) -> float:
        left = self._ends - time.monotonic()
        if left <= 0:
            raise TimeoutError("timed out")
        return left


class _Received(io.RawIOBase):
    """The bytes of a wire as a raw file."""

    def __init__(self, wire: Wire) -> None:
        self._wire = wire

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Buffer) -> int:
        return self._wire.receive_into(buffer)


@cache
def _tls() -> ssl.SSLContext:
    return ssl.create_default_context()
