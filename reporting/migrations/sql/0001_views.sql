-- For SQL tools: the seed's daily views over the details that are kept, refreshed by the hour.

CREATE MATERIALIZED VIEW mv_promotion_daily_summary AS
SELECT program_id,
       local_time::date AS report_date,
       sum(orders) AS total_orders,
       count(DISTINCT partner_id) AS unique_customers,
       sum(qty) AS total_qty,
       sum(amount) AS total_amount,
       sum(discount) AS total_discount,
       sum(points_earned) AS total_points_earned,
       sum(points_redeemed) AS total_points_redeemed,
       currency
FROM promotion_report_detail
GROUP BY program_id, local_time::date, currency;
CREATE UNIQUE INDEX mv_promotion_day_once
    ON mv_promotion_daily_summary (program_id, report_date, currency);

CREATE MATERIALIZED VIEW mv_membership_daily_summary AS
SELECT coalesce(membership_product_id, 0) AS membership_product_id,
       local_time::date AS report_date,
       count(DISTINCT partner_id) AS active_members,
       sum(orders) AS total_orders,
       sum(amount) AS total_spending,
       currency
FROM order_report_detail
WHERE partner_id IS NOT NULL
GROUP BY coalesce(membership_product_id, 0), local_time::date, currency;
CREATE UNIQUE INDEX mv_membership_day_once
    ON mv_membership_daily_summary (membership_product_id, report_date, currency);

CREATE MATERIALIZED VIEW mv_point_daily_summary AS
SELECT loyalty_program_id,
       local_time::date AS report_date,
       transaction_type,
       count(*) AS transaction_count,
       sum(points_amount) AS total_points,
       sum(points_earned) AS points_earned,
       sum(points_redeemed) AS points_redeemed,
       sum(points_expired) AS points_expired
FROM point_report_detail
GROUP BY loyalty_program_id, local_time::date, transaction_type;
CREATE UNIQUE INDEX mv_point_day_once
    ON mv_point_daily_summary (loyalty_program_id, report_date, transaction_type);
