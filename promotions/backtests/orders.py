"""The orders of a back-test: which they are, cut into chunks, and read one after the other."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import orjson
from django.db import connection

from core import codec
from promotions.engine.cart import Cart
from promotions.engine.wallet import Wallet
from promotions.models import Backtest, BacktestChunk, Order

ORDERS_IN_A_CHUNK = 500
_ROWS_AT_ONCE = 50

_FROM = "FROM promotions_order o JOIN promotions_posconfig p ON p.id = o.pos_config_id"
# Days are those of the store. The instants around them, a day wider, are for the index. What was
# cancelled was never sold.
_CHOSEN = """
WHERE o.ordered_at >= %(since)s::timestamp - interval '1 day'
  AND o.ordered_at < %(until)s::timestamp + interval '2 days'
  AND (o.ordered_at AT TIME ZONE p.time_zone)::date BETWEEN %(since)s AND %(until)s
  AND (%(pos)s::bigint IS NULL OR o.pos_config_id = %(pos)s)
  AND o.id <= %(last)s AND o.status <> 'cancelled'
"""
_PLAN = f"""
INSERT INTO promotions_backtestchunk (
  backtest_id, number, after_at, after_id, upto_at, upto_id, orders)
SELECT %(backtest)s, number,
       coalesce(lag(upto_at) OVER turn, '1900-01-01Z'), coalesce(lag(upto_id) OVER turn, 0),
       upto_at, upto_id, orders
FROM (
    SELECT (place - 1) / %(size)s AS number, count(*) AS orders,
           max(ordered_at) AS upto_at,
           (array_agg(id ORDER BY ordered_at DESC, id DESC))[1] AS upto_id
    FROM (SELECT o.id, o.ordered_at, row_number() OVER (ORDER BY o.ordered_at, o.id) AS place
          {_FROM} {_CHOSEN}) numbered
    GROUP BY 1
) chunk
WINDOW turn AS (ORDER BY number)
RETURNING orders
"""  # noqa: S608 - the parts are constants of this file
# An evaluation is large and compressed: taken apart at once it is unpacked once, not three times.
_READ = f"""
SELECT o.id, o.partner_id, o.pos_config_id, o.ordered_at, o.catalog_version,
       (o.ordered_at AT TIME ZONE p.time_zone)::date,
       kept.cart, kept.wallet, kept.left_out
{_FROM}, LATERAL jsonb_to_record(o.evaluation) AS kept(cart jsonb, wallet jsonb, left_out jsonb)
{_CHOSEN} {{chunk}} ORDER BY o.ordered_at, o.id
"""
_OF_CHUNK = """
  AND (o.ordered_at, o.id) > (%(after_at)s, %(after_id)s)
  AND (o.ordered_at, o.id) <= (%(upto_at)s, %(upto_id)s)
"""
_ONE = "AND o.id = %(order)s"


@dataclass(frozen=True, slots=True)
class Span:
    """Which orders: of these days, both included, at a store or all, up to an id."""

    date_from: date
    date_to: date
    pos_config_id: int | None
    last_order_id: int

    @classmethod
    def of(cls, backtest: Backtest) -> Span:
        """Return those of a back-test."""
        return cls(
            backtest.date_from, backtest.date_to, backtest.pos_config_id, backtest.last_order_id
        )


@dataclass(frozen=True, slots=True)
class PastOrder:
    """An order with what it was decided by. `day`: by the store's calendar.

    `left_out`: programs that a till without a line had not given.
    """

    id: int
    partner_id: int | None
    pos_config_id: int
    at: datetime
    catalog_version: int
    day: date
    cart: Cart
    wallet: Wallet
    left_out: tuple[int, ...]


def last_order_id() -> int:
    """Return the highest id of an order there is, 0 without any."""
    return Order.objects.order_by("-pk").values_list("pk", flat=True).first() or 0


def plan_chunks(span: Span, *, backtest_id: int) -> int:
    """Cut the orders into chunks in the order of their sale; return how many orders there are.

    Writes: backtestchunk, for a back-test whose row may follow in the same transaction.
    """
    asked = _asked(span) | {"backtest": backtest_id, "size": ORDERS_IN_A_CHUNK}
    with connection.cursor() as cursor:
        cursor.execute(_PLAN, asked)
        return sum(count for (count,) in cursor.fetchall())


def orders_of(span: Span, chunk: BacktestChunk) -> Iterator[PastOrder]:
    """Yield the orders of a chunk through a cursor on the server; needs a transaction."""
    asked = _asked(span) | {
        "after_at": chunk.after_at,
        "after_id": chunk.after_id,
        "upto_at": chunk.upto_at,
        "upto_id": chunk.upto_id,
    }
    with connection.chunked_cursor() as cursor:
        cursor.execute(_READ.format(chunk=_OF_CHUNK), asked)
        while rows := cursor.fetchmany(_ROWS_AT_ONCE):
            yield from map(_order, rows)


def order_of(span: Span, order_id: int) -> PastOrder | None:
    """Return one order of a back-test, None if it is not among them."""
    with connection.cursor() as cursor:
        cursor.execute(_READ.format(chunk=_ONE), _asked(span) | {"order": order_id})
        row = cursor.fetchone()
    return None if row is None else _order(row)


def _asked(span: Span) -> dict[str, Any]:
    return {
        "since": span.date_from,
        "until": span.date_to,
        "pos": span.pos_config_id,
        "last": span.last_order_id,
    }


def _order(row: tuple[Any, ...]) -> PastOrder:
    key, partner_id, pos_config_id, at, version, day, cart, wallet, left_out = row
    return PastOrder(
        id=key,
        partner_id=partner_id,
        pos_config_id=pos_config_id,
        at=at,
        catalog_version=version,
        day=day,
        cart=codec.decode(Cart, orjson.loads(cart)),
        wallet=codec.decode(Wallet, orjson.loads(wallet)),
        left_out=tuple(orjson.loads(left_out or "null") or ()),
    )
