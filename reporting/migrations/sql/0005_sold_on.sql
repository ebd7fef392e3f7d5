-- A whole return takes an order off the day it was sold, so who is counted of a span of time is known
-- by the orders of that span alone. What was summed before counts by its own day until it is rebuilt.
ALTER TABLE promotion_report_customer ADD COLUMN sold_on date;
UPDATE promotion_report_customer SET sold_on = report_date;
ALTER TABLE promotion_report_customer
    ALTER COLUMN sold_on SET NOT NULL,
    DROP CONSTRAINT promotion_report_customer_pkey,
    ADD PRIMARY KEY (program_id, report_date, pos_config_id, partner_id, sold_on);

ALTER TABLE membership_report_customer ADD COLUMN sold_on date;
UPDATE membership_report_customer SET sold_on = report_date;
ALTER TABLE membership_report_customer
    ALTER COLUMN sold_on SET NOT NULL,
    DROP CONSTRAINT membership_report_customer_pkey,
    ADD PRIMARY KEY
        (membership_product_id, report_date, pos_config_id, currency, partner_id, sold_on);
