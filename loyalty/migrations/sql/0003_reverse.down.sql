DROP FUNCTION ledger_reverse(bigint, numeric, text, text, text, timestamptz);
