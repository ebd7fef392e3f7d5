DROP FUNCTION ledger_expire(timestamptz, int, timestamptz, bigint);
DROP AGGREGATE ledger_chain(bytea, bytea);
DROP FUNCTION ledger_link(bytea, bytea, bytea);
DROP FUNCTION ledger_row(bigint, bigint, bigint, bigint, text, numeric, numeric, timestamptz, bigint, bigint, text);
