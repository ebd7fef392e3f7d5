"""GraphQL: who asks, what they may, and how much one request may ask for."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any, Protocol

import graphene

from access.caller import Caller, Role
from access.errors import RoleNotAllowed
from reporting.api import asking
from reporting.api.shapes import IN_FILES
from reporting.errors import QueryTooCostly
from reporting.queries.period import MOST_PER_PAGE

#: What one request may cost over all its fields. A field costs the rows of the page it asks for.
MOST_COST = 2_000
#: A field costs this at the least, and a report whose work is the same for any page this on top.
LEAST_COST, COST_OF_WHOLE = 50, 300

PAGE = {
    "page": graphene.Int(default_value=1, description="From 1."),
    "per_page": graphene.Int(
        default_value=asking.PER_PAGE, description=f"1 to {MOST_PER_PAGE} rows."
    ),
}
DAYS = {
    "date_from": graphene.DateTime(required=True, description="Its day is the first."),
    "date_to": graphene.DateTime(required=True, description="Its day is the last."),
}
SPAN = {**DAYS, "pos_config": graphene.ID(description="Of this point of sale.")}
READERS = frozenset({Role.MANAGER, Role.ADMIN})


@dataclass(slots=True)
class GraphContext:
    """Who asks, and what all fields so far cost."""

    caller: Caller
    cost: int = 0


class Info(Protocol):
    """What a resolver is told beside its arguments."""

    context: GraphContext


def ask(
    info: Info, asked: dict[str, Any], *, readers: frozenset[Role] = READERS, whole: bool = False
) -> dict[str, str]:
    """Return the arguments as a query string would have them, after asking whether one may.

    `whole`: the report is made as a whole, however small the page.
    Raises: RoleNotAllowed, QueryTooCostly, InvalidQuery.
    """
    if info.context.caller.role not in readers:
        raise RoleNotAllowed(role=info.context.caller.role, allowed=sorted(readers))
    query = {name: _text(value) for name, value in asked.items() if value is not None}
    page = asking.read_page(query)
    info.context.cost += max(page.per_page, LEAST_COST) + (COST_OF_WHOLE if whole else 0)
    if info.context.cost > MOST_COST:
        raise QueryTooCostly(cost=info.context.cost, most=MOST_COST)
    return query


def list_of(row: type[graphene.ObjectType], **arguments: Any) -> graphene.List:
    """Return a field of rows."""
    return graphene.List(graphene.NonNull(row), required=True, **arguments)


def months_of(**arguments: Any) -> graphene.List:
    """Return a field of the months that a list of details lacks."""
    return graphene.List(
        graphene.NonNull(graphene.String), required=True, description=IN_FILES, **arguments
    )


def _text(value: object) -> str:
    if isinstance(value, datetime):
        return value.date().isoformat()
    if isinstance(value, StrEnum):
        return value.value
    return str(value).lower() if isinstance(value, bool) else str(value)
