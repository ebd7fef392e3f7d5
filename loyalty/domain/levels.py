"""Membership levels: what a member's spending earns, and when a level is lost.

The order of the levels is that of their paths: sequence, then threshold.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from enum import StrEnum
from zoneinfo import ZoneInfo

from loyalty.domain.terms import add_months


class SpendingWindow(StrEnum):
    """Over what time spending counts."""

    LIFETIME = "lifetime"
    ROLLING_MONTHS = "rolling_months"
    CALENDAR_YEAR = "calendar_year"


class Downgrade(StrEnum):
    """How far a member falls."""

    ONE_LEVEL = "one_level"
    EARNED_LEVEL = "earned_level"


class Outcome(StrEnum):
    """What an evaluation comes to."""

    KEPT = "kept"
    UPGRADED = "upgraded"
    RENEWED = "renewed"
    DOWNGRADED = "downgraded"
    ENDED = "ended"


@dataclass(frozen=True, slots=True)
class Level:
    """One step of the path: the level (`product_id`) and what it takes to reach and keep it."""

    path_id: int
    product_id: int
    threshold: Decimal
    sequence: int
    is_upgradable: bool
    is_downgradable: bool
    window: SpendingWindow
    window_months: int
    term_months: int
    grace_days: int
    downgrade_to: Downgrade

    def counts_from(self, at: datetime, zone: ZoneInfo) -> datetime | None:
        """Return from when spending counts at an instant; None: from the beginning."""
        today = at.astimezone(zone).date()
        match self.window:
            case SpendingWindow.LIFETIME:
                return None
            case SpendingWindow.ROLLING_MONTHS:
                return _start_of(add_months(today, -self.window_months), zone)
            case SpendingWindow.CALENDAR_YEAR:
                return _start_of(date(today.year, 1, 1), zone)

    def stops_at(self, start: datetime, zone: ZoneInfo) -> datetime | None:
        """Return when a term that starts then is over; None: it is for ever."""
        if not self.term_months:
            return None
        last = add_months(start.astimezone(zone).date(), self.term_months)
        return _start_of(last + timedelta(days=1), zone)


@dataclass(frozen=True, slots=True)
class Held:
    """The membership a member has; `stop` None: it does not end by itself."""

    product_id: int
    stop: datetime | None


@dataclass(frozen=True, slots=True)
class LevelFigure:
    """One number of the decision: what was spent in a level's window against its threshold."""

    path_id: int
    product_id: int
    counts_from: datetime | None
    spent: Decimal
    threshold: Decimal

    @property
    def reached(self) -> bool:
        """Tell whether the level is earned; equality reaches it."""
        return self.spent >= self.threshold


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a member's level should be, and the numbers that decided it."""

    outcome: Outcome
    product_id: int | None
    figures: tuple[LevelFigure, ...]


def in_order(levels: Sequence[Level]) -> list[Level]:
    """Return the levels from the lowest to the highest."""
    return sorted(levels, key=lambda level: (level.sequence, level.threshold, level.path_id))


def decide(
    levels: Sequence[Level],
    held: Held | None,
    spent: Mapping[int, Decimal],
    at: datetime,
    zone: ZoneInfo,
) -> Verdict:
    """Return what a member's level should be at an instant.

    `spent`: by path id, what was spent in that level's window. Up at once and over several
    levels; down only when the term and the grace after it are over. A level that is on no path
    was bought: it is kept for its term, and after it the member has what spending earns.
    """
    path = in_order(levels)
    figures = tuple(
        LevelFigure(
            level.path_id,
            level.product_id,
            level.counts_from(at, zone),
            spent[level.path_id],
            level.threshold,
        )
        for level in path
    )
    reached = [place for place, figure in enumerate(figures) if figure.reached]
    here = next(
        (i for i, level in enumerate(path) if held and level.product_id == held.product_id), None
    )
    if held is not None and here is None:
        return _after_a_bought_level(path, held, reached, figures, at)
    place = -1 if here is None else here
    above = [one for one in reached if one > place and path[one].is_upgradable]
    if above:
        return Verdict(Outcome.UPGRADED, path[above[-1]].product_id, figures)
    if held is None or here is None:
        return Verdict(Outcome.KEPT, None, figures)
    level = path[here]
    if held.stop is None or at < held.stop:
        return Verdict(Outcome.KEPT, held.product_id, figures)
    if any(one >= here for one in reached) or not level.is_downgradable:
        return Verdict(Outcome.RENEWED, held.product_id, figures)
    if at < held.stop + timedelta(days=level.grace_days):
        return Verdict(Outcome.KEPT, held.product_id, figures)
    lower = here - 1
    if level.downgrade_to is Downgrade.EARNED_LEVEL:
        lower = max(reached, default=-1)
    if lower < 0:
        return Verdict(Outcome.ENDED, None, figures)
    return Verdict(Outcome.DOWNGRADED, path[lower].product_id, figures)


def _after_a_bought_level(
    path: Sequence[Level],
    held: Held,
    reached: Sequence[int],
    figures: tuple[LevelFigure, ...],
    at: datetime,
) -> Verdict:
    if held.stop is None or at < held.stop:
        return Verdict(Outcome.KEPT, held.product_id, figures)
    earned = [place for place in reached if path[place].is_upgradable]
    if not earned:
        return Verdict(Outcome.ENDED, None, figures)
    return Verdict(Outcome.DOWNGRADED, path[earned[-1]].product_id, figures)


def _start_of(day: date, zone: ZoneInfo) -> datetime:
    return datetime.combine(day, time(), zone)
