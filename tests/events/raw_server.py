"""A server that answers one connection with bytes of our choice, whatever they are."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress

_PATIENCE = 30  # seconds


@contextmanager
def answering(answer: bytes, *, after: bytes = b"") -> Iterator[int]:
    """Answer one connection when what came ends with `after`; give the port.

    Nothing is hung up with bytes unread: that would reset the connection, and the answer might be
    lost on its way. The other side hangs up first.
    """

    def serve() -> None:
        with suppress(OSError):
            other, _address = server.accept()
            with other:
                other.settimeout(_PATIENCE)
                got = piece = other.recv(65_536)
                while piece and not got.endswith(after):
                    piece = other.recv(65_536)
                    got += piece
                other.sendall(answer)
                other.shutdown(socket.SHUT_WR)
                while other.recv(65_536):
                    pass

    with socket.create_server(("127.0.0.1", 0)) as server:
        server.settimeout(_PATIENCE)
        thread = threading.Thread(target=serve)
        thread.start()
        try:
            yield server.getsockname()[1]
        finally:
            thread.join()
