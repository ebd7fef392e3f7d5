"""The same reports from ClickHouse, where a shop has one (CLICKHOUSE_URL)."""
