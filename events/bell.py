"""Telling the consumers that there is something to read, and hearing it.

NOTIFY inside a transaction makes commits queue up behind each other, so it is rung after the
commit, by a thread with a connection of its own: once for all commits of some milliseconds. A
ring that is lost costs a moment: consumers look by themselves too.
"""

from __future__ import annotations

import atexit
import logging
import os
import threading
import time
from contextlib import suppress
from typing import Any

import psycopg
from django.db import DatabaseError, connection, transaction

from core.db import ask

CHANNEL = "punchcard_events"
#: The name of every worker's listening connection: how many there are says who is at work.
WORKER = "punchcard: consumers"
EVERY_SECONDS = 0.02  # at most so often per process
IDLE_SECONDS = 5.0  # then the thread ends and gives its connection back

logger = logging.getLogger(__name__)


def ring_after_commit() -> None:
    """Ring once the caller's transaction is committed; at once where there is none."""
    if connection.in_atomic_block:
        transaction.on_commit(_bell.ring)
    else:
        _bell.ring()


class _Bell:
    """The process's ringer: a thread that lives as long as there is something to ring for."""

    def __init__(self) -> None:
        self._reset()

    def _reset(self) -> None:
        self._asked = threading.Event()
        self._starting = threading.Lock()
        self._thread: threading.Thread | None = None
        self._closing = False
        self._pid = os.getpid()

    def ring(self) -> None:
        """Ask for a ring; costs the caller a flag."""
        if self._pid != os.getpid():
            self._reset()  # a forked process has no threads of its parent's
        self._asked.set()
        thread = self._thread
        # A thread just about to end may miss the flag: the next ring starts another, and
        # consumers look by themselves meanwhile.
        if thread is None or not thread.is_alive():
            self._start()

    def _start(self) -> None:
        with self._starting:
            if self._thread is not None and self._thread.is_alive():
                return
            self._thread = threading.Thread(target=self._run, name="event bell", daemon=True)
            with suppress(RuntimeError):  # the interpreter is ending: the consumers will look
                self._thread.start()

    def _run(self) -> None:
        try:
            while self._asked.wait(IDLE_SECONDS) and not self._closing:
                self._asked.clear()
                self._notify()
                time.sleep(EVERY_SECONDS)
        finally:
            connection.close()

    def _notify(self) -> None:
        try:
            ask("SELECT pg_notify(%s::text, '')", CHANNEL)
        except (DatabaseError, psycopg.Error) as error:
            logger.warning("could not ring for the consumers: %s", error)
            with suppress(Exception):
                connection.close()

    def close(self) -> None:
        """Ring what was asked for, end the thread and give its connection back."""
        thread = self._thread
        if self._pid != os.getpid() or thread is None or not thread.is_alive():
            return
        if self._asked.is_set():
            time.sleep(2 * EVERY_SECONDS)
        self._closing = True
        self._asked.set()
        thread.join(2.0)
        self._reset()


_bell = _Bell()
close = _bell.close
atexit.register(close)


class Ear:
    """Hears the bell. Not hearing it for whatever reason only means to look by oneself."""

    def __init__(self) -> None:
        self._connection: psycopg.Connection[Any] | None = None

    def wait(self, seconds: float) -> bool:
        """Wait for a ring, at most so long; return whether it rang."""
        try:
            if self._connection is None:
                self._listen()
                return True  # what was rung before we listened is unheard: look once
            heard = list(self._connection.notifies(timeout=seconds, stop_after=1))
            # One look serves all that rang until now.
            return bool(heard) or bool(list(self._connection.notifies(timeout=0)))
        except (psycopg.Error, DatabaseError) as error:
            logger.warning("cannot listen for events, looking every second instead: %s", error)
            self.close()
            time.sleep(min(seconds, 1.0))
            return False

    def _listen(self) -> None:
        parameters = connection.get_connection_params()
        parameters.pop("cursor_factory", None)
        parameters["application_name"] = WORKER
        own = psycopg.connect(**parameters, autocommit=True)
        own.execute(f"LISTEN {CHANNEL}")
        self._connection = own

    def close(self) -> None:
        """Stop listening."""
        if self._connection is not None:
            with suppress(psycopg.Error):
                self._connection.close()
            self._connection = None
