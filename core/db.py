"""Row locks in one order, and what the database refused, said in our own words."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any, TypeVar, cast

import psycopg
from django.db import DatabaseError, IntegrityError, connection, models, transaction
from django.db.backends.utils import CursorWrapper

from core.errors import Busy, Invalid, PunchcardError
from core.postgresql.base import DatabaseWrapper

M = TypeVar("M", bound=models.Model)


class NumberOutOfRange(Invalid):
    """A number is larger than can be kept."""

    code = "number_out_of_range"


def prepared_cursor() -> CursorWrapper:
    """Return a cursor for statements of a fixed text that are planned once per connection.

    For hot paths: a plan costs more than finding a few rows by their keys. What differs from one
    call to the next is a parameter, cast where its place does not tell its type.
    """
    return cast(DatabaseWrapper, connection).prepared_cursor()


def ask(sql: str, *arguments: Any) -> tuple[Any, ...] | None:
    """Return the first row that a statement of a fixed text answers, None if there is none.

    Prepared as with `prepared_cursor`, and cheaper: for the statements that a till waits for.
    """
    return cast(DatabaseWrapper, connection).ask(sql, arguments)


def lock_rows(rows: models.QuerySet[M]) -> list[M]:
    """Lock rows of one table in the order of their keys, and return them as they are then.

    Between tables the order is that of docs/locks.md: partner, card, coupon, program counter.
    The lock lets others refer to the rows meanwhile. Raises: TransactionManagementError outside
    a transaction.
    """
    return list(rows.select_for_update(of=("self",), no_key=True).order_by("pk"))


@contextmanager
def refused_as(refusals: Mapping[str, Callable[[], PunchcardError]]) -> Iterator[None]:
    """Turn the violation of a named constraint into the refusal it stands for.

    The block runs under a savepoint, so the caller's transaction can go on after the refusal.
    Raises: the refusal; IntegrityError for a constraint that is not named here.
    """
    try:
        with transaction.atomic():
            yield
    except IntegrityError as error:
        refusal = refusals.get(violated_constraint(error) or "")
        if refusal is None:
            raise
        raise refusal() from error


def violated_constraint(error: DatabaseError) -> str | None:
    """Return the name of the constraint that was violated, if one was."""
    cause = error.__cause__
    return cause.diag.constraint_name if isinstance(cause, psycopg.Error) else None


def refusal_of(error: DatabaseError) -> PunchcardError | None:
    """Return what the caller should be told of a database error, or None if it is a bug.

    A deadlock, a lost serialisation and a lock that was not granted wrote nothing: try again.
    """
    match error.__cause__:
        case (
            psycopg.errors.DeadlockDetected()
            | psycopg.errors.SerializationFailure()
            | psycopg.errors.LockNotAvailable()
        ):
            return Busy()
        case psycopg.errors.NumericValueOutOfRange():
            return NumberOutOfRange()
    return None
