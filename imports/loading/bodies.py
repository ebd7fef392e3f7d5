"""What a row says once it is understood: the arguments of the services it is loaded by."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any, TypeVar

import msgspec

from core.numbers import decimal_hook
from imports.loading.rows import Fault
from promotions.orders.request import OrderRequest
from promotions.programs.body import ProgramInput

T = TypeVar("T")
_LENGTH = re.compile(r"Expected `(?P<kind>str|array)` of length (?P<way><=|>=) (?P<length>\d+)")


class Unfit(Exception):
    """The row says what cannot be; `fault` says where and why."""

    def __init__(self, fault: Fault) -> None:
        super().__init__(fault.code)
        self.fault = fault


@dataclass(frozen=True, slots=True)
class PartnerBody:
    """A member. `membership`: reference of the level; None leaves it."""

    ref: str
    name: str
    email: str = ""
    phone: str = ""
    membership: str | None = None


@dataclass(frozen=True, slots=True)
class PointsBody:
    """The kind of points of a program that keeps some."""

    ref: str
    name: str
    unit: str
    decimals: int
    earn_on: str


@dataclass(frozen=True, slots=True)
class ProgramBody:
    """A program with its kind of points. `publish`: it is in force there."""

    program: ProgramInput
    points: PointsBody | None
    publish: bool


@dataclass(frozen=True, slots=True)
class PastMove:
    """Points that a card gained or spent there. `points`: below zero when spent."""

    key: str
    points: Decimal
    at: datetime
    description: str


@dataclass(frozen=True, slots=True)
class CardBody:
    """A card and the points on it. `history`: moves not taken over yet, oldest first.

    `untold`: which of partner and expires_at the source says nothing about.
    """

    code: str
    loyalty_program_id: int
    partner_id: int | None
    points: Decimal
    expires_at: datetime | None = None
    opened_at: datetime | None = None
    history: tuple[PastMove, ...] = ()
    active: bool = True
    untold: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class CouponBody:
    """A coupon and the points left on it."""

    code: str
    program_id: int
    partner_id: int | None
    points: Decimal
    expires_at: datetime | None = None
    active: bool = True
    untold: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class OrderBody:
    """An order of the past, as it was charged; `charged_total` None: what its lines cost."""

    order: OrderRequest
    at: datetime
    charged_total: Decimal | None


@dataclass(frozen=True, slots=True)
class ReturnBody:
    """Units of an order's lines that came back, and what was paid back for them there."""

    order: str
    quantities: tuple[tuple[str, Decimal], ...]
    at: datetime
    refund: Decimal


@dataclass(frozen=True, slots=True)
class RefundBody:
    """Goods that came back, and what was sold with them in exchange, if anything was."""

    returns: tuple[ReturnBody, ...]
    sale: OrderBody | None = None


def read_body(kind: type[T], given: dict[str, Any]) -> T:
    """Return a body of the API from plain values, checked as a request would be.

    Raises: Unfit.
    """
    try:
        return msgspec.convert(given, kind, dec_hook=decimal_hook)
    except msgspec.ValidationError as error:
        said, _, path = str(error).partition(" - at `$.")
        raise Unfit(_fault_of(path.rstrip("`"), said)) from None


def _fault_of(field: str, said: str) -> Fault:
    """Return what the reader found, by a code that has words in every language."""
    found = _LENGTH.fullmatch(said)
    if found is None:
        return Fault(field, "unfit", {"said": said})
    if found["way"] == ">=":
        return Fault(field, "required")
    code = "too_long" if found["kind"] == "str" else "too_many"
    return Fault(field, code, {"most": found["length"]})
