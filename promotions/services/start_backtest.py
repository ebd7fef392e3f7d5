"""Asking what a draft would have done to orders of the past."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from django.db import connection, transaction

from core import codec
from jobs.services.start_job import start_job
from promotions.backtests.draft import check_shown, read_draft
from promotions.backtests.orders import Span, last_order_id, plan_chunks
from promotions.errors import BacktestTooLarge, DaysUpsideDown, NothingToBacktest
from promotions.models import Backtest

TASK = "promotions.work_on_backtest"
MOST_ORDERS = 2_000_000


@dataclass(frozen=True, slots=True)
class BacktestStarted:
    """A back-test whose orders workers decide."""

    backtest_id: int
    job_id: int
    orders: int


def start_backtest(
    *,
    program_id: int,
    date_from: date,
    date_to: date,
    pos_config_id: int | None = None,
    keeps_dates: bool = False,
    shows_code: bool = False,
    created_by: int | None,
    at: datetime,
) -> BacktestStarted:
    """Note a back-test of the draft over the orders of some days, and the job that does it.

    `keeps_dates`, `shows_code`: see `Backtest`. Days are the stores', both included.
    Raises: ProgramNotFound, ProgramIncomplete, CouponsNotForProgram, DaysUpsideDown,
    NothingToBacktest, BacktestTooLarge.
    Writes: backtest, backtestchunk, job. Safe under: concurrency; nothing is decided here.
    """
    if date_to < date_from:
        raise DaysUpsideDown(date_from=date_from, date_to=date_to)
    program = read_draft(program_id, keeps_dates=keeps_dates)
    if shows_code:
        check_shown(program)
    span = Span(date_from, date_to, pos_config_id, last_order_id())
    with transaction.atomic():
        key = _next_id()
        orders = plan_chunks(span, backtest_id=key)
        if not orders:
            raise NothingToBacktest(date_from=date_from, date_to=date_to)
        if orders > MOST_ORDERS:
            raise BacktestTooLarge(orders=orders, most=MOST_ORDERS)
        job = start_job(
            kind="backtest",
            task=TASK,
            total=orders,
            result={"backtest": key, "report": f"/api/v1/backtests/{key}"},
            created_by=created_by,
            at=at,
        )
        Backtest.objects.create(
            id=key,
            program_id=program_id,
            job_id=job.job_id,
            definition=codec.encode(program),
            date_from=date_from,
            date_to=date_to,
            pos_config_id=pos_config_id,
            keeps_dates=keeps_dates,
            shows_code=shows_code,
            last_order_id=span.last_order_id,
            created_by_id=created_by,
            created_at=at,
        )
    return BacktestStarted(key, job.job_id, orders)


def _next_id() -> int:
    """Return the id of the new back-test, which its chunks and its job have to name."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT nextval(pg_get_serial_sequence('promotions_backtest', 'id'))")
        key: int = cursor.fetchone()[0]
    return key
