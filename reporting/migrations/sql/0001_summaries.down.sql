DROP TABLE promotion_report_hourly, promotion_report_daily, promotion_report_customer,
    order_report_hourly, membership_report_customer, point_report_hourly;
