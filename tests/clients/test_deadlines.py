"""A report over gRPC is broken off at the caller's deadline."""

from __future__ import annotations

import time
from typing import Any, cast

import grpc
import pytest
from django.db import OperationalError, connection

from config.grpc_calls import TooLate, until_deadline


class Caller:
    """What a call knows of whoever waits for it."""

    def __init__(self, left: float | None, *, is_active: bool = True) -> None:
        self._left, self._is_active = left, is_active

    def time_remaining(self) -> float | None:
        """Seconds to the deadline."""
        return self._left

    def is_active(self) -> bool:
        """Whether anybody waits."""
        return self._is_active


def context(left: float | None, **more: Any) -> grpc.ServicerContext:
    return cast(grpc.ServicerContext, Caller(left, **more))


def sleep(seconds: float) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_sleep(%s)", [seconds])


def longest() -> str:
    """Return how long PostgreSQL lets a statement take; 0: as long as it likes."""
    with connection.cursor() as cursor:
        cursor.execute("SHOW statement_timeout")
        (told,) = cursor.fetchone()
        return str(told)


@pytest.mark.django_db
def test_a_statement_does_not_outlive_the_deadline() -> None:
    started = time.monotonic()
    with (
        pytest.raises(OperationalError, match="statement timeout"),
        until_deadline(context(0.3), bounded=True),
    ):
        sleep(20)
    assert time.monotonic() - started < 15


@pytest.mark.django_db(transaction=True)
def test_the_next_call_has_time_again() -> None:
    with until_deadline(context(20), bounded=True):
        assert longest() == "20s"
    assert longest() == "0"
    with until_deadline(context(None), bounded=True):
        assert longest() == "0"
    with until_deadline(context(20), bounded=False):
        assert longest() == "0"


@pytest.mark.parametrize("caller", [context(0.001), context(None, is_active=False), context(-1)])
def test_nothing_is_begun_for_who_is_gone(caller: grpc.ServicerContext) -> None:
    with pytest.raises(TooLate), until_deadline(caller, bounded=False):
        pytest.fail("it was begun")
