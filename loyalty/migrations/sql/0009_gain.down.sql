DROP FUNCTION ledger_gain_in_debt(text, bigint, numeric, numeric, bigint, bytea, bigint, bigint, numeric, timestamptz, timestamptz, timestamptz, boolean, text);
DROP FUNCTION ledger_push_out(bigint, timestamptz, timestamptz, bigint[]);
