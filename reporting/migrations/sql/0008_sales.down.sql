ALTER TABLE order_report_hourly DROP COLUMN sales;
