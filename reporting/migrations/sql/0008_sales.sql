-- How many orders were made in an hour, whatever came back in it: `orders` is less those that came
-- back whole, so it may be none in an hour in which the store sold. Hours whose details have gone
-- say what is known.
ALTER TABLE order_report_hourly ADD COLUMN sales bigint;
UPDATE order_report_hourly SET sales = greatest(orders, 0);
UPDATE order_report_hourly h SET sales = greatest(h.sales, made.sales)
FROM (
    SELECT date_trunc('hour', local_time) AS local_hour, pos_config_id, currency, force_set_id,
           count(*) AS sales
    FROM order_report_detail WHERE kind = 'sale' GROUP BY 1, 2, 3, 4
) made
WHERE (h.local_hour, h.pos_config_id, h.currency, h.force_set_id)
    = (made.local_hour, made.pos_config_id, made.currency, made.force_set_id);
ALTER TABLE order_report_hourly ALTER COLUMN sales SET NOT NULL;
