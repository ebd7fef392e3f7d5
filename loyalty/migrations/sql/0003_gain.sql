-- Points onto a card: p_kind 'earn', or 'adjust' for a correction by staff, which no card state
-- and no earning cap stops.
--
-- p_terms: the programs' terms the caller knows (loyalty_loyaltyprogram.terms), and for each the
-- dates that loyalty.domain.terms computed for points gained at p_at. Meets terms that are not
-- among them: 'terms_unknown', and the caller computes and asks again.
CREATE FUNCTION ledger_gain(
    p_kind text, p_card bigint, p_points numeric, p_origin text, p_key text, p_digest text,
    p_at timestamptz, p_expires_at timestamptz,
    p_terms text[], p_available timestamptz[], p_expires timestamptz[],
    p_cap_from timestamptz[], p_cap_until timestamptz[]
) RETURNS ledger_result LANGUAGE plpgsql AS $$
DECLARE
    r ledger_result;
    c loyalty_loyaltycard;
    p loyalty_loyaltyprogram;
    v_term int;
    v_status bigint;
    v_room numeric;
    v_points numeric := p_points;
    v_repaid numeric;
    v_kept numeric;
    v_lives boolean;       -- by activity
    v_expires timestamptz := p_expires_at;
    v_available timestamptz;
    v_move bigint;
    v_balance numeric;
    v_kinds text[] := '{}';
    v_moves bigint[] := '{}';
    v_products bigint[] := '{}';
    v_amounts numeric[] := '{}';
BEGIN
    -- The lock is a statement of its own: under READ COMMITTED what follows has a snapshot taken
    -- after it was granted, and so sees what the holder before us wrote.
    SELECT * INTO c FROM loyalty_loyaltycard WHERE id = p_card FOR NO KEY UPDATE;
    IF NOT FOUND THEN
        RETURN ledger_refuse(p_key, p_digest, 'card_not_found');
    END IF;
    SELECT * INTO p FROM loyalty_loyaltyprogram WHERE id = c.loyalty_program_id;
    v_term := array_position(p_terms, p.terms::text);
    IF v_term IS NULL THEN
        RETURN ledger_refuse(p_key, p_digest, 'terms_unknown', p_terms => p.terms);
    ELSIF p_kind = 'earn' AND NOT c.active THEN
        RETURN ledger_refuse(p_key, p_digest, 'card_inactive');
    ELSIF p_kind = 'earn' AND c.expires_at <= p_at THEN
        RETURN ledger_refuse(p_key, p_digest, 'card_expired');
    ELSIF trunc(p_points, p.point_decimals) <> p_points THEN
        RETURN ledger_refuse(p_key, p_digest, 'points_too_precise', p_available => p.point_decimals);
    END IF;

    IF p_kind = 'earn' AND p.earning_cap IS NOT NULL THEN
        -- What was taken back leaves room again.
        SELECT greatest(p.earning_cap - coalesce(sum(points - reversed_points), 0), 0) INTO v_room
        FROM loyalty_pointoperation
        WHERE card_id = p_card AND kind = 'earn'
          AND transaction_time >= p_cap_from[v_term] AND transaction_time < p_cap_until[v_term];
        v_points := least(p_points, trunc(v_room, p.point_decimals));
    END IF;
    v_repaid := least(v_points, c.debt);
    v_kept := v_points - v_repaid;
    v_available := p_available[v_term];
    v_lives := p.expiry = 'inactivity' AND p_expires_at IS NULL;
    IF p_expires_at IS NULL THEN
        v_expires := p_expires[v_term];
    END IF;
    v_status := ledger_status(c.partner_id, p_at);
    r.balance_before := ledger_balance(c, p_at);
    r.balance_after := r.balance_before + v_repaid
        + CASE WHEN v_available <= p_at AND coalesce(v_expires > p_at, true) THEN v_kept ELSE 0 END;

    INSERT INTO loyalty_pointoperation (
        card_id, kind, idempotency_key, request_digest, requested_points, points, expired_points,
        balance_before, balance_after, reversed_points, origin, transaction_time)
    VALUES (p_card, p_kind, p_key, p_digest, p_points, v_points, 0,
            r.balance_before, r.balance_after, 0, p_origin, p_at)
    ON CONFLICT (idempotency_key) DO NOTHING RETURNING id INTO r.operation_id;
    IF NOT FOUND THEN
        RETURN ledger_replay(p_key, p_digest);
    END IF;

    IF p_kind = 'earn' AND p.expiry = 'inactivity' THEN
        UPDATE loyalty_pointmove SET expiration_date = p_expires[v_term]
        WHERE card_id = p_card AND state = 'active' AND expires_when_inactive
          AND expiration_date > p_at AND expiration_date < p_expires[v_term];
    END IF;
    IF v_repaid > 0 THEN
        v_kinds := v_kinds || p_kind;
        v_moves := v_moves || NULL::bigint;
        v_products := v_products || v_status;
        v_amounts := v_amounts || v_repaid;
    END IF;
    IF v_kept > 0 THEN
        INSERT INTO loyalty_pointmove (
            card_id, operation_id, membership_product_id, gain_date, available_from,
            expiration_date, expires_when_inactive, initial_point, remaining_point, expired_point,
            state, origin)
        VALUES (p_card, r.operation_id, v_status, p_at, v_available,
                v_expires, v_lives, v_kept, v_kept, 0, 'active', p_origin)
        RETURNING id INTO v_move;
        v_kinds := v_kinds || p_kind;
        v_moves := v_moves || v_move;
        v_products := v_products || v_status;
        v_amounts := v_amounts || v_kept;
    END IF;
    IF v_points > 0 THEN
        v_balance := ledger_append(
            c, r.operation_id, p_at, p_origin, v_status, v_kinds, v_moves, v_products, v_amounts,
            CASE WHEN p_kind = 'earn' AND p.expiry = 'inactivity' THEN p_expires[v_term] END);
        PERFORM ledger_event(
            CASE p_kind WHEN 'earn' THEN 'PointsEarned' ELSE 'PointsAdjusted' END,
            c, r.operation_id, v_points, v_balance, p_origin, v_status, p_at);
    END IF;
    r.outcome := 'done';
    r.card_id := p_card;
    r.kind := p_kind;
    r.requested := p_points;
    r.points := v_points;
    r.expired := 0;
    r.replayed := false;
    RETURN r;
END $$;
