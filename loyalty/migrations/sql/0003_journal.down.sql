DROP FUNCTION ledger_event(text, bigint, bigint, bigint, bigint, numeric, numeric, text, bigint, timestamptz);
DROP FUNCTION ledger_stop(bigint, numeric, numeric);
DROP FUNCTION ledger_balance(bigint, numeric, numeric, timestamptz);
DROP FUNCTION ledger_status(bigint, timestamptz);
DROP FUNCTION ledger_refuse(text, text, text, numeric, numeric, text);
DROP FUNCTION ledger_replay(text, text);
DROP FUNCTION ledger_append(bigint, numeric, numeric, bigint, bytea, bigint, text, timestamptz, text, bigint, bigint[], bigint[], numeric[], text[], timestamptz);
DROP FUNCTION ledger_hash(bytea, bigint, bigint, bigint, bigint, text, numeric, numeric, timestamptz, bigint, bigint, text);
DROP TYPE ledger_result;
