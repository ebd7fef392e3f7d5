"""Deciding the orders of a back-test, chunk by chunk, with as many workers as come."""

from __future__ import annotations

import logging
import time
from dataclasses import dataclass

from django.db import OperationalError, transaction
from django.utils import timezone

from jobs import progress
from promotions.backtests.chunks import decide_chunk, take_chunk
from promotions.backtests.deciding import Worlds
from promotions.backtests.draft import Draft
from promotions.backtests.result import add_up
from promotions.errors import BacktestNotFound
from promotions.models import Backtest, BacktestChunk

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class BacktestWorked:
    """What this call did. `is_left`: there are chunks that nobody is at."""

    orders: int
    is_left: bool


def work_on_backtest(*, job_id: int, seconds: float | None = None) -> BacktestWorked:
    """Decide chunks of a back-test until none is left, or so many seconds are over.

    Raises: BacktestNotFound; OperationalError of the database, to be tried again. What goes wrong
    with an order ends the job.
    Writes: backtestorder, backtestchunk, job; at the end backtest.
    Safe under: kills, repeats and many workers: a chunk, its rows and its count are one
    transaction under the chunk's lock. Chunks of a limited draft are done one after the other.
    """
    backtest = Backtest.objects.filter(job_id=job_id).first()
    if backtest is None:
        raise BacktestNotFound(job=job_id)
    draft = Draft.of(backtest)
    worlds = Worlds(draft)
    deadline = None if seconds is None else time.monotonic() + seconds
    orders = 0
    while (done := _work_once(backtest, draft, worlds)) is not None:
        orders += done
        if deadline is not None and time.monotonic() > deadline:
            return BacktestWorked(orders, is_left=True)
    _finish(backtest)
    return BacktestWorked(orders, is_left=False)


def _work_once(backtest: Backtest, draft: Draft, worlds: Worlds) -> int | None:
    """Do one chunk in one transaction; None if there is none, or the job is over."""
    if not progress.is_open(backtest.job_id):
        return None
    try:
        with transaction.atomic():
            chunk = take_chunk(backtest, in_turn=draft.is_limited)
            if chunk is None:
                return None
            decide_chunk(backtest, chunk, draft, worlds)
            progress.count_done(backtest.job_id, chunk.orders, at=timezone.now())
            return chunk.orders
    except progress.JobIsOver:
        return None  # somebody stopped it; the chunk is not kept
    except OperationalError:
        raise
    except Exception as error:
        log.exception("back-test %s failed", backtest.pk)
        progress.fail(backtest.job_id, error, at=timezone.now())
        return None


def _finish(backtest: Backtest) -> None:
    """Add up and end the job, if every chunk is done; who is a moment later changes nothing."""
    with transaction.atomic():
        held = Backtest.objects.select_for_update().get(pk=backtest.pk)
        left = BacktestChunk.objects.filter(backtest=held, figures__isnull=True)
        if held.result is not None or left.exists() or not progress.is_open(held.job_id):
            return
        held.result = add_up(held)
        held.save(update_fields=["result"])
        progress.finish(held.job_id, at=timezone.now())
