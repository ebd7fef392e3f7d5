"""Set up a kind of points."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from django.db import transaction
from django.db.models import F, Func, Value
from django.utils.translation import gettext as _

from core.db import lock_rows
from loyalty.domain.terms import CapPeriod, Expiry, RoundUp, check_terms
from loyalty.domain.text import check_text
from loyalty.errors import InvalidLoyaltyProgram, PointDecimalsInUse, ProgramsCountFiner
from loyalty.models import LoyaltyProgram, PointMove
from loyalty.terms_in_force import finer_programs

NEGATIVE_BALANCE = frozenset({"allow", "floor_at_zero", "refuse"})
EARN_ON = frozenset({"paid", "before_own_rewards", "gross"})
_MOST_NOTICES = 5
_MOST_NOTICE_DAYS = 366
_MOST_CAP = Decimal(10**10)


@dataclass(frozen=True, slots=True)
class LoyaltyProgramSaved:
    """A kind of points as it now is."""

    loyalty_program_id: int
    ref: str
    created: bool


def upsert_loyalty_program(
    *,
    ref: str,
    name: str,
    unit: str = "points",
    point_decimals: int = 2,
    expiry: Expiry = Expiry.NONE,
    expiry_length: int = 0,
    expiry_round_up: RoundUp = RoundUp.NONE,
    expiry_month: int | None = None,
    expiry_day: int | None = None,
    expiry_notice_days: Sequence[int] = (),
    pending_days: int = 0,
    negative_balance: str = "floor_at_zero",
    earn_on: str = "paid",
    earning_cap: Decimal | None = None,
    earning_cap_period: CapPeriod = CapPeriod.MONTH,
    time_zone: str = "UTC",
) -> LoyaltyProgramSaved:
    """Make the kind of points with this reference, or set its terms; lots keep their dates.

    `expiry_length`: days or months. `expiry_month`, `expiry_day`: of a calendar expiry.
    `expiry_notice_days`: at how many days before expiry an event PointsExpiring is due.
    Raises: InvalidLoyaltyProgram (facts field), InvalidText, PointDecimalsInUse,
    ProgramsCountFiner (facts programs: their names).
    Writes: loyalty_loyaltyprogram.
    Safe under: replay and concurrency, by the reference being unique and the row lock.
    """
    _check_choices(point_decimals, negative_balance, earn_on, earning_cap, time_zone)
    check_terms(
        expiry=Expiry(expiry),
        length=expiry_length,
        month=expiry_month,
        day=expiry_day,
        pending_days=pending_days,
    )
    settings: dict[str, Any] = {
        "name": check_text("name", name, 120),
        "unit": check_text("unit", unit, 40),
        "point_decimals": point_decimals,
        "expiry": Expiry(expiry),
        "expiry_length": expiry_length,
        "expiry_round_up": RoundUp(expiry_round_up),
        "expiry_month": expiry_month,
        "expiry_day": expiry_day,
        "expiry_notice_days": _notice_days(expiry_notice_days),
        "pending_days": pending_days,
        "negative_balance": negative_balance,
        "earn_on": earn_on,
        "earning_cap": earning_cap,
        "earning_cap_period": CapPeriod(earning_cap_period),
        "time_zone": time_zone,
    }
    ref = check_text("ref", ref, 64)
    with transaction.atomic():
        for before in lock_rows(LoyaltyProgram.objects.filter(ref=ref)):
            if point_decimals < before.point_decimals:
                _check_nothing_finer(before, point_decimals)
        saved, created = LoyaltyProgram.objects.update_or_create(ref=ref, defaults=settings)
    return LoyaltyProgramSaved(saved.pk, saved.ref, created)


def _notice_days(days: Sequence[int]) -> list[int]:
    if len(days) > _MOST_NOTICES or not all(1 <= one <= _MOST_NOTICE_DAYS for one in days):
        raise InvalidLoyaltyProgram(
            "Days before expiry are whole numbers from 1 to 366 with commas, at most five.",
            field="expiry_notice_days",
        )
    return sorted(set(days), reverse=True)


def _check_choices(
    decimals: int, negative_balance: str, earn_on: str, cap: Decimal | None, time_zone: str
) -> None:
    if not 0 <= decimals <= 4:
        raise InvalidLoyaltyProgram("Points have 0 to 4 decimals.", field="point_decimals")
    if negative_balance not in NEGATIVE_BALANCE:
        raise InvalidLoyaltyProgram(
            "Choose one.", field="negative_balance", choices=sorted(NEGATIVE_BALANCE)
        )
    if earn_on not in EARN_ON:
        raise InvalidLoyaltyProgram("Choose one.", field="earn_on", choices=sorted(EARN_ON))
    if cap is not None and not (cap.is_finite() and 0 < cap < _MOST_CAP):
        raise InvalidLoyaltyProgram("A cap is above zero.", field="earning_cap")
    if cap is not None and cap != round(cap, decimals):
        raise InvalidLoyaltyProgram(
            "The cap has more decimals than the points.", field="earning_cap"
        )
    try:
        ZoneInfo(time_zone)
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        raise InvalidLoyaltyProgram("This is no time zone.", field="time_zone") from error


def _check_nothing_finer(program: LoyaltyProgram, decimals: int) -> None:
    """Points with more decimals could never be spent to the last."""
    rounded = Func(F("remaining_point"), Value(decimals), function="trunc")
    finer = PointMove.objects.filter(card__loyalty_program=program, state="active").exclude(
        remaining_point=rounded
    )
    if finer.exists():
        raise PointDecimalsInUse(point_decimals=decimals)
    # They would promise parts of a point that no card could take any more.
    names = finer_programs(program.pk, decimals)
    if names:
        detail = _(
            "Programs in force count finer: %(programs)s. Pause them, change the points, and "
            "publish them again."
        ) % {"programs": ", ".join(names)}
        fault = {"pointer": "/point_decimals", "code": ProgramsCountFiner.code, "detail": detail}
        raise ProgramsCountFiner(errors=[fault], point_decimals=decimals, programs=names)
