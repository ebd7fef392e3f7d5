-- Of lots and operations too nothing is rewritten: only what operations change may change. AFTER and
-- not BEFORE: a row trigger before an update makes PostgreSQL lock each row a second time, and one
-- for columns that a statement does not name is never called.
CREATE FUNCTION what_was_done_stays() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'row % of % cannot be rewritten', OLD.id, TG_TABLE_NAME
        USING ERRCODE = 'integrity_constraint_violation',
              CONSTRAINT = 'what_was_done_stays', TABLE = TG_TABLE_NAME;
END $$;

CREATE TRIGGER point_move_stays
    AFTER UPDATE OF id, card_id, operation_id, gain_date, available_from, expires_when_inactive,
        initial_point, origin ON loyalty_pointmove
    FOR EACH ROW WHEN (
        (NEW.id, NEW.card_id, NEW.operation_id, NEW.gain_date, NEW.available_from,
         NEW.expires_when_inactive, NEW.initial_point, NEW.origin) IS DISTINCT FROM
        (OLD.id, OLD.card_id, OLD.operation_id, OLD.gain_date, OLD.available_from,
         OLD.expires_when_inactive, OLD.initial_point, OLD.origin))
    EXECUTE FUNCTION what_was_done_stays();
-- Activity pushes an expiry out, of points that live by it; nothing else moves one.
CREATE TRIGGER point_move_expires_as_told AFTER UPDATE OF expiration_date ON loyalty_pointmove
    FOR EACH ROW WHEN (
        NEW.expiration_date IS DISTINCT FROM OLD.expiration_date
        AND (NOT OLD.expires_when_inactive OR NEW.expiration_date IS NULL
             OR NEW.expiration_date < OLD.expiration_date))
    EXECUTE FUNCTION what_was_done_stays();

CREATE TRIGGER point_operation_stays
    AFTER UPDATE OF id, card_id, kind, idempotency_key, request_digest, requested_points, points,
        expired_points, balance_before, reverses_id, origin, transaction_time, pushed_until
    ON loyalty_pointoperation
    FOR EACH ROW WHEN (
        (NEW.id, NEW.card_id, NEW.kind, NEW.idempotency_key, NEW.request_digest,
         NEW.requested_points, NEW.points, NEW.expired_points, NEW.balance_before,
         NEW.reverses_id, NEW.origin, NEW.transaction_time, NEW.pushed_until) IS DISTINCT FROM
        (OLD.id, OLD.card_id, OLD.kind, OLD.idempotency_key, OLD.request_digest,
         OLD.requested_points, OLD.points, OLD.expired_points, OLD.balance_before,
         OLD.reverses_id, OLD.origin, OLD.transaction_time, OLD.pushed_until))
    EXECUTE FUNCTION what_was_done_stays();
-- More of it is undone, never less. What a transfer left is known when both cards are written.
CREATE TRIGGER point_operation_is_undone_forwards
    AFTER UPDATE OF reversed_points, balance_after ON loyalty_pointoperation
    FOR EACH ROW WHEN (
        NEW.reversed_points < OLD.reversed_points
        OR NEW.balance_after <> OLD.balance_after AND OLD.kind <> 'transfer')
    EXECUTE FUNCTION what_was_done_stays();

-- Points do not become points of another kind.
CREATE TRIGGER card_keeps_its_kind AFTER UPDATE OF id, loyalty_program_id ON loyalty_loyaltycard
    FOR EACH ROW WHEN (
        OLD.sequence > 0
        AND (NEW.id <> OLD.id OR NEW.loyalty_program_id <> OLD.loyalty_program_id))
    EXECUTE FUNCTION what_was_done_stays();
