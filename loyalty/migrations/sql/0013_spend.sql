-- Points off a card, first expired first out: p_kind 'redeem', or 'adjust' for a correction by
-- staff, which no card state stops and which is no activity of the member.
--
-- p_terms, p_expires: as in ledger_gain, wanted only for points that live by activity.
CREATE OR REPLACE FUNCTION ledger_spend(
    p_kind text, p_card bigint, p_points numeric, p_origin text, p_key text, p_digest text,
    p_at timestamptz, p_terms text[], p_expires timestamptz[]
) RETURNS ledger_result LANGUAGE plpgsql AS $$
DECLARE
    r ledger_result;
    c record;
    p record;
    lot record;
    v_until timestamptz;   -- how far this activity carries the points
    v_total numeric := 0;
    v_usable numeric := 0;
    v_left numeric := p_points;
    v_take numeric;
    v_operation bigint;
    v_balance numeric;
    v_moves bigint[] := '{}';
    v_products bigint[] := '{}';
    v_amounts numeric[] := '{}';
BEGIN
    -- A statement of its own, for the snapshot of the next ones: see ledger_gain.
    SELECT loyalty_program_id, partner_id, points, debt, sequence, last_hash, active, expires_at
    INTO c FROM loyalty_loyaltycard WHERE id = p_card FOR NO KEY UPDATE;
    IF NOT FOUND THEN
        RETURN ledger_refuse(p_key, p_digest, 'card_not_found');
    END IF;
    SELECT expiry, terms, point_decimals, ledger_status(c.partner_id, p_at) AS status
    INTO p FROM loyalty_loyaltyprogram WHERE id = c.loyalty_program_id;
    IF p_kind = 'redeem' AND NOT c.active THEN
        RETURN ledger_refuse(p_key, p_digest, 'card_inactive');
    ELSIF p_kind = 'redeem' AND c.expires_at <= p_at THEN
        RETURN ledger_refuse(p_key, p_digest, 'card_expired');
    ELSIF trunc(p_points, p.point_decimals) <> p_points THEN
        RETURN ledger_refuse(p_key, p_digest, 'points_too_precise', p_available => p.point_decimals);
    ELSIF p.expiry = 'inactivity' AND p_kind = 'redeem' THEN
        IF array_position(p_terms, p.terms::text) IS NULL THEN
            RETURN ledger_refuse(p_key, p_digest, 'terms_unknown', p_terms => p.terms);
        END IF;
        v_until := p_expires[array_position(p_terms, p.terms::text)];
    END IF;

    FOR lot IN
        SELECT id, remaining_point, membership_product_id,
               available_from <= p_at
               AND (expiration_date IS NULL OR expiration_date > p_at) AS usable
        FROM loyalty_pointmove WHERE card_id = p_card AND state = 'active'
        ORDER BY expiration_date, gain_date, id
    LOOP
        v_total := v_total + lot.remaining_point;
        IF lot.usable THEN
            v_usable := v_usable + lot.remaining_point;
            IF v_left > 0 THEN
                v_take := least(v_left, lot.remaining_point);
                v_left := v_left - v_take;
                v_moves := v_moves || lot.id;
                v_products := v_products || lot.membership_product_id;
                v_amounts := v_amounts || -v_take;
            END IF;
        END IF;
    END LOOP;
    IF v_total - c.debt <> c.points THEN
        PERFORM ledger_stop(p_card, c.points, v_total - c.debt);
    END IF;
    v_usable := v_usable - c.debt;
    IF v_usable < p_points THEN
        RETURN ledger_refuse(p_key, p_digest, 'insufficient_points', p_points, v_usable);
    END IF;

    INSERT INTO loyalty_pointoperation (
        card_id, kind, idempotency_key, request_digest, requested_points, points, expired_points,
        balance_before, balance_after, reversed_points, origin, transaction_time, pushed_until)
    VALUES (p_card, p_kind, p_key, p_digest, -p_points, -p_points, 0,
            v_usable, v_usable - p_points, 0, p_origin, p_at, v_until)
    ON CONFLICT (idempotency_key) DO NOTHING RETURNING id INTO v_operation;
    IF NOT FOUND THEN
        RETURN ledger_replay(p_key, p_digest);
    END IF;

    IF v_until IS NOT NULL THEN
        -- Before consuming: what is taken today and given back later has today's expiry.
        PERFORM ledger_push_out(p_card, p_at, v_until);
    END IF;
    FOR i IN 1 .. cardinality(v_moves) LOOP  -- row by row: see ledger_append
        UPDATE loyalty_pointmove
        SET remaining_point = remaining_point + v_amounts[i],
            state = CASE WHEN remaining_point + v_amounts[i] = 0 THEN 'depleted'
                         ELSE 'active' END
        WHERE id = v_moves[i];
    END LOOP;
    v_balance := ledger_append(
        p_card, c.points, c.debt, c.sequence, c.last_hash, v_operation, p_kind, p_at, p_origin,
        p.status, v_moves, v_products, v_amounts);
    PERFORM ledger_event(
        CASE p_kind WHEN 'redeem' THEN 'PointsRedeemed' ELSE 'PointsAdjusted' END,
        p_card, c.loyalty_program_id, c.partner_id, v_operation, -p_points, v_balance, p_origin,
        p.status, p_at);
    r := ROW('done', v_operation, p_card, p_kind, -p_points, -p_points, 0::numeric, v_usable,
             v_usable - p_points, false, NULL::numeric, NULL::numeric, NULL::text);
    RETURN r;
END $$;
