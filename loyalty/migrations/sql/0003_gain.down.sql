DROP FUNCTION ledger_gain(text, bigint, numeric, text, text, text, timestamptz, timestamptz, text[], timestamptz[], timestamptz[], timestamptz[], timestamptz[]);
