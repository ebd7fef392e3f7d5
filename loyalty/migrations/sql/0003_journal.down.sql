DROP FUNCTION ledger_event(text, loyalty_loyaltycard, bigint, numeric, numeric, text, bigint, timestamptz, jsonb);
DROP FUNCTION ledger_must_add_up(loyalty_loyaltycard, numeric);
DROP FUNCTION ledger_balance(loyalty_loyaltycard, timestamptz);
DROP FUNCTION ledger_status(bigint, timestamptz);
DROP FUNCTION ledger_refuse(text, text, text, numeric, numeric, text);
DROP FUNCTION ledger_replay(text, text);
DROP FUNCTION ledger_append(loyalty_loyaltycard, bigint, timestamptz, text, bigint, text[], bigint[], bigint[], numeric[], timestamptz);
DROP FUNCTION ledger_hash(bytea, bigint, bigint, bigint, bigint, text, numeric, numeric, timestamptz, bigint, bigint, text);
DROP TYPE ledger_result;
