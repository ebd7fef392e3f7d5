DROP FUNCTION ledger_expire(timestamptz, int, timestamptz, bigint);
