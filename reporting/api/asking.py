"""Reading what a report is asked for from the query of a request."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import TypeVar

from django.db.models import Q
from django.utils.dateparse import parse_date, parse_datetime
from django.utils.translation import gettext as _
from drf_spectacular.utils import OpenApiParameter

from access.errors import InvalidQuery
from loyalty.api.lookups import find_any_partner, find_loyalty_program, find_membership_product
from loyalty.errors import CardNotFound
from loyalty.models import LoyaltyCard
from promotions.api.lookups import find_program
from promotions.models import PosConfig
from promotions.orders.errors import PosConfigNotFound
from reporting.queries.period import MOST_PER_PAGE, GroupBy, Period

PER_PAGE = 100
Choice = TypeVar("Choice", bound=StrEnum)
Query = Mapping[str, str]

PERIOD_PARAMETERS = [
    OpenApiParameter("date_from", str, required=True, description="First day, `2026-01-31`."),
    OpenApiParameter("date_to", str, required=True, description="Last day, which is included."),
]
PAGE_PARAMETERS = [
    OpenApiParameter("page", int, description="From 1 (1)."),
    OpenApiParameter("per_page", int, description=f"1 to {MOST_PER_PAGE} ({PER_PAGE})."),
]
STORE_PARAMETER = OpenApiParameter(
    "pos_config", str, description="Of this point of sale, by reference or id."
)


def group_by_parameter(*choices: GroupBy) -> OpenApiParameter:
    """Return the description of `group_by`."""
    return OpenApiParameter(
        "group_by", str, enum=[one.value for one in choices], description="Day, if not given."
    )


@dataclass(frozen=True, slots=True)
class PageAsked:
    """Which page of how many rows."""

    page: int
    per_page: int


def read_period(query: Query, *choices: GroupBy) -> Period:
    """Return the period. Raises: InvalidQuery, PeriodUpsideDown, PeriodTooLong."""
    return Period(
        _day(query, "date_from"),
        _day(query, "date_to"),
        read_choice(query, "group_by", GroupBy, choices) or GroupBy.DAY,
    )


def read_page(query: Query) -> PageAsked:
    """Return the page. Raises: InvalidQuery."""
    return PageAsked(
        _number(query, "page", default=1, most=10**6),
        _number(query, "per_page", default=PER_PAGE, most=MOST_PER_PAGE),
    )


def read_flag(query: Query, name: str) -> bool:
    """Return a yes or no, no if it is not there. Raises: InvalidQuery."""
    asked = query.get(name, "false").lower()
    if asked not in ("true", "false", "1", "0"):
        raise InvalidQuery(_("Write true or false."), parameter=name)
    return asked in ("true", "1")


def read_choice(
    query: Query, name: str, kind: type[Choice], choices: tuple[Choice, ...] = ()
) -> Choice | None:
    """Return one of the choices, None if it is not there. Raises: InvalidQuery."""
    asked = query.get(name)
    allowed = [one.value for one in choices or tuple(kind)]
    if not asked:
        return None
    if asked not in allowed:
        raise InvalidQuery(parameter=name, allowed=allowed)
    return kind(asked)


def read_program(query: Query) -> list[int] | None:
    """Return the program as a list of one id. Raises: ProgramNotFound."""
    return _one(query, "program_id", find_program)


def read_store(query: Query) -> list[int] | None:
    """Return the point of sale as a list of one id. Raises: PosConfigNotFound."""
    return _one(query, "pos_config", find_store)


def find_store(name: str) -> int:
    """Return the id of a point of sale by reference or id. Raises: PosConfigNotFound."""
    by_id = name.isascii() and name.isdigit() and len(name) <= 18
    found = PosConfig.objects.filter(Q(ref=name) | Q(pk=int(name)) if by_id else Q(ref=name))
    # A reference of digits is meant before an id.
    keys = {ref: key for key, ref in found.values_list("pk", "ref")}
    if not keys:
        raise PosConfigNotFound(pos_config=name)
    return keys.get(name, next(iter(keys.values())))


def read_level(query: Query) -> list[int] | None:
    """Return the level as a list of one id. Raises: MembershipProductNotFound."""
    return _one(query, "membership_product_id", lambda ref: find_membership_product(ref).pk)


def read_loyalty_program(query: Query) -> list[int] | None:
    """Return the kind of points as a list of one id. Raises: LoyaltyProgramNotFound."""
    return _one(query, "loyalty_program", lambda ref: find_loyalty_program(ref).pk)


def read_partner(query: Query) -> int | None:
    """Return the member's id. Raises: PartnerNotFound."""
    found = _one(query, "partner_id", lambda ref: find_any_partner(ref).pk)
    return found[0] if found else None


def read_card(query: Query) -> int | None:
    """Return the card's id, which is all that a report names it by. Raises: CardNotFound."""
    asked = query.get("card_id")
    if not asked:
        return None
    if not asked.isascii() or not asked.isdigit():
        raise InvalidQuery(_("Name the card by its id."), parameter="card_id")
    if len(asked) > 18 or not LoyaltyCard.objects.filter(pk=int(asked)).exists():
        raise CardNotFound(card=asked)
    return int(asked)


def _one(query: Query, name: str, find: Callable[[str], int]) -> list[int] | None:
    asked = query.get(name)
    if asked and "\0" in asked:
        raise InvalidQuery(parameter=name)  # no table can hold it, so nothing is called that
    return [find(asked)] if asked else None


def _day(query: Query, name: str) -> date:
    """Return a day; of an instant, the day it is written as."""
    asked = query.get(name, "")
    try:
        found = parse_date(asked) or _day_of(parse_datetime(asked))
    except ValueError:
        found = None
    if found is None:
        raise InvalidQuery(_("Write a day as 2026-01-31."), parameter=name)
    return found


def _day_of(instant: datetime | None) -> date | None:
    return instant.date() if instant else None


def _number(query: Query, name: str, *, default: int, most: int) -> int:
    asked = query.get(name, str(default))
    is_number = asked.isascii() and asked.isdigit() and len(asked) <= len(str(most))
    if not is_number or not 1 <= int(asked) <= most:
        raise InvalidQuery(parameter=name, smallest=1, largest=most)
    return int(asked)
