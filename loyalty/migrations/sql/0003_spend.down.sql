DROP FUNCTION ledger_spend(text, bigint, numeric, text, text, text, timestamptz, text[], timestamptz[]);
