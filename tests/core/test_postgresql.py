"""Our side of a connection: when it is asked whether it lives, and what it plans once."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, cast

import psycopg
import pytest
from django.db import OperationalError, connection
from django.db.transaction import TransactionManagementError
from django.test.utils import CaptureQueriesContext

from core.db import prepared_cursor
from core.postgresql.base import DatabaseWrapper

SQL = "SELECT %s::bigint + 1 -- asked by a test"


@pytest.fixture
def fresh(db: None) -> Iterator[DatabaseWrapper]:
    """Give a connection of its own, outside the test's transaction."""
    made = cast(DatabaseWrapper, connection.copy())
    made.connect()
    yield made
    made.close()


def ask(database: DatabaseWrapper, number: int) -> int:
    with database.prepared_cursor() as cursor:
        cursor.execute(SQL, [number])
        (answer,) = cursor.fetchone() or (0,)
        return cast(int, answer)


def planned(database: DatabaseWrapper) -> int:
    with database.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM pg_prepared_statements WHERE statement LIKE %s",
            ["%asked by a test"],
        )
        (count,) = cursor.fetchone() or (0,)
        return cast(int, count)


def end(database: DatabaseWrapper) -> None:
    """End the connection on the server's side, as a restart of it would."""
    raw = cast(Any, database.connection)
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_terminate_backend(%s, 5000)", [raw.info.backend_pid])
        assert cursor.fetchone() == (True,)


def test_a_statement_is_planned_once_whatever_its_arguments(fresh: DatabaseWrapper) -> None:
    assert [ask(fresh, number) for number in range(1, 8)] == [2, 3, 4, 5, 6, 7, 8]
    assert planned(fresh) == 1


def test_a_pooler_that_keeps_no_plans_gets_plain_statements(fresh: DatabaseWrapper) -> None:
    cast(Any, fresh.connection).prepare_threshold = None
    assert [ask(fresh, number) for number in range(1, 8)] == [2, 3, 4, 5, 6, 7, 8]
    assert planned(fresh) == 0


@pytest.mark.django_db
def test_a_prepared_statement_is_counted_and_told_like_any_other() -> None:
    with CaptureQueriesContext(connection) as queries, prepared_cursor() as cursor:
        cursor.execute(SQL, [1])
    assert [one["sql"] for one in queries] == ["SELECT 1::bigint + 1 -- asked by a test"]


def test_a_connection_that_answered_just_now_is_not_asked_again(fresh: DatabaseWrapper) -> None:
    assert fresh.is_usable()
    asked = cast(Any, fresh.connection).pgconn
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(psycopg.ClientCursor, "execute", lambda *_: pytest.fail("asked again"))
        assert fresh.is_usable()
    assert cast(Any, fresh.connection).pgconn is asked


def test_a_connection_the_server_ended_is_noticed_at_once(fresh: DatabaseWrapper) -> None:
    assert fresh.is_usable()
    end(fresh)
    assert not fresh.is_usable()


def test_a_connection_we_closed_is_not_usable(fresh: DatabaseWrapper) -> None:
    assert fresh.is_usable()
    cast(Any, fresh.connection).close()
    assert not fresh.is_usable()


def test_a_request_after_a_restart_of_the_server_is_answered(fresh: DatabaseWrapper) -> None:
    """What a web process does between requests: the next one gets a new connection."""
    assert ask(fresh, 1) == 2
    fresh.close_if_unusable_or_obsolete()
    assert ask(fresh, 2) == 3
    end(fresh)
    fresh.close_if_unusable_or_obsolete()
    assert ask(fresh, 3) == 4


def test_what_is_asked_through_the_one_cursor_is_planned_once_too(fresh: DatabaseWrapper) -> None:
    assert [fresh.ask(SQL, (number,)) for number in (1, 2, 3)] == [(2,), (3,), (4,)]
    assert fresh.ask("SELECT 1 WHERE %s::boolean", (False,)) is None
    assert planned(fresh) == 1


def test_what_is_asked_through_the_one_cursor_is_counted_and_told(fresh: DatabaseWrapper) -> None:
    with CaptureQueriesContext(fresh) as queries:
        assert fresh.ask(SQL, (1,)) == (2,)
    assert [one["sql"] for one in queries] == ["SELECT 1::bigint + 1 -- asked by a test"]


def test_what_is_asked_after_a_restart_goes_over_the_new_connection(fresh: DatabaseWrapper) -> None:
    assert fresh.ask(SQL, (1,)) == (2,)
    end(fresh)
    with pytest.raises(OperationalError):
        fresh.ask(SQL, (2,))
    fresh.close_if_unusable_or_obsolete()
    assert fresh.ask(SQL, (3,)) == (4,)


def test_nothing_is_asked_in_a_transaction_that_has_failed(fresh: DatabaseWrapper) -> None:
    fresh.set_autocommit(False)
    fresh.in_atomic_block = fresh.needs_rollback = True
    with pytest.raises(TransactionManagementError):
        fresh.ask(SQL, (1,))
