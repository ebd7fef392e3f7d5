DROP FUNCTION ledger_carry_over(bigint, bigint, text, text, timestamptz);
