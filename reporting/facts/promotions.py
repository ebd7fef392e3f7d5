"""Facts of programs: one row per line of an order, or of a return, and program applied.

The matching lines of a program are those its discounts fell on; of a program that discounted no
line (points, coupons, payments, goods on top) all lines of the order.
"""

from __future__ import annotations

from reporting.facts.orders import SOLD_ON

# Which lines each order of `wanted` (order_id) gives each program it applied, and the discount.
_MATCHED = """
points AS (
    SELECT order_id, program_id,
           coalesce(sum(points) FILTER (WHERE kind <> 'spend'), 0) AS earned,
           coalesce(sum(points) FILTER (WHERE kind = 'spend'), 0) AS redeemed
    FROM promotions_orderpoints JOIN wanted USING (order_id) GROUP BY order_id, program_id
), reward AS (
    SELECT r.id, r.order_id, r.program_id
    FROM promotions_appliedreward r JOIN wanted USING (order_id)
), applied AS (
    SELECT order_id, program_id FROM reward
    UNION SELECT order_id, program_id FROM points
    UNION SELECT c.issued_by_id, c.program_id
          FROM promotions_coupon c JOIN wanted ON wanted.order_id = c.issued_by_id
), share AS (
    SELECT r.order_id, r.program_id, d.line_id, sum(d.amount) AS discount
    FROM reward r
    JOIN promotions_linediscount d ON d.reward_id = r.id
    GROUP BY r.order_id, r.program_id, d.line_id
), matched AS (
    SELECT order_id, program_id, line_id, discount FROM share
    UNION ALL
    SELECT a.order_id, a.program_id, l.id, 0
    FROM applied a JOIN promotions_orderline l ON l.order_id = a.order_id
    WHERE NOT EXISTS (
        SELECT FROM share s WHERE s.order_id = a.order_id AND s.program_id = a.program_id)
)"""

_WRITE = """
    INSERT INTO promotion_report_detail (
        kind, source_id, program_id, order_id, order_ref, order_line_id, partner_id,
        pos_config_id, product_id, currency, transaction_date, local_time, orders, order_amount,
        qty, amount, discount, points_earned, points_redeemed)"""

SALES = f"""
WITH wanted AS (
    SELECT unnest(%(ids)s::bigint[]) AS order_id
), sale AS (
    SELECT o.id, o.ref, o.partner_id, o.pos_config_id, o.currency, o.total, o.ordered_at,
           o.ordered_at AT TIME ZONE p.time_zone AS local_time
    FROM wanted
    JOIN promotions_order o ON o.id = wanted.order_id
    JOIN promotions_posconfig p ON p.id = o.pos_config_id
), {_MATCHED}, rows AS (
    SELECT m.*, row_number() OVER (
        PARTITION BY m.order_id, m.program_id ORDER BY m.line_id) = 1 AS first
    FROM matched m
), written AS ({_WRITE}
    SELECT 'sale', o.id, r.program_id, o.id, o.ref, r.line_id, o.partner_id,
           o.pos_config_id, l.product_id, o.currency, o.ordered_at, o.local_time,
           CASE WHEN r.first THEN 1 ELSE 0 END, CASE WHEN r.first THEN o.total ELSE 0 END,
           l.qty, l.total, r.discount,
           CASE WHEN r.first THEN coalesce(p.earned, 0) ELSE 0 END,
           CASE WHEN r.first THEN coalesce(p.redeemed, 0) ELSE 0 END
    FROM rows r
    JOIN sale o ON o.id = r.order_id
    JOIN promotions_orderline l ON l.id = r.line_id
    LEFT JOIN points p ON p.order_id = r.order_id AND p.program_id = r.program_id
    ORDER BY r.order_id, r.program_id, r.line_id
    ON CONFLICT DO NOTHING
    RETURNING *
)"""  # noqa: S608 - the parts are constants of this file

# What a return takes back of a line's discount is the difference of two totals so far, so that
# any sequence of returns ends at the whole discount. A later return never changes an earlier row.
RETURNS = f"""
WITH back AS (
    SELECT r.id, r.order_id, r.returned_at, r.refund, o.ref, o.partner_id, o.pos_config_id,
           o.currency, r.returned_at AT TIME ZONE p.time_zone AS local_time
    FROM promotions_orderreturn r
    JOIN promotions_order o ON o.id = r.order_id
    JOIN promotions_posconfig p ON p.id = o.pos_config_id
    WHERE r.id = ANY(%(ids)s::bigint[])
), wanted AS (
    SELECT DISTINCT order_id FROM back
), {_MATCHED}, line AS (
    SELECT b.id AS return_id, b.order_id, l.id AS line_id, l.product_id, l.qty AS bought,
           coalesce(sum(x.qty) FILTER (WHERE x.order_return_id = b.id), 0) AS qty,
           coalesce(sum(x.refund) FILTER (WHERE x.order_return_id = b.id), 0) AS refund,
           coalesce(sum(x.qty), 0) AS so_far,
           coalesce(bool_or(x.order_return_id = b.id), false) AS touched
    FROM back b
    JOIN promotions_orderline l ON l.order_id = b.order_id
    LEFT JOIN promotions_orderreturnline x ON x.line_id = l.id AND x.order_return_id <= b.id
    GROUP BY b.id, b.order_id, l.id
), whole AS (
    SELECT return_id, bool_and(so_far = bought) AND bool_or(qty > 0) AS all_back
    FROM line GROUP BY return_id
), undone AS (
    SELECT b.id AS return_id, moved.program_id,
           coalesce(sum(abs(op.points)) FILTER (WHERE moved.kind <> 'spend'), 0) AS earned,
           coalesce(sum(abs(op.points)) FILTER (WHERE moved.kind = 'spend'), 0) AS redeemed
    FROM back b
    JOIN promotions_orderpoints moved ON moved.order_id = b.order_id
    JOIN loyalty_pointoperation op
      ON op.idempotency_key = 'return:' || b.id || ':' || moved.id
    GROUP BY b.id, moved.program_id
), rows AS (
    SELECT l.*, m.program_id,
           round(m.discount * l.so_far / l.bought, 4)
           - round(m.discount * (l.so_far - l.qty) / l.bought, 4) AS discount,
           row_number() OVER (
               PARTITION BY l.return_id, m.program_id ORDER BY l.touched DESC, l.line_id
           ) = 1 AS first
    FROM line l
    JOIN matched m ON m.order_id = l.order_id AND m.line_id = l.line_id
), written AS ({_WRITE}
    SELECT 'return', b.id, r.program_id, b.order_id, b.ref, r.line_id, b.partner_id,
           b.pos_config_id, r.product_id, b.currency, b.returned_at, b.local_time,
           CASE WHEN r.first AND w.all_back THEN -1 ELSE 0 END,
           CASE WHEN r.first THEN -b.refund ELSE 0 END,
           -r.qty, -r.refund, -r.discount,
           CASE WHEN r.first THEN -coalesce(u.earned, 0) ELSE 0 END,
           CASE WHEN r.first THEN -coalesce(u.redeemed, 0) ELSE 0 END
    FROM rows r
    JOIN back b ON b.id = r.return_id
    JOIN whole w ON w.return_id = r.return_id
    LEFT JOIN undone u ON u.return_id = r.return_id AND u.program_id = r.program_id
    WHERE r.touched OR r.first
    ORDER BY b.id, r.program_id, r.line_id
    ON CONFLICT DO NOTHING
    RETURNING *
)"""  # noqa: S608

_SUMS = """
       sum(orders), sum(order_amount), sum(qty), sum(amount), sum(discount),
       sum(points_earned), sum(points_redeemed)"""
_ADD = """
    orders = kept.orders + excluded.orders,
    order_amount = kept.order_amount + excluded.order_amount,
    qty = kept.qty + excluded.qty,
    amount = kept.amount + excluded.amount,
    discount = kept.discount + excluded.discount,
    points_earned = kept.points_earned + excluded.points_earned,
    points_redeemed = kept.points_redeemed + excluded.points_redeemed"""

# Rows are written in the order of their keys, so that two writers never wait for each other.
SUMMARISE = f""", by_hour AS (
    INSERT INTO promotion_report_hourly AS kept
    SELECT program_id, date_trunc('hour', local_time), pos_config_id, currency, {_SUMS}
    FROM written GROUP BY 1, 2, 3, 4 ORDER BY 1, 2, 3, 4
    ON CONFLICT (program_id, local_hour, pos_config_id, currency) DO UPDATE SET {_ADD}
), by_day AS (
    INSERT INTO promotion_report_daily AS kept
    SELECT program_id, local_time::date, pos_config_id, currency, {_SUMS}
    FROM written GROUP BY 1, 2, 3, 4 ORDER BY 1, 2, 3, 4
    ON CONFLICT (program_id, report_date, pos_config_id, currency) DO UPDATE SET {_ADD}
), by_customer AS (
    INSERT INTO promotion_report_customer AS kept
    SELECT program_id, local_time::date, pos_config_id, partner_id, sum(orders), {SOLD_ON}
    FROM written WHERE partner_id IS NOT NULL AND orders <> 0
    GROUP BY 1, 2, 3, 4, 6 ORDER BY 1, 2, 3, 4, 6
    ON CONFLICT (program_id, report_date, pos_config_id, partner_id, sold_on)
    DO UPDATE SET orders = kept.orders + excluded.orders
)
SELECT count(*) FROM written
"""  # noqa: S608 - the parts are constants of this file
