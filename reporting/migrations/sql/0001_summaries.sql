-- The summaries, kept by the statement that writes the facts, so both are true at once.
-- Hours are the store's wall clock. Money of different currencies never meets in one row.

CREATE TABLE promotion_report_hourly (
    program_id bigint NOT NULL,
    local_hour timestamp NOT NULL,
    pos_config_id bigint NOT NULL,
    currency varchar(3) NOT NULL,
    orders bigint NOT NULL,
    order_amount numeric NOT NULL,
    qty numeric NOT NULL,
    amount numeric NOT NULL,
    discount numeric NOT NULL,
    points_earned numeric NOT NULL,
    points_redeemed numeric NOT NULL,
    PRIMARY KEY (program_id, local_hour, pos_config_id, currency)
);
CREATE INDEX promotion_hourly_by_hour ON promotion_report_hourly (local_hour);

CREATE TABLE promotion_report_daily (
    program_id bigint NOT NULL,
    report_date date NOT NULL,
    pos_config_id bigint NOT NULL,
    currency varchar(3) NOT NULL,
    orders bigint NOT NULL,
    order_amount numeric NOT NULL,
    qty numeric NOT NULL,
    amount numeric NOT NULL,
    discount numeric NOT NULL,
    points_earned numeric NOT NULL,
    points_redeemed numeric NOT NULL,
    PRIMARY KEY (program_id, report_date, pos_config_id, currency)
);
CREATE INDEX promotion_daily_by_date ON promotion_report_daily (report_date);

-- Who used which program on which day: the only way to count distinct customers of any period.
CREATE TABLE promotion_report_customer (
    program_id bigint NOT NULL,
    report_date date NOT NULL,
    pos_config_id bigint NOT NULL,
    partner_id bigint NOT NULL,
    orders bigint NOT NULL,
    PRIMARY KEY (program_id, report_date, pos_config_id, partner_id)
);

CREATE TABLE order_report_hourly (
    local_hour timestamp NOT NULL,
    pos_config_id bigint NOT NULL,
    currency varchar(3) NOT NULL,
    force_set_id bigint NOT NULL REFERENCES program_force_set,
    orders bigint NOT NULL,
    qty numeric NOT NULL,
    amount numeric NOT NULL,
    discount numeric NOT NULL,
    PRIMARY KEY (local_hour, pos_config_id, currency, force_set_id)
);

-- `membership_product_id` 0: customers known by name who hold no level.
CREATE TABLE membership_report_customer (
    membership_product_id bigint NOT NULL,
    report_date date NOT NULL,
    pos_config_id bigint NOT NULL,
    currency varchar(3) NOT NULL,
    partner_id bigint NOT NULL,
    orders bigint NOT NULL,
    amount numeric NOT NULL,
    PRIMARY KEY (membership_product_id, report_date, pos_config_id, currency, partner_id)
);
CREATE INDEX membership_customer_by_date ON membership_report_customer (report_date);

CREATE TABLE point_report_hourly (
    loyalty_program_id bigint NOT NULL,
    local_hour timestamp NOT NULL,
    membership_product_id bigint NOT NULL,
    operations bigint NOT NULL,
    points_earned numeric NOT NULL,
    points_redeemed numeric NOT NULL,
    points_expired numeric NOT NULL,
    points_adjusted numeric NOT NULL,
    points_amount numeric NOT NULL,
    PRIMARY KEY (loyalty_program_id, local_hour, membership_product_id)
);
CREATE INDEX point_hourly_by_hour ON point_report_hourly (local_hour);
