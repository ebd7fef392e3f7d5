DROP FUNCTION ledger_expire(timestamptz, bigint[]);
