CREATE OR REPLACE FUNCTION ledger_plan_taking_back(
    c loyalty_loyaltycard, o loyalty_pointoperation, p_asked numeric, p_policy text,
    p_at timestamptz
) RETURNS ledger_undoing LANGUAGE plpgsql STABLE AS $$
DECLARE
    u ledger_undoing;
    lot record;
    v_own numeric;
    v_gone numeric;
    v_left numeric;
    v_take numeric;
BEGIN
    u.missing := 0;
    u.usable := 0;
    -- What expired of the points, swept or not, is no longer there to be taken, and was never
    -- spent; earlier reversals of this operation may have counted some of it.
    SELECT coalesce(sum(remaining_point) FILTER (WHERE alive), 0),
           coalesce(sum(remaining_point) FILTER (WHERE NOT alive), 0)
           + coalesce(sum(expired_point), 0)
           - coalesce((SELECT sum(expired_points) FROM loyalty_pointoperation
                       WHERE reverses_id = o.id), 0)
    INTO v_own, v_gone
    FROM (SELECT remaining_point, expired_point, coalesce(expiration_date > p_at, true) AS alive
          FROM loyalty_pointmove WHERE id = ANY (ARRAY(
              SELECT move_id FROM loyalty_pointhistory WHERE operation_id = o.id))
            AND operation_id = o.id) AS own;
    u.expired := least(greatest(p_asked - v_own, 0), v_gone);
    v_left := p_asked - u.expired;
    FOR lot IN
        SELECT id, remaining_point, membership_product_id, expiration_date, available_from
        FROM loyalty_pointmove
        WHERE card_id = c.id AND state = 'active' AND coalesce(expiration_date > p_at, true)
        ORDER BY operation_id = o.id DESC, expiration_date, gain_date, id
    LOOP
        EXIT WHEN v_left = 0;
        v_take := least(v_left, lot.remaining_point);
        v_left := v_left - v_take;
        u.kinds := u.kinds || 'reverse'::text;
        u.moves := u.moves || lot.id;
        u.products := u.products || lot.membership_product_id;
        u.amounts := u.amounts || -v_take;
        u.lots := u.lots || lot.id;
        u.lot_amounts := u.lot_amounts || -v_take;
        u.lot_expired := u.lot_expired || 0::numeric;
        u.lot_expires := u.lot_expires || lot.expiration_date;
        IF lot.available_from <= p_at THEN
            u.usable := u.usable - v_take;
        END IF;
    END LOOP;
    IF v_left > 0 AND p_policy = 'refuse' THEN
        u.missing := v_left;
    ELSIF v_left > 0 AND p_policy = 'allow' THEN
        u.kinds := u.kinds || 'reverse'::text;
        u.moves := u.moves || NULL::bigint;
        u.products := u.products || NULL::bigint;
        u.amounts := u.amounts || -v_left;
        u.usable := u.usable - v_left;
    END IF;
    RETURN u;
END $$;
