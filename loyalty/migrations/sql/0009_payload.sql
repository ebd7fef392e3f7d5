-- What an event of an operation tells. Without a body of its own in the plan: it is inlined.
CREATE OR REPLACE FUNCTION ledger_payload(
    p_card bigint, p_program bigint, p_partner bigint, p_operation bigint, p_points numeric,
    p_balance numeric, p_origin text, p_status bigint
) RETURNS jsonb LANGUAGE sql STABLE AS $$
    SELECT jsonb_build_object(
        'card_id', p_card, 'loyalty_program_id', p_program, 'partner_id', p_partner,
        'operation_id', p_operation, 'points', trim_scale(p_points)::text,
        'points_balance', trim_scale(p_balance)::text, 'origin', p_origin,
        'membership_product_id', p_status)
$$;

-- No foreign keys lead from the journal to its lots and operations, which are checked at every
-- commit otherwise: what they would refuse, this does.
CREATE TRIGGER point_move_refuses_delete BEFORE DELETE ON loyalty_pointmove
    FOR EACH ROW EXECUTE FUNCTION point_history_is_append_only();
CREATE TRIGGER point_move_refuses_truncate BEFORE TRUNCATE ON loyalty_pointmove
    FOR EACH STATEMENT EXECUTE FUNCTION point_history_is_append_only();
CREATE TRIGGER point_operation_refuses_truncate BEFORE TRUNCATE ON loyalty_pointoperation
    FOR EACH STATEMENT EXECUTE FUNCTION point_history_is_append_only();
