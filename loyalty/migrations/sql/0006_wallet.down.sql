DROP FUNCTION loyalty_wallet(text, bigint, text[], timestamptz, boolean);
