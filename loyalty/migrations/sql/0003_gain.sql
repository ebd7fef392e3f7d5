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
    c record;
    p record;
    v_term int;
    v_points numeric := p_points;
    v_repaid numeric;
    v_kept numeric;
    v_expires timestamptz;
    v_until timestamptz;   -- how far this activity carries the points
    v_before numeric;
    v_after numeric;
    v_operation bigint;
    v_move bigint;
    v_balance numeric;
    v_moves bigint[] := '{}';
    v_products bigint[] := '{}';
    v_amounts numeric[] := '{}';
BEGIN
    -- The lock is a statement of its own: under READ COMMITTED what follows has a snapshot taken
    -- after it was granted, and so sees what the holder before us wrote.
    SELECT loyalty_program_id, partner_id, points, debt, sequence, last_hash, active, expires_at
    INTO c FROM loyalty_loyaltycard WHERE id = p_card FOR NO KEY UPDATE;
    IF NOT FOUND THEN
        RETURN ledger_refuse(p_key, p_digest, 'card_not_found');
    END IF;
    SELECT expiry, terms, point_decimals, earning_cap,
           ledger_status(c.partner_id, p_at) AS status
    INTO p FROM loyalty_loyaltyprogram WHERE id = c.loyalty_program_id;
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
        SELECT least(p_points, trunc(greatest(
                   p.earning_cap - coalesce(sum(points - reversed_points), 0), 0),
                   p.point_decimals))
        INTO v_points
        FROM loyalty_pointoperation
        WHERE card_id = p_card AND kind = 'earn'
          AND transaction_time >= p_cap_from[v_term] AND transaction_time < p_cap_until[v_term];
    END IF;
    v_repaid := least(v_points, c.debt);
    v_kept := v_points - v_repaid;
    v_expires := coalesce(p_expires_at, p_expires[v_term]);
    v_before := ledger_balance(p_card, c.points, c.debt, p_at);
    v_after := v_before + v_repaid;
    IF p_available[v_term] <= p_at AND (v_expires IS NULL OR v_expires > p_at) THEN
        v_after := v_after + v_kept;
    END IF;

    INSERT INTO loyalty_pointoperation (
        card_id, kind, idempotency_key, request_digest, requested_points, points, expired_points,
        balance_before, balance_after, reversed_points, origin, transaction_time)
    VALUES (p_card, p_kind, p_key, p_digest, p_points, v_points, 0, v_before, v_after, 0,
            p_origin, p_at)
    ON CONFLICT (idempotency_key) DO NOTHING RETURNING id INTO v_operation;
    IF NOT FOUND THEN
        RETURN ledger_replay(p_key, p_digest);
    END IF;

    IF p_kind = 'earn' AND p.expiry = 'inactivity' THEN
        v_until := p_expires[v_term];
        UPDATE loyalty_pointmove SET expiration_date = v_until
        WHERE card_id = p_card AND state = 'active' AND expires_when_inactive
          AND expiration_date > p_at AND expiration_date < v_until;
    END IF;
    IF v_repaid > 0 THEN
        v_moves := v_moves || NULL::bigint;
        v_products := v_products || p.status;
        v_amounts := v_amounts || v_repaid;
    END IF;
    IF v_kept > 0 THEN
        INSERT INTO loyalty_pointmove (
            card_id, operation_id, membership_product_id, gain_date, available_from,
            expiration_date, expires_when_inactive, initial_point, remaining_point, expired_point,
            state, origin)
        VALUES (p_card, v_operation, p.status, p_at, p_available[v_term], v_expires,
                p.expiry = 'inactivity' AND p_expires_at IS NULL, v_kept, v_kept, 0,
                'active', p_origin)
        RETURNING id INTO v_move;
        v_moves := v_moves || v_move;
        v_products := v_products || p.status;
        v_amounts := v_amounts || v_kept;
    END IF;
    IF v_points > 0 THEN
        v_balance := ledger_append(
            p_card, c.points, c.debt, c.sequence, c.last_hash, v_operation, p_kind, p_at, p_origin,
            p.status, v_moves, v_products, v_amounts, p_active_until => v_until);
        PERFORM ledger_event(
            CASE p_kind WHEN 'earn' THEN 'PointsEarned' ELSE 'PointsAdjusted' END,
            p_card, c.loyalty_program_id, c.partner_id, v_operation, v_points, v_balance,
            p_origin, p.status, p_at);
    END IF;
    r := ROW('done', v_operation, p_card, p_kind, p_points, v_points, 0::numeric, v_before,
             v_after, false, NULL::numeric, NULL::numeric, NULL::text);
    RETURN r;
END $$;
