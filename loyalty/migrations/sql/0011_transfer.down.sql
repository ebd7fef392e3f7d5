DROP FUNCTION ledger_transfer(bigint, bigint, numeric, text, text, text, timestamptz);
DROP FUNCTION ledger_hand_over(loyalty_loyaltycard, loyalty_loyaltycard, bigint, bigint, bigint[], numeric[], bigint[], boolean, timestamptz, text);
DROP FUNCTION ledger_transferred(loyalty_loyaltycard, bigint, bigint, bigint[], bigint[], numeric[], timestamptz, text);
DROP FUNCTION ledger_replay_transfer(text, text);
DROP FUNCTION ledger_refuse_transfer(text, text, text, bigint, numeric, numeric);
