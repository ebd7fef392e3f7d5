-- The facts. Every row is additive: what a return takes back stands as a row of its own, on the
-- day of the return, with minus signs. `local_time` is the wall clock of the store (of the kind of
-- points, for point_report_detail), by which days and hours are counted.

-- One row per order line (or returned line) and program applied. `orders`, `order_amount` and the
-- points of the program stand on its first row of an order, so that sums count them once.
CREATE TABLE promotion_report_detail (
    id bigint GENERATED ALWAYS AS IDENTITY,
    kind varchar(8) NOT NULL,
    source_id bigint NOT NULL,
    program_id bigint NOT NULL,
    order_id bigint NOT NULL,
    order_ref varchar(64) NOT NULL,
    order_line_id bigint NOT NULL,
    partner_id bigint,
    pos_config_id bigint NOT NULL,
    product_id bigint NOT NULL,
    currency varchar(3) NOT NULL,
    transaction_date timestamptz NOT NULL,
    local_time timestamp NOT NULL,
    orders smallint NOT NULL,
    order_amount numeric(18, 4) NOT NULL,
    qty numeric(14, 4) NOT NULL,
    amount numeric(18, 4) NOT NULL,
    discount numeric(18, 4) NOT NULL,
    points_earned numeric(18, 4) NOT NULL,
    points_redeemed numeric(18, 4) NOT NULL,
    created_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (id, transaction_date),
    CONSTRAINT promotion_fact_once
        UNIQUE (source_id, program_id, order_line_id, kind, transaction_date),
    CONSTRAINT promotion_fact_kind CHECK (kind IN ('sale', 'return'))
) PARTITION BY RANGE (transaction_date);
CREATE INDEX promotion_fact_by_program ON promotion_report_detail (program_id, transaction_date);
CREATE INDEX promotion_fact_by_partner ON promotion_report_detail (partner_id, transaction_date);

-- The sets of programs that were in force together, each kept once.
CREATE TABLE program_force_set (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    digest bytea NOT NULL CONSTRAINT force_set_once UNIQUE,
    program_ids bigint[] NOT NULL
);

-- One row per order and per return. `force_set_id`: the programs in force at the sale.
CREATE TABLE order_report_detail (
    id bigint GENERATED ALWAYS AS IDENTITY,
    kind varchar(8) NOT NULL,
    source_id bigint NOT NULL,
    order_id bigint NOT NULL,
    order_ref varchar(64) NOT NULL,
    partner_id bigint,
    pos_config_id bigint NOT NULL,
    membership_product_id bigint,
    force_set_id bigint NOT NULL REFERENCES program_force_set,
    currency varchar(3) NOT NULL,
    transaction_date timestamptz NOT NULL,
    local_time timestamp NOT NULL,
    orders smallint NOT NULL,
    qty numeric(14, 4) NOT NULL,
    amount numeric(18, 4) NOT NULL,
    discount numeric(18, 4) NOT NULL,
    created_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (id, transaction_date),
    CONSTRAINT order_fact_once UNIQUE (source_id, kind, transaction_date),
    CONSTRAINT order_fact_kind CHECK (kind IN ('sale', 'return'))
) PARTITION BY RANGE (transaction_date);
CREATE INDEX order_fact_by_time ON order_report_detail (transaction_date);
CREATE INDEX order_fact_by_partner ON order_report_detail (partner_id, transaction_date);

-- One row per operation of the points ledger. Undoing an earning takes away from `earned`, undoing
-- a redemption from `redeemed`; `adjusted` is the rest: adjustments, transfers and what undid them.
CREATE TABLE point_report_detail (
    id bigint GENERATED ALWAYS AS IDENTITY,
    operation_id bigint NOT NULL,
    loyalty_program_id bigint NOT NULL,
    card_id bigint NOT NULL,
    partner_id bigint,
    membership_product_id bigint,
    transaction_type varchar(16) NOT NULL,
    transaction_date timestamptz NOT NULL,
    local_time timestamp NOT NULL,
    points_earned numeric(18, 4) NOT NULL,
    points_redeemed numeric(18, 4) NOT NULL,
    points_expired numeric(18, 4) NOT NULL,
    points_adjusted numeric(18, 4) NOT NULL,
    points_amount numeric(18, 4) NOT NULL,
    balance numeric(18, 4) NOT NULL,
    origin varchar(255) NOT NULL,
    created_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (id, transaction_date),
    CONSTRAINT point_fact_once UNIQUE (operation_id, transaction_date),
    CONSTRAINT point_fact_adds_up CHECK (
        points_amount = points_earned - points_redeemed - points_expired + points_adjusted)
) PARTITION BY RANGE (transaction_date);
CREATE INDEX point_fact_by_card ON point_report_detail (card_id, transaction_date);
CREATE INDEX point_fact_by_partner ON point_report_detail (partner_id, transaction_date);

-- Makes the monthly partitions of all details from the month of one instant to that of another.
-- They are attached, not created in place: that would stop every reader of the whole table.
CREATE FUNCTION report_make_partitions(first timestamptz, last timestamptz) RETURNS integer
LANGUAGE plpgsql AS $$
DECLARE
    parent text;
    starts timestamptz;
    part text;
    made integer := 0;
BEGIN
    FOR starts IN SELECT month AT TIME ZONE 'UTC' FROM generate_series(
            date_trunc('month', first AT TIME ZONE 'UTC'),
            date_trunc('month', last AT TIME ZONE 'UTC'), interval '1 month') AS month LOOP
        FOREACH parent IN ARRAY ARRAY[
                'promotion_report_detail', 'order_report_detail', 'point_report_detail'] LOOP
            part := format('%s_%s', parent, to_char(starts AT TIME ZONE 'UTC', 'YYYY_MM'));
            IF to_regclass(part) IS NULL THEN
                -- Two processes may find it missing at once: one makes it, the other waits.
                PERFORM pg_advisory_xact_lock(hashtext('report_make_partitions'));
                IF to_regclass(part) IS NULL THEN
                    EXECUTE format('CREATE TABLE %I (LIKE %I INCLUDING DEFAULTS INCLUDING '
                        'CONSTRAINTS)', part, parent);
                    EXECUTE format('ALTER TABLE %I ATTACH PARTITION %I FOR VALUES FROM (%L) TO (%L)',
                        parent, part, starts,
                        (starts AT TIME ZONE 'UTC' + interval '1 month') AT TIME ZONE 'UTC');
                    made := made + 1;
                END IF;
            END IF;
        END LOOP;
    END LOOP;
    RETURN made;
END $$;
