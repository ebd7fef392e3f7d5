-- Members of a day are counted as the reports count them: by the orders of that day that stayed.
DROP MATERIALIZED VIEW mv_promotion_daily_summary, mv_membership_daily_summary;

-- As in the reports, members are those of all currencies.
CREATE MATERIALIZED VIEW mv_promotion_daily_summary AS
SELECT day.program_id, day.report_date, day.total_orders,
       coalesce(bought.members, 0) AS unique_customers,
       day.total_qty, day.total_amount, day.total_discount, day.total_points_earned,
       day.total_points_redeemed, day.currency
FROM (
    SELECT program_id, local_time::date AS report_date, currency,
           sum(orders) AS total_orders, sum(qty) AS total_qty, sum(amount) AS total_amount,
           sum(discount) AS total_discount, sum(points_earned) AS total_points_earned,
           sum(points_redeemed) AS total_points_redeemed
    FROM promotion_report_detail GROUP BY 1, 2, 3
) day
LEFT JOIN (
    SELECT program_id, report_date, count(*) AS members FROM (
        SELECT program_id, report_date, partner_id FROM promotion_report_customer
        WHERE sold_on >= report_date GROUP BY 1, 2, 3 HAVING sum(orders) > 0) one
    GROUP BY 1, 2
) bought USING (program_id, report_date);
CREATE UNIQUE INDEX mv_promotion_day_once
    ON mv_promotion_daily_summary (program_id, report_date, currency);

CREATE MATERIALIZED VIEW mv_membership_daily_summary AS
SELECT day.membership_product_id, day.report_date,
       coalesce(bought.members, 0) AS active_members,
       day.total_orders, day.total_spending, day.currency
FROM (
    SELECT coalesce(membership_product_id, 0) AS membership_product_id,
           local_time::date AS report_date, currency, sum(orders) AS total_orders,
           sum(amount) AS total_spending
    FROM order_report_detail WHERE partner_id IS NOT NULL GROUP BY 1, 2, 3
) day
LEFT JOIN (
    SELECT membership_product_id, report_date, currency, count(*) AS members FROM (
        SELECT membership_product_id, report_date, currency, partner_id
        FROM membership_report_customer
        WHERE sold_on >= report_date GROUP BY 1, 2, 3, 4 HAVING sum(orders) > 0) one
    GROUP BY 1, 2, 3
) bought USING (membership_product_id, report_date, currency);
CREATE UNIQUE INDEX mv_membership_day_once
    ON mv_membership_daily_summary (membership_product_id, report_date, currency);
