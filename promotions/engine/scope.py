"""Whether a program is in force here and now, for this customer."""

from __future__ import annotations

from datetime import datetime, timedelta
from decimal import Decimal
from functools import lru_cache
from zoneinfo import ZoneInfo

from promotions.engine.cart import PosFacts
from promotions.engine.case import Case
from promotions.engine.compiled import CompiledProgram
from promotions.engine.definition import Program, Window
from promotions.engine.terms import Reason
from promotions.engine.wallet import UsageFacts

_UNUSED = UsageFacts()


def budget_left(program: CompiledProgram, case: Case) -> Decimal | None:
    """Return the money the program may still give, None if it has no budget."""
    budget = program.definition.budget
    if budget is None:
        return None
    return budget - case.wallet.usage.get(program.id, _UNUSED).amount


def budget_spent(program: CompiledProgram, case: Case) -> Reason | None:
    """Return that the program has no money left to give, or None."""
    left = budget_left(program, case)
    return Reason.BUDGET_SPENT if left is not None and left <= 0 else None


def outside(definition: Program, pos: PosFacts, now: datetime) -> Reason | None:
    """Return why a published program is not in force at a point of sale at an instant, or None."""
    if definition.date_from is not None and now < definition.date_from:
        return Reason.NOT_STARTED
    if definition.date_to is not None and now > definition.date_to:
        return Reason.EXPIRED
    if definition.currency is not None and definition.currency != pos.currency:
        return Reason.WRONG_CURRENCY
    if definition.pos_configs and pos.id not in definition.pos_configs:
        return Reason.WRONG_POS
    if definition.schedule and not _in_schedule(definition.schedule, now, pos.time_zone):
        return Reason.OUTSIDE_SCHEDULE
    return None


def used_up(program: CompiledProgram, case: Case) -> Reason | None:
    """Return why the order cannot be one more that uses the program, or None."""
    definition = program.definition
    used = case.wallet.usage.get(program.id, _UNUSED)
    if definition.limit_usage is not None and used.times >= definition.limit_usage:
        return Reason.USED_UP
    if definition.limit_per_partner is not None:
        if case.cart.partner_id is None:
            return Reason.CUSTOMER_REQUIRED  # uses of an unknown customer cannot be counted
        if used.times_by_partner >= definition.limit_per_partner:
            return Reason.ALREADY_USED_BY_CUSTOMER
    return None


def _in_schedule(windows: tuple[Window, ...], now: datetime, zone: str) -> bool:
    """Tell whether the store's wall clock is inside a window.

    The wall clock decides, also on the days it is put forward or back: a window that starts in
    the hour that is skipped starts after it, and the hour that comes twice counts both times.
    """
    local = now.astimezone(_zone(zone))
    clock, today = local.time(), local.weekday()
    yesterday = (local.date() - timedelta(days=1)).weekday()
    for window in windows:
        if window.start < window.end:
            if today in window.weekdays and window.start <= clock < window.end:
                return True
        elif (today in window.weekdays and clock >= window.start) or (
            yesterday in window.weekdays and clock < window.end
        ):
            return True  # it crosses midnight and belongs to the day it starts on
    return False


@lru_cache(maxsize=64)
def _zone(name: str) -> ZoneInfo:
    return ZoneInfo(name)
