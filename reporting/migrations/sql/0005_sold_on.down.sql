CREATE TEMP TABLE by_program ON COMMIT DROP AS
    SELECT program_id, report_date, pos_config_id, partner_id, sum(orders) AS orders
    FROM promotion_report_customer GROUP BY 1, 2, 3, 4;
TRUNCATE promotion_report_customer;
ALTER TABLE promotion_report_customer
    DROP COLUMN sold_on,
    ADD PRIMARY KEY (program_id, report_date, pos_config_id, partner_id);
INSERT INTO promotion_report_customer SELECT * FROM by_program;

CREATE TEMP TABLE by_level ON COMMIT DROP AS
    SELECT membership_product_id, report_date, pos_config_id, currency, partner_id,
           sum(orders) AS orders, sum(amount) AS amount
    FROM membership_report_customer GROUP BY 1, 2, 3, 4, 5;
TRUNCATE membership_report_customer;
ALTER TABLE membership_report_customer
    DROP COLUMN sold_on,
    ADD PRIMARY KEY (membership_product_id, report_date, pos_config_id, currency, partner_id);
INSERT INTO membership_report_customer SELECT * FROM by_level;
