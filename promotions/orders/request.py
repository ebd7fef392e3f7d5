"""What a till sends to quote or commit: plain data, read from JSON by `parse_order`.

Amounts are decimal strings in major units. A reference is the caller's own string or our
numeric id.
"""

from __future__ import annotations

import re
from datetime import UTC, datetime
from decimal import Decimal
from typing import Annotated, NoReturn

import msgspec
from msgspec import Meta

from access.errors import MalformedJson
from core.errors import Invalid
from core.numbers import PlainDecimal, decimal_hook

MAX_LINES = 1_000
MAX_CODES = 50
MAX_CLAIMS = 100
# Beyond these the day before or a store's own clock may be outside of the calendar.
EARLIEST, LATEST = datetime(1900, 1, 1, tzinfo=UTC), datetime(9000, 1, 1, tzinfo=UTC)

# No control characters: PostgreSQL has no text with a NUL, and no reference needs the others.
# `\Z`, as `$` would let one line break through at the end.
_VISIBLE = r"^[^\x00-\x1f\x7f]+\Z"
# An order's address holds its ref, so the ref is one that an address can hold (access.references).
_ADDRESSED = r"^[^/\x00-\x1f\x7f](?:[^\x00-\x1f\x7f]*[^/\x00-\x1f\x7f])?\Z"
_EXPECTED = re.compile(r"Expected `str` matching regex .*")
Ref = Annotated[str, Meta(min_length=1, max_length=64, pattern=_VISIBLE)]
OrderRef = Annotated[str, Meta(min_length=1, max_length=64, pattern=_ADDRESSED)]
Id = Annotated[int, Meta(gt=0, le=2**63 - 1)]
_PATH = re.compile(r" - at `\$?(?P<path>[^`]*)`$")


class LineRequest(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """One line; `line_id` defaults to its position, `unit_price` to the catalog's."""

    sku: Ref
    qty: PlainDecimal
    unit_price: PlainDecimal | None = None
    line_id: Ref | None = None


class ClaimRequest(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """A reward to take; `times` defaults to once, `product` is the SKU chosen."""

    program: Ref | Id
    reward: Id
    points: PlainDecimal | None = None
    product: Ref | None = None
    times: Annotated[int, Meta(gt=0, le=MAX_CLAIMS)] | None = None


class OrderRequest(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """The body of a quote or a commit; `ref` is required to commit."""

    pos_config: Ref | Id
    lines: Annotated[tuple[LineRequest, ...], Meta(min_length=1, max_length=MAX_LINES)]
    ref: OrderRef | None = None
    partner: Ref | Id | None = None
    at: Annotated[datetime, Meta(tz=True)] | None = None
    codes: Annotated[tuple[Ref, ...], Meta(max_length=MAX_CODES)] = ()
    claims: Annotated[tuple[ClaimRequest, ...], Meta(max_length=MAX_CLAIMS)] = ()
    expected_total: PlainDecimal | None = None


class ReturnLineRequest(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Units of one line that come back."""

    line_id: Ref
    qty: PlainDecimal


class ReturnRequest(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """The body of a return."""

    lines: Annotated[tuple[ReturnLineRequest, ...], Meta(min_length=1, max_length=MAX_LINES)]


class InvalidOrder(Invalid):
    """The order cannot be read; `errors` says where and why."""

    code = "invalid"


_order_decoder = msgspec.json.Decoder(OrderRequest, dec_hook=decimal_hook, float_hook=Decimal)
_return_decoder = msgspec.json.Decoder(ReturnRequest, dec_hook=decimal_hook, float_hook=Decimal)


def parse_order(body: bytes) -> OrderRequest:
    """Return the order in a JSON body.

    Raises: MalformedJson; InvalidOrder with `errors`, a list of {pointer, code, detail}.
    """
    try:
        order = _order_decoder.decode(body)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        refuse_unreadable(error)
    check_order(order)
    return order


def parse_return(body: bytes) -> ReturnRequest:
    """Return the return in a JSON body.

    Raises: MalformedJson; InvalidOrder with `errors`, a list of {pointer, code, detail}.
    """
    try:
        back = _return_decoder.decode(body)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        refuse_unreadable(error)
    seen: set[str] = set()
    for index, line in enumerate(back.lines):
        _check_qty(f"/lines/{index}/qty", line.qty)
        if line.line_id in seen:
            refuse(f"/lines/{index}/line_id", "Each line is named once.")
        seen.add(line.line_id)
    return back


def check_order(order: OrderRequest) -> None:
    """Refuse what types cannot: impossible quantities, prices, instants, a line_id used twice.

    Raises: InvalidOrder.
    """
    if order.at is not None and not EARLIEST <= order.at < LATEST:
        refuse("/at", "An order is made between the years 1900 and 8999.")
    seen: set[str] = set()
    for index, line in enumerate(order.lines):
        _check_qty(f"/lines/{index}/qty", line.qty)
        if line.unit_price is not None and not _fits(line.unit_price, 12):
            refuse(
                f"/lines/{index}/unit_price",
                "A price has at most 12 digits before and 4 after the point.",
            )
        line_id = line.line_id if line.line_id is not None else str(index + 1)
        if line_id in seen:
            refuse(f"/lines/{index}/line_id", "Each line needs its own line_id.")
        seen.add(line_id)
    for index, claim in enumerate(order.claims):
        if claim.points is not None and (not _fits(claim.points, 14) or claim.points <= 0):
            refuse(f"/claims/{index}/points", "Points to use are above zero.")
    if order.expected_total is not None:
        check_total("/expected_total", order.expected_total)


def check_total(pointer: str, total: Decimal) -> None:
    """Refuse a total that no table can hold. Raises: InvalidOrder."""
    if not _fits(total, 14):
        refuse(pointer, "A total has at most 14 digits before and 4 after the point.")


def _check_qty(pointer: str, qty: Decimal) -> None:
    if not _fits(qty, 10) or qty <= 0:
        refuse(pointer, "A quantity is above zero, with at most 10 digits and 4 decimals.")


def _fits(number: Decimal, whole_digits: int) -> bool:
    """Tell whether the number is finite and the tables can hold it."""
    if not number.is_finite() or number.adjusted() >= whole_digits:
        return False
    return number == round(number, 4)


def refuse(pointer: str, detail: str, *, code: str = "invalid") -> NoReturn:
    """Refuse what stands at a JSON pointer. Raises: InvalidOrder."""
    raise InvalidOrder(detail, errors=[{"pointer": pointer, "code": code, "detail": detail}])


def refuse_unreadable(error: Exception) -> NoReturn:
    """Say where a body cannot be read, with msgspec's path as a JSON pointer.

    Raises: MalformedJson, InvalidOrder.
    """
    if not isinstance(error, msgspec.ValidationError):
        raise MalformedJson from None
    message = str(error)
    found = _PATH.search(message)
    pointer = re.sub(r"\[(\d+)\]", r"/\1", found["path"] if found else "").replace(".", "/")
    detail = _PATH.sub("", message) + "."
    if _EXPECTED.match(detail):
        detail = "A reference holds no control characters, and none that begins or ends with /."
    refuse(pointer, detail)
