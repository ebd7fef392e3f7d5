"""Deleting old back-tests."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction

from jobs.models.job import OPEN
from promotions.models import Backtest, BacktestChunk, BacktestOrder


@dataclass(frozen=True, slots=True)
class BacktestsForgotten:
    """How many went."""

    backtests: int


def forget_backtests(*, at: datetime, kept_for: timedelta) -> BacktestsForgotten:
    """Delete back-tests asked for longer ago than `kept_for` that nobody works on.

    Raises: nothing of its own.
    Writes: backtest, backtestchunk, backtestorder; their jobs stay.
    Safe under: kills, repeats and concurrency; one back-test is a transaction.
    """
    old = Backtest.objects.filter(created_at__lt=at - kept_for).exclude(job__state__in=OPEN)
    keys = list(old.order_by("pk").values_list("pk", flat=True))
    for key in keys:
        with transaction.atomic():
            for kind in (BacktestOrder, BacktestChunk):
                kind.objects.filter(backtest_id=key).delete()
            Backtest.objects.filter(pk=key).delete()
    return BacktestsForgotten(len(keys))
