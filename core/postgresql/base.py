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
    _asking: Any = None

    def prepared_cursor(self) -> CursorWrapper:
        """Return a cursor that has each statement planned once, where the option allows it.

        `prepare_threshold` None, for poolers that cannot keep them, makes plain statements of
        them. Arguments are bound by the server: a parameter has the type its place asks for,
        or needs a cast.
        """
        made: CursorWrapper = self._cursor(_PREPARED)  # type: ignore[attr-defined]  # not in stubs
        return made

    def ask(self, sql: str, arguments: tuple[Any, ...]) -> tuple[Any, ...] | None:
        """Return the first row of a prepared statement, None if it answers none.

        As `prepared_cursor`, with one cursor of the driver for all that a connection is asked:
        making and wrapping one each time costs as much as sending the statement. Who listens to
        statements (a debug log, a test that counts them) hears of it all the same.
        """
        if self.queries_logged or self.execute_wrappers:
            with self.prepared_cursor() as cursor:
                cursor.execute(sql, arguments)
                heard: tuple[Any, ...] | None = cursor.fetchone()
                return heard
        self.close_if_health_check_failed()
        self.ensure_connection()
        self.validate_thread_sharing()
        self.validate_no_broken_transaction()
        with self.wrap_database_errors:
            cursor = self._asking
            if cursor is None or cursor.connection is not self.connection:
                cursor = self._asking = self.create_cursor(_PREPARED)
            cursor.execute(sql, arguments)
            row: tuple[Any, ...] | None = cursor.fetchone()
            return row

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
