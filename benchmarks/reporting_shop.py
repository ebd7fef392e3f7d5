"""A shop with ten stores whose orders make ten facts each, and a year of them written by SQL.

The year is what the services would have left in the details; its orders themselves are not there.
Summaries are made from the details by the product's own statement.
"""

from __future__ import annotations

import itertools
import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import psycopg

from benchmarks.shop import Api

STORES = 10
PROGRAMS = 40
PRODUCTS = 200
MEMBERS = 100
LINES = 5
FACTS_PER_ORDER = 2 * LINES  # each line under a program of its own and under the club
# The ids of orders that are told of, and not there: beyond those that the shop will use.
PAST = 10**12

_PAST_ORDERS = """
CREATE TEMP TABLE past ON COMMIT DROP AS
SELECT %(past)s + n AS id,
       %(since)s::timestamp + (n / %(per_day)s) * interval '1 day' + interval '8 hours'
           + (n %% %(per_day)s) * interval '12 hours' / %(per_day)s AS local_time,
       (%(stores)s::bigint[])[1 + abs(hashint8(n)) %% %(store_count)s] AS pos_config_id,
       CASE WHEN n %% 10 < 7 THEN 1 + abs(hashint8(n * 3 + 1)) %% 50000 END AS partner_id,
       1 + abs(hashint8(n * 5 + 2)) %% 4 AS qty
FROM generate_series(%(first)s::bigint, %(last)s::bigint - 1) AS n
"""
_PROMOTION_FACTS = """
INSERT INTO promotion_report_detail (
    kind, source_id, program_id, order_id, order_ref, order_line_id, partner_id, pos_config_id,
    product_id, currency, transaction_date, local_time, orders, order_amount, qty, amount, discount,
    points_earned, points_redeemed)
SELECT 'sale', o.id, one.program_id, o.id, 'PAST-' || o.id, o.id * 10 + line, o.partner_id,
       o.pos_config_id, 1 + (o.id + line * 7) %% %(products)s, 'USD',
       o.local_time AT TIME ZONE 'UTC', o.local_time, one.first, one.first * o.qty * 45, o.qty,
       o.qty * 9, CASE WHEN one.is_club THEN 0 ELSE o.qty END,
       CASE WHEN one.is_club AND o.partner_id IS NOT NULL THEN one.first * o.qty * 45 ELSE 0 END, 0
FROM past o, generate_series(1, %(lines)s) AS line, LATERAL (VALUES
    ((%(programs)s::bigint[])[1 + (o.id * 5 + line) %% %(program_count)s], 1, false),
    (%(club)s::bigint, CASE WHEN line = 1 THEN 1 ELSE 0 END, true)
) AS one(program_id, first, is_club)
"""
_FORCE_SET = """
INSERT INTO program_force_set (digest, program_ids)
SELECT sha256(%(month)s::text::bytea), %(programs)s::bigint[] || %(club)s::bigint RETURNING id
"""
_ORDER_FACTS = """
INSERT INTO order_report_detail (
    kind, source_id, order_id, order_ref, partner_id, pos_config_id, force_set_id, currency,
    transaction_date, local_time, orders, qty, amount, discount)
SELECT 'sale', id, id, 'PAST-' || id, partner_id, pos_config_id, %(force_set)s, 'USD',
       local_time AT TIME ZONE 'UTC', local_time, 1, qty * 5, qty * 45, qty * 5
FROM past
"""
_POINT_FACTS = """
INSERT INTO point_report_detail (
    operation_id, loyalty_program_id, card_id, partner_id, transaction_type, transaction_date,
    local_time, points_earned, points_redeemed, points_expired, points_adjusted, points_amount,
    balance, origin)
SELECT id, %(points)s, partner_id, partner_id, 'earn', local_time AT TIME ZONE 'UTC', local_time,
       qty * 45, 0, 0, 0, qty * 45, qty * 45, 'order ' || id
FROM past WHERE partner_id IS NOT NULL
"""


@dataclass(frozen=True, slots=True)
class Shop:
    """The ids of what was opened."""

    stores: list[int]
    programs: list[int]
    club: int
    points: int


def open_shop(api: Api) -> Shop:
    """Set the shop up: each program takes ten percent off five products, the club gives points."""
    stores = [
        api.send("PUT", f"pos-configs/s{number}", {"name": f"Store {number}", "currency": "USD"})
        for number in range(STORES)
    ]
    prices = [
        {"sku": f"P{one}", "name": f"Product {one}", "price": "10"} for one in range(PRODUCTS)
    ]
    api.send("POST", "products/bulk", prices)
    points = api.send("PUT", "loyalty-programs/club", {"name": "Club"})
    for number in range(MEMBERS):
        api.send("PUT", f"partners/m{number}", {"name": f"Member {number}"})
        api.send("PUT", f"cards/C{number}", {"loyalty_program": "club", "partner": f"m{number}"})
    programs = [api.send("POST", "programs", _program(number)) for number in range(PROGRAMS)]
    club: dict[str, Any] = {
        "ref": "club",
        "name": "Club",
        "program_type": "loyalty",
        "loyalty_program": "club",
    }
    club |= {"rules": [{"reward_point_mode": "money"}], "rewards": [], "publish": True}
    return Shop(
        [one["id"] for one in stores],
        [one["id"] for one in programs],
        api.send("POST", "programs", club)["id"],
        points["id"],
    )


def _program(number: int) -> dict[str, Any]:
    products = [f"P{one}" for one in range(number, PRODUCTS, PROGRAMS)]
    percent = {"mode": "percent", "value": "10", "applies_to": "specific", "products": products}
    return {
        "ref": f"offer-{number}",
        "name": f"Offer {number}",
        "program_type": "promotion",
        "rules": [{"products": products}],
        "rewards": [{"reward_type": "discount", "discount": percent}],
        "publish": True,
    }


def baskets() -> Iterator[dict[str, Any]]:
    """Yield orders without end, each of five products under five programs."""
    start = time.time_ns()
    for number in itertools.count():
        lines = [
            {"sku": f"P{(number * LINES + line) % PRODUCTS}", "qty": "2"} for line in range(LINES)
        ]
        pos, partner = f"s{number % STORES}", f"m{number % MEMBERS}"
        yield {"ref": f"B-{start}-{number}", "pos_config": pos, "partner": partner, "lines": lines}


def write_past(database_url: str, shop: Shop, facts: int, days: int = 365) -> float:
    """Write so many facts of programs, with those of orders and points, up to yesterday.

    Return the seconds that the summaries took.
    """
    from django.db import transaction

    from reporting.facts.summaries import summarise_anew

    orders = facts // FACTS_PER_ORDER
    per_day = max(1, orders // days)
    since = datetime.now(UTC).date() - timedelta(days=days)
    asked: dict[str, Any] = {
        "past": PAST,
        "since": since,
        "per_day": per_day,
        "lines": LINES,
        "stores": shop.stores,
        "store_count": STORES,
        "products": PRODUCTS,
        "programs": shop.programs,
        "program_count": PROGRAMS,
        "club": shop.club,
        "points": shop.points,
    }
    seconds = 0.0
    with psycopg.connect(database_url, cursor_factory=psycopg.ClientCursor) as connection:
        connection.execute("SET synchronous_commit = off")
        connection.execute("SELECT report_make_partitions(%s, now() + interval '1 month')", [since])
        for first_day in range(0, days, 30):
            last_day = min(first_day + 30, days)
            asked |= {"first": first_day * per_day, "last": last_day * per_day, "month": first_day}
            connection.execute(_PAST_ORDERS.encode(), asked)
            connection.execute(_PROMOTION_FACTS.encode(), asked)
            found = connection.execute(_FORCE_SET.encode(), asked).fetchone()
            assert found is not None
            connection.execute(_ORDER_FACTS.encode(), asked | {"force_set": found[0]})
            connection.execute(_POINT_FACTS.encode(), asked)
            connection.commit()
            started = time.perf_counter()
            with transaction.atomic():
                begin = since + timedelta(days=first_day)
                summarise_anew(begin, since + timedelta(days=last_day))
            seconds += time.perf_counter() - started
    return seconds
