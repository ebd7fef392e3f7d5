"""Django's PostgreSQL backend, with two things that a request made of few statements needs.

A statement sent by Django is planned anew every time, which costs more than running it where a
handful of rows are found by their keys; and a connection kept between requests is asked
`SELECT 1` in each of them. Statements written for it are prepared once per connection here, and
a connection is asked only if something may have happened to it.
"""

from __future__ import annotations

import select
import time
from typing import TYPE_CHECKING, Any

from django.db.backends.postgresql import base
from django.db.backends.postgresql.base import ServerBindingCursor
from django.db.backends.postgresql.operations import DatabaseOperations as Operations

if TYPE_CHECKING:
    from django.db.backends.utils import CursorWrapper

# How long a connection that answered is taken to answer still.
ANSWERS_SECONDS = 1.0
_PREPARED = "prepared"


class DatabaseOperations(Operations):
    """What is written about statements, prepared ones too."""

    def last_executed_query(self, cursor: Any, sql: str, params: Any) -> str:
        """Return the statement with its arguments, for logs and tests."""
        if isinstance(cursor, ServerBindingCursor):
            text: str = self.compose_sql(sql, params)
            return text
        return super().last_executed_query(cursor, sql, params)


class DatabaseWrapper(base.DatabaseWrapper):
    """One connection to PostgreSQL."""

    ops_class = DatabaseOperations
    _answered_at = float("-inf")

    def prepared_cursor(self) -> CursorWrapper:
        """Return a cursor that has each statement planned once, where the option allows it.

        `prepare_threshold` None, for poolers that cannot keep them, makes plain statements of
        them. Arguments are bound by the server: a parameter has the type its place asks for,
        or needs a cast.
        """
        made: CursorWrapper = self._cursor(_PREPARED)  # type: ignore[attr-defined]  # not in stubs
        return made

    def create_cursor(self, name: str | None = None) -> Any:
        """Return the driver's cursor."""
        if name == _PREPARED:
            return ServerBindingCursor(self.connection)  # type: ignore[call-arg]  # nor in these
        return super().create_cursor(name)

    def is_usable(self) -> bool:
        """Tell whether the connection answers; ask only if its last answer is a second old.

        A server that ended or dropped the connection since then leaves something to read on the
        socket, which an idle one never has.
        """
        now = time.monotonic()
        if now - self._answered_at < ANSWERS_SECONDS and not self._has_something_to_read():
            return True
        usable = super().is_usable()
        self._answered_at = now if usable else float("-inf")
        return usable

    def _has_something_to_read(self) -> bool:
        poll = select.poll()
        try:
            poll.register(self.connection.fileno(), select.POLLIN)
        except self.Database.Error:
            return True  # closed on our side
        return bool(poll.poll(0))
