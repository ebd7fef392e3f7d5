-- Foreign keys to cards would be checked for every operation and every lot at the commit of a till,
-- and again for every card of a sweep: what they would refuse, this does. Functions that write hold
-- the card's lock, so there is no card to be deleted between.
CREATE FUNCTION card_with_operations_stays() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (SELECT FROM loyalty_pointoperation WHERE card_id = OLD.id) THEN
        RAISE EXCEPTION 'card % has a journal and cannot be deleted: block it', OLD.id
            USING ERRCODE = 'foreign_key_violation',
                  CONSTRAINT = 'card_with_operations_stays', TABLE = TG_TABLE_NAME;
    END IF;
    RETURN OLD;
END $$;
CREATE TRIGGER card_with_operations_stays BEFORE DELETE ON loyalty_loyaltycard
    FOR EACH ROW EXECUTE FUNCTION card_with_operations_stays();
CREATE TRIGGER card_refuses_truncate BEFORE TRUNCATE ON loyalty_loyaltycard
    FOR EACH STATEMENT EXECUTE FUNCTION point_history_is_append_only();
