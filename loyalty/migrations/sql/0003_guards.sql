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

-- A card's balance moves only with its journal: not back, and never without a step in it. So no
-- hand, and no object read before somebody else's change and saved after it, sets a balance.
CREATE FUNCTION card_moves_with_its_journal() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'the balance of card % can only be moved by its journal', NEW.id
        USING ERRCODE = 'integrity_constraint_violation',
              CONSTRAINT = 'card_moves_with_its_journal', TABLE = TG_TABLE_NAME;
END $$;
CREATE TRIGGER card_starts_empty BEFORE INSERT ON loyalty_loyaltycard
    FOR EACH ROW WHEN (NEW.points <> 0 OR NEW.debt <> 0 OR NEW.sequence <> 0)
    EXECUTE FUNCTION card_moves_with_its_journal();
-- The condition costs next to nothing where a function called for every row would not.
CREATE TRIGGER card_moves_with_its_journal
    BEFORE UPDATE OF points, debt, sequence, last_hash ON loyalty_loyaltycard
    FOR EACH ROW WHEN (
        NEW.sequence < OLD.sequence
        OR NEW.sequence = OLD.sequence
           AND (NEW.points, NEW.debt, NEW.last_hash) IS DISTINCT FROM
               (OLD.points, OLD.debt, OLD.last_hash))
    EXECUTE FUNCTION card_moves_with_its_journal();
