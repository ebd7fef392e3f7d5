"""The bare statements that reports cannot do without, sent by psycopg alone."""

from __future__ import annotations

import time
from collections.abc import Sequence
from datetime import date
from typing import Any

import psycopg

_MONTH = """
SELECT program_id, report_date, currency, sum(orders)::bigint AS orders, sum(order_amount),
       sum(qty), sum(amount) AS amount, sum(discount), sum(points_earned), sum(points_redeemed),
       count(*) OVER () AS rows_of_all_pages
FROM promotion_report_daily WHERE report_date >= %s AND report_date < %s
GROUP BY 1, 2, 3 ORDER BY report_date DESC, amount DESC, program_id, currency LIMIT 100
"""
_WHICH = """
FROM point_report_detail
WHERE transaction_date >= %(since)s::timestamp - interval '1 day'
  AND transaction_date < %(until)s::timestamp + interval '1 day'
  AND local_time >= %(since)s AND local_time < %(until)s AND transaction_type = 'earn'
"""
_AD_HOC = [
    f"""
SELECT card_id, partner_id, loyalty_program_id, operation_id, transaction_date, transaction_type,
       points_amount, balance, origin
{_WHICH} ORDER BY transaction_date DESC, operation_id DESC LIMIT 100
""",
    f"SELECT count(*) {_WHICH}",
]
_ALL = """
    sum(orders)::bigint AS orders, sum(order_amount) AS order_amount, sum(qty) AS qty,
    sum(amount) AS amount, sum(discount) AS discount, sum(points_earned) AS points_earned,
    sum(points_redeemed) AS points_redeemed
"""
# The rows that a batch of orders has become, to be written once more under other ids.
_COPIES = f"""
CREATE TEMP TABLE copy_detail AS
SELECT kind, source_id + %(shift)s AS source_id, program_id, order_id, order_ref, order_line_id,
       partner_id, pos_config_id, product_id, currency, transaction_date, local_time, orders,
       order_amount, qty, amount, discount, points_earned, points_redeemed
FROM promotion_report_detail WHERE kind = 'sale' AND source_id = ANY(%(orders)s);
CREATE TEMP TABLE copy_orders AS
SELECT kind, source_id + %(shift)s AS source_id, order_id, order_ref, partner_id, pos_config_id,
       membership_product_id, force_set_id, currency, transaction_date, local_time, orders, qty,
       amount, discount
FROM order_report_detail WHERE kind = 'sale' AND source_id = ANY(%(orders)s);
CREATE TEMP TABLE copy_hourly AS
SELECT program_id, date_trunc('hour', local_time) AS at, pos_config_id, currency, {_ALL}
FROM copy_detail GROUP BY 1, 2, 3, 4 ORDER BY 1, 2, 3, 4;
CREATE TEMP TABLE copy_daily AS
SELECT program_id, local_time::date AS at, pos_config_id, currency, {_ALL}
FROM copy_detail GROUP BY 1, 2, 3, 4 ORDER BY 1, 2, 3, 4;
CREATE TEMP TABLE copy_customer AS
SELECT program_id, local_time::date, pos_config_id, partner_id, sum(orders)::bigint,
       local_time::date AS sold_on
FROM copy_detail WHERE partner_id IS NOT NULL AND orders <> 0
GROUP BY 1, 2, 3, 4 ORDER BY 1, 2, 3, 4;
CREATE TEMP TABLE copy_order_hourly AS
SELECT date_trunc('hour', local_time), pos_config_id, currency, force_set_id,
       sum(orders)::bigint, sum(qty) AS qty, sum(amount) AS amount, sum(discount) AS discount,
       count(*) FILTER (WHERE kind = 'sale')
FROM copy_orders GROUP BY 1, 2, 3, 4 ORDER BY 1, 2, 3, 4;
CREATE TEMP TABLE copy_member AS
SELECT coalesce(membership_product_id, 0), local_time::date, pos_config_id, currency, partner_id,
       sum(orders)::bigint AS orders, sum(amount) AS amount, local_time::date AS sold_on
FROM copy_orders WHERE partner_id IS NOT NULL
GROUP BY 1, 2, 3, 4, 5 ORDER BY 1, 2, 3, 4, 5;
"""
_SUMS = """
    orders = kept.orders + excluded.orders,
    order_amount = kept.order_amount + excluded.order_amount,
    qty = kept.qty + excluded.qty, amount = kept.amount + excluded.amount,
    discount = kept.discount + excluded.discount,
    points_earned = kept.points_earned + excluded.points_earned,
    points_redeemed = kept.points_redeemed + excluded.points_redeemed
"""
_UPSERT = f"""
INSERT INTO promotion_report_detail (kind, source_id, program_id, order_id, order_ref,
    order_line_id, partner_id, pos_config_id, product_id, currency, transaction_date, local_time,
    orders, order_amount, qty, amount, discount, points_earned, points_redeemed)
SELECT * FROM copy_detail ON CONFLICT DO NOTHING;
INSERT INTO order_report_detail (kind, source_id, order_id, order_ref, partner_id, pos_config_id,
    membership_product_id, force_set_id, currency, transaction_date, local_time, orders, qty,
    amount, discount)
SELECT * FROM copy_orders ON CONFLICT DO NOTHING;
INSERT INTO promotion_report_hourly AS kept SELECT * FROM copy_hourly
ON CONFLICT (program_id, local_hour, pos_config_id, currency) DO UPDATE SET {_SUMS};
INSERT INTO promotion_report_daily AS kept SELECT * FROM copy_daily
ON CONFLICT (program_id, report_date, pos_config_id, currency) DO UPDATE SET {_SUMS};
INSERT INTO promotion_report_customer AS kept SELECT * FROM copy_customer
ON CONFLICT (program_id, report_date, pos_config_id, partner_id, sold_on)
DO UPDATE SET orders = kept.orders + excluded.orders;
INSERT INTO order_report_hourly AS kept SELECT * FROM copy_order_hourly
ON CONFLICT (local_hour, pos_config_id, currency, force_set_id) DO UPDATE SET
    orders = kept.orders + excluded.orders, qty = kept.qty + excluded.qty,
    amount = kept.amount + excluded.amount, discount = kept.discount + excluded.discount,
    sales = kept.sales + excluded.sales;
INSERT INTO membership_report_customer AS kept SELECT * FROM copy_member
ON CONFLICT (membership_product_id, report_date, pos_config_id, currency, partner_id, sold_on)
DO UPDATE SET orders = kept.orders + excluded.orders, amount = kept.amount + excluded.amount;
"""
_SHIFT = 10**14


class Floor:
    """One connection that asks and writes the least."""

    def __init__(self, database_url: str) -> None:
        self._connection = psycopg.connect(
            database_url, autocommit=True, cursor_factory=psycopg.ClientCursor
        )

    def month(self, since: date, until: date) -> list[Any]:
        """Read thirty days of the summary, as a page of the report has them."""
        return self._connection.execute(_MONTH, (since, until)).fetchall()

    def ad_hoc(self, since: date, until: date) -> list[Any]:
        """Read the last earnings of a span, and how many there are."""
        asked = {"since": since, "until": until}
        return [self._connection.execute(sql.encode(), asked).fetchall() for sql in _AD_HOC]

    def write_again(self, orders: Sequence[int]) -> tuple[int, float]:
        """Write the facts and sums of these orders once more; return how many, and the seconds.

        The rows are ready: what is timed is one transaction of plain upserts.
        """
        connection = self._connection
        connection.execute(_COPIES.encode(), {"shift": _SHIFT, "orders": list(orders)})
        found = connection.execute("SELECT count(*) FROM copy_detail").fetchone()
        started = time.perf_counter()
        with connection.transaction():
            connection.execute(_UPSERT.encode())
        seconds = time.perf_counter() - started
        connection.execute("DISCARD TEMP")
        return (found[0] if found else 0), seconds
