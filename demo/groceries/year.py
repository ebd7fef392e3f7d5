"""Loading the grocery year: what is not there yet of the grocer, then the baskets not sold yet."""

from __future__ import annotations

import time
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import TextIO

from django.utils import timezone

from core.progress import progress_of
from demo.groceries.calendar import Shift, shift_of_start, shift_to_end_before
from demo.groceries.offers import open_offers
from demo.groceries.outcome import Outcome, read_outcome
from demo.groceries.replay import PREFIX, Replay, replay
from demo.groceries.source import GrocerySource
from demo.groceries.stocking import CLUB, POINTS, enrol, open_club, run_campaigns, stock
from demo.known import count_orders
from demo.programs import program_in_force
from demo.workers import share_out

MONTHS = 12


@dataclass(frozen=True, slots=True)
class GroceryYear:
    """What a load did. `entries_left_out`: of the tables, without units; they are no goods."""

    replayed: int
    seconds: float
    entries_left_out: int
    baskets_left_out: int
    outcome: Outcome


def load_year(
    *,
    folder: Path,
    months: int,
    processes: int,
    out: TextIO,
    most: int | None = None,
    own_offers: int = 0,
) -> GroceryYear:
    """Load the grocer and replay the first months of the year; go on where an earlier run stopped.

    `most`: stop after so many baskets (of all runs). `own_offers`: so many programs of the
    grocer's own besides, with the coupons of all campaigns of the year.
    Raises: GroceryDataMissing, WorkerFailed, KeyboardInterrupt; what is done stays.
    Writes: everything a shop has, through the services.
    """
    source = GrocerySource(folder)
    first_day = source.first_day()
    before = _month_after(first_day, months)
    shift = _shift(source, first_day)
    _make_grocer(source, shift, _month_after(first_day, MONTHS) if own_offers else before, out)
    if own_offers:
        open_offers(source, shift.start_of(first_day), own_offers)
    total = source.count_baskets(before=before)
    if most is not None and most < total:
        total = most
    done = count_orders(PREFIX)
    work = Replay(folder=folder, before=before, shift=shift, most=most, own_offers=bool(own_offers))
    started = time.monotonic()
    with progress_of("Baskets", total=total, done=min(done, total), out=out) as bar:
        if done < total:
            share_out(replay, work, shards=processes, bar=bar)
    entries, baskets = source.left_out(before=before)
    outcome = read_outcome(prefix=PREFIX, points=POINTS)
    return GroceryYear(
        replayed=outcome.baskets - done,
        seconds=time.monotonic() - started,
        entries_left_out=entries,
        baskets_left_out=baskets,
        outcome=outcome,
    )


def _shift(source: GrocerySource, first_day: date) -> Shift:
    """Return by how much the year is moved: as an earlier load moved it, else to end by now."""
    club = program_in_force(CLUB)
    if club is not None and club.date_from is not None:
        return shift_of_start(club.date_from, first_day)
    return shift_to_end_before(timezone.now().date(), source.last_day())


def _make_grocer(source: GrocerySource, shift: Shift, before: date, out: TextIO) -> None:
    """Make what baskets need, unless the last thing made shows that it is there."""
    now = timezone.now()
    start = shift.start_of(source.first_day())
    if program_in_force(CLUB) is None:
        with progress_of("Products", total=source.count_products(), out=out) as bar:
            stock(source, bar)
        with progress_of("Households", total=len(source.households()), out=out) as bar:
            enrol(source, start, bar)
        open_club(source, start)
    coupons = sum(1 for _ in source.coupons(before=before))
    with progress_of("Coupons", total=coupons, out=out) as bar:
        run_campaigns(source, shift, before, now, bar)


def _month_after(first_day: date, months: int) -> date:
    """Return the first day after so many months."""
    year, month = divmod(first_day.month - 1 + months, 12)
    return date(first_day.year + year, month + 1, 1)
