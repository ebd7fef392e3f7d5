"""Facts of whole orders: one row per order and per return."""

from __future__ import annotations

# The level held before the sale: the one that an order brings begins at the very instant it was
# made, and may be written after the order's fact, when an earlier order is reported late.
HELD = """LEFT JOIN loyalty_membership m
      ON m.partner_id = o.partner_id AND m.membership_start < o.ordered_at
     AND (m.closed_at IS NULL OR m.closed_at >= o.ordered_at)"""

SALES = f"""
WITH written AS (
    INSERT INTO order_report_detail (
        kind, source_id, order_id, order_ref, partner_id, pos_config_id, membership_product_id,
        force_set_id, currency, transaction_date, local_time, orders, qty, amount, discount)
    SELECT 'sale', o.id, o.id, o.ref, o.partner_id, o.pos_config_id, m.membership_product_id,
           wanted.force_set_id, o.currency, o.ordered_at, o.ordered_at AT TIME ZONE p.time_zone,
           1, coalesce(sold.qty, 0), o.total, o.discount_total
    FROM unnest(%(ids)s::bigint[], %(force_sets)s::bigint[]) AS wanted(order_id, force_set_id)
    JOIN promotions_order o ON o.id = wanted.order_id
    JOIN promotions_posconfig p ON p.id = o.pos_config_id
    LEFT JOIN LATERAL (
        SELECT sum(l.qty) AS qty FROM promotions_orderline l WHERE l.order_id = o.id) sold ON true
    {HELD}
    ORDER BY o.id
    ON CONFLICT DO NOTHING
    RETURNING *
)"""  # noqa: S608 - the parts are constants of this file

# A return counts for the level at the sale, so that a day's spending of a level is taken back
# from that level. Which programs were in force does not matter to it: it is no new order.
RETURNS = f"""
WITH written AS (
    INSERT INTO order_report_detail (
        kind, source_id, order_id, order_ref, partner_id, pos_config_id, membership_product_id,
        force_set_id, currency, transaction_date, local_time, orders, qty, amount, discount)
    SELECT 'return', r.id, o.id, o.ref, o.partner_id, o.pos_config_id, m.membership_product_id,
           wanted.force_set_id, o.currency, r.returned_at, r.returned_at AT TIME ZONE p.time_zone,
           CASE WHEN line.all_back THEN -1 ELSE 0 END, -line.qty, -r.refund, -line.discount
    FROM unnest(%(ids)s::bigint[], %(force_sets)s::bigint[]) AS wanted(return_id, force_set_id)
    JOIN promotions_orderreturn r ON r.id = wanted.return_id
    JOIN promotions_order o ON o.id = r.order_id
    JOIN promotions_posconfig p ON p.id = o.pos_config_id
    CROSS JOIN LATERAL (
        SELECT coalesce(sum(one.qty), 0) AS qty,
               bool_and(one.so_far = one.bought) AND bool_or(one.qty > 0) AS all_back,
               coalesce(sum(round(one.discount * one.so_far / one.bought, 4)
                   - round(one.discount * (one.so_far - one.qty) / one.bought, 4)), 0) AS discount
        FROM (
            SELECT l.qty AS bought, l.discount,
                   coalesce(sum(x.qty) FILTER (WHERE x.order_return_id = r.id), 0) AS qty,
                   coalesce(sum(x.qty), 0) AS so_far
            FROM promotions_orderline l
            LEFT JOIN promotions_orderreturnline x
              ON x.line_id = l.id AND x.order_return_id <= r.id
            WHERE l.order_id = o.id
            GROUP BY l.id
        ) one
    ) line
    {HELD}
    ORDER BY r.id
    ON CONFLICT DO NOTHING
    RETURNING *
)"""  # noqa: S608

# The day of the sale, also for a return: a member is counted by the orders that stayed.
SOLD_ON = """
    CASE WHEN kind = 'sale' THEN local_time::date ELSE coalesce((
        SELECT (sold.ordered_at AT TIME ZONE store.time_zone)::date
        FROM promotions_order sold JOIN promotions_posconfig store ON store.id = sold.pos_config_id
        WHERE sold.id = written.order_id), local_time::date) END"""

SUMMARISE = f""", by_hour AS (
    INSERT INTO order_report_hourly AS kept
    SELECT date_trunc('hour', local_time), pos_config_id, currency, force_set_id,
           sum(orders), sum(qty), sum(amount), sum(discount), count(*) FILTER (WHERE kind = 'sale')
    FROM written GROUP BY 1, 2, 3, 4 ORDER BY 1, 2, 3, 4
    ON CONFLICT (local_hour, pos_config_id, currency, force_set_id) DO UPDATE SET
        orders = kept.orders + excluded.orders, qty = kept.qty + excluded.qty,
        amount = kept.amount + excluded.amount, discount = kept.discount + excluded.discount,
        sales = kept.sales + excluded.sales
), by_customer AS (
    INSERT INTO membership_report_customer AS kept
    SELECT coalesce(membership_product_id, 0), local_time::date, pos_config_id, currency,
           partner_id, sum(orders), sum(amount), {SOLD_ON}
    FROM written WHERE partner_id IS NOT NULL
    GROUP BY 1, 2, 3, 4, 5, 8 ORDER BY 1, 2, 3, 4, 5, 8
    ON CONFLICT (membership_product_id, report_date, pos_config_id, currency, partner_id, sold_on)
    DO UPDATE SET orders = kept.orders + excluded.orders, amount = kept.amount + excluded.amount
)
SELECT count(*) FROM written
"""  # noqa: S608 - the parts are constants of this file
