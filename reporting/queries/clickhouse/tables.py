"""The tables in ClickHouse: the facts of PostgreSQL, row for row.

A row is told from others by what it is a fact of, and of several with one key the last written
counts (ReplacingMergeTree, read with FINAL): loading a fact again changes nothing. `local_time`
is the wall clock of the store, `date` its day; `partner_id` and `membership_product_id` are 0
where there is none.
"""

from __future__ import annotations

PROMOTIONS = """
CREATE TABLE IF NOT EXISTS promotion_performance (
    program_id UInt64,
    date Date,
    local_time DateTime('UTC'),
    kind LowCardinality(String),
    source_id UInt64,
    order_id UInt64,
    order_ref String,
    order_line_id UInt64,
    partner_id UInt64,
    pos_config_id UInt64,
    product_id UInt64,
    currency LowCardinality(String),
    transaction_date DateTime64(6, 'UTC'),
    orders Int8,
    order_amount Decimal(18, 4),
    qty Decimal(18, 4),
    amount Decimal(18, 4),
    discount Decimal(18, 4),
    points_earned Decimal(18, 4),
    points_redeemed Decimal(18, 4),
    written DateTime64(6, 'UTC') DEFAULT now64(6)
) ENGINE = ReplacingMergeTree(written)
PARTITION BY toYYYYMM(date)
ORDER BY (program_id, date, source_id, order_line_id, kind)
"""
ORDERS = """
CREATE TABLE IF NOT EXISTS order_analytics (
    date Date,
    local_time DateTime('UTC'),
    kind LowCardinality(String),
    source_id UInt64,
    order_id UInt64,
    order_ref String,
    partner_id UInt64,
    pos_config_id UInt64,
    membership_product_id UInt64,
    force_set_id UInt64,
    program_ids Array(UInt64),
    currency LowCardinality(String),
    transaction_date DateTime64(6, 'UTC'),
    orders Int8,
    qty Decimal(18, 4),
    amount Decimal(18, 4),
    discount Decimal(18, 4),
    written DateTime64(6, 'UTC') DEFAULT now64(6)
) ENGINE = ReplacingMergeTree(written)
PARTITION BY toYYYYMM(date)
ORDER BY (date, source_id, kind)
"""
MEMBERSHIPS = """
CREATE TABLE IF NOT EXISTS membership_analytics (
    membership_id UInt64,
    membership_product_id UInt64,
    partner_id UInt64,
    membership_start DateTime64(6, 'UTC'),
    written DateTime64(6, 'UTC') DEFAULT now64(6)
) ENGINE = ReplacingMergeTree(written)
PARTITION BY toYear(membership_start)
ORDER BY (partner_id, membership_start, membership_id)
"""
POINTS = """
CREATE TABLE IF NOT EXISTS point_analytics (
    loyalty_program_id UInt64,
    date Date,
    local_time DateTime64(6, 'UTC'),
    operation_id UInt64,
    card_id UInt64,
    partner_id UInt64,
    membership_product_id UInt64,
    transaction_type LowCardinality(String),
    transaction_date DateTime64(6, 'UTC'),
    points_earned Decimal(18, 4),
    points_redeemed Decimal(18, 4),
    points_expired Decimal(18, 4),
    points_adjusted Decimal(18, 4),
    points_amount Decimal(18, 4),
    balance Decimal(18, 4),
    origin String,
    written DateTime64(6, 'UTC') DEFAULT now64(6)
) ENGINE = ReplacingMergeTree(written)
PARTITION BY toYYYYMM(date)
ORDER BY (loyalty_program_id, date, operation_id)
"""
TABLES = (PROMOTIONS, ORDERS, MEMBERSHIPS, POINTS)
# A key lies in one partition, so each can be made whole by itself, and one that is merged already
# is read as it is.
FINAL = "SETTINGS do_not_merge_across_partitions_select_final = 1"
