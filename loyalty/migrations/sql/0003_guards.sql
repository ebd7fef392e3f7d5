-- What must never happen, whoever tries it and by whatever way.

CREATE FUNCTION point_history_is_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'the points journal is append-only: % refused', TG_OP
        USING ERRCODE = 'integrity_constraint_violation',
              CONSTRAINT = 'point_history_is_append_only', TABLE = TG_TABLE_NAME;
END $$;
CREATE TRIGGER point_history_refuses_update BEFORE UPDATE ON loyalty_pointhistory
    FOR EACH ROW EXECUTE FUNCTION point_history_is_append_only();
CREATE TRIGGER point_history_refuses_delete BEFORE DELETE ON loyalty_pointhistory
    FOR EACH ROW EXECUTE FUNCTION point_history_is_append_only();
CREATE TRIGGER point_history_refuses_truncate BEFORE TRUNCATE ON loyalty_pointhistory
    FOR EACH STATEMENT EXECUTE FUNCTION point_history_is_append_only();
-- An operation that is gone could be done again with its key.
CREATE TRIGGER point_operation_refuses_delete BEFORE DELETE ON loyalty_pointoperation
    FOR EACH ROW EXECUTE FUNCTION point_history_is_append_only();

-- A card's balance is what its journal ends with; nothing else can set it.
CREATE FUNCTION card_follows_its_journal() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.sequence = 0 AND NEW.points = 0 AND NEW.debt = 0 AND NEW.last_hash = '' THEN
        IF TG_OP = 'INSERT' OR OLD.sequence = 0 THEN
            RETURN NULL;
        END IF;
    ELSIF EXISTS (SELECT FROM loyalty_pointhistory
                  WHERE card_id = NEW.id AND sequence = NEW.sequence
                    AND points_balance = NEW.points AND hash = NEW.last_hash) THEN
        RETURN NULL;
    END IF;
    RAISE EXCEPTION 'the balance of card % is not what its journal says', NEW.id
        USING ERRCODE = 'integrity_constraint_violation',
              CONSTRAINT = 'card_follows_its_journal', TABLE = TG_TABLE_NAME;
END $$;
CREATE TRIGGER card_starts_empty AFTER INSERT ON loyalty_loyaltycard
    FOR EACH ROW WHEN (NEW.points <> 0 OR NEW.debt <> 0 OR NEW.sequence <> 0)
    EXECUTE FUNCTION card_follows_its_journal();
CREATE TRIGGER card_follows_its_journal
    AFTER UPDATE OF points, debt, sequence, last_hash ON loyalty_loyaltycard
    FOR EACH ROW EXECUTE FUNCTION card_follows_its_journal();
