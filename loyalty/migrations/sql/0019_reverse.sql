-- Lots that were empty when the member changed level, and have points again, follow the others: off
-- the old level and onto the one held now, whatever instant the giving back is dated to.
CREATE FUNCTION ledger_bring_up(
    p_card bigint, p_partner bigint, p_operation bigint, p_lots bigint[], p_at timestamptz,
    p_origin text
) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
    c record;
    lot record;
    v_now bigint := ledger_status(p_partner, 'infinity');
    v_moves bigint[];
    v_products bigint[];
    v_amounts numeric[];
BEGIN
    FOR lot IN
        SELECT id, remaining_point, membership_product_id FROM loyalty_pointmove
        WHERE id = ANY (p_lots) AND state = 'active'
          AND membership_product_id IS DISTINCT FROM v_now
          AND (expiration_date IS NULL OR expiration_date > p_at)
        ORDER BY id
    LOOP
        v_moves := v_moves || lot.id || lot.id;
        v_products := v_products || lot.membership_product_id || v_now;
        v_amounts := v_amounts || -lot.remaining_point || lot.remaining_point;
    END LOOP;
    IF v_moves IS NULL THEN
        RETURN;
    END IF;
    SELECT points, debt, sequence, last_hash INTO c FROM loyalty_loyaltycard WHERE id = p_card;
    UPDATE loyalty_pointmove SET membership_product_id = v_now WHERE id = ANY (v_moves);
    PERFORM ledger_append(
        p_card, c.points, c.debt, c.sequence, c.last_hash, p_operation, 'transfer', p_at, p_origin,
        v_now, v_moves, v_products, v_amounts);
END $$;

-- Undo an operation, whole (p_points null: what is left of it) or in part. What was taken goes
-- back to the lots it came from, the last one first, as though only the rest had been taken;
-- what was gained is taken back: from its own lot, then counting what of it expired, then from
-- the card's other points, and the rest by the program's negative-balance policy.
-- Cumulative: p_points of an operation of which r was undone stand for its part (r, r + p_points].
CREATE OR REPLACE FUNCTION ledger_reverse(
    p_operation bigint, p_points numeric, p_origin text, p_key text, p_digest text,
    p_at timestamptz
) RETURNS ledger_result LANGUAGE plpgsql AS $$
DECLARE
    r ledger_result;
    c loyalty_loyaltycard;
    p loyalty_loyaltyprogram;
    o loyalty_pointoperation;
    lot record;
    v_asked numeric;
    v_plan ledger_undoing;
    v_status bigint;
    v_balance numeric;
BEGIN
    SELECT card_id INTO r.card_id FROM loyalty_pointoperation WHERE id = p_operation;
    IF NOT FOUND THEN
        RETURN ledger_refuse(p_key, p_digest, 'point_operation_not_found');
    END IF;
    -- A statement of its own, for the snapshot of the next ones: see ledger_gain.
    SELECT * INTO c FROM loyalty_loyaltycard WHERE id = r.card_id FOR NO KEY UPDATE;
    SELECT * INTO o FROM loyalty_pointoperation WHERE id = p_operation;
    SELECT * INTO p FROM loyalty_loyaltyprogram WHERE id = c.loyalty_program_id;
    v_asked := coalesce(p_points, abs(o.points) - o.reversed_points);
    IF o.kind NOT IN ('earn', 'redeem', 'adjust') THEN
        RETURN ledger_refuse(p_key, p_digest, 'point_operation_not_reversible');
    ELSIF trunc(v_asked, p.point_decimals) <> v_asked AND p_points IS NOT NULL THEN
        RETURN ledger_refuse(p_key, p_digest, 'points_too_precise', p_available => p.point_decimals);
    ELSIF v_asked = 0 OR v_asked > abs(o.points) - o.reversed_points THEN
        RETURN ledger_refuse(p_key, p_digest, 'reversal_exceeds_operation',
                             v_asked, abs(o.points) - o.reversed_points);
    END IF;

    r.balance_before := ledger_balance(c.id, c.points, c.debt, p_at);
    IF o.points < 0 THEN
        v_plan := ledger_plan_giving_back(c, o, v_asked, p_at);
    ELSE
        v_plan := ledger_plan_taking_back(c, o, v_asked, p.negative_balance, p_at);
        IF v_plan.missing > 0 THEN
            RETURN ledger_refuse(p_key, p_digest, 'insufficient_points',
                                 v_asked, v_asked - v_plan.missing);
        END IF;
    END IF;
    r.requested := CASE WHEN o.points < 0 THEN v_asked ELSE -v_asked END;
    r.points := coalesce((SELECT sum(amount) FROM unnest(v_plan.amounts) AS amount), 0);
    r.expired := v_plan.expired;
    r.balance_after := r.balance_before + v_plan.usable;

    INSERT INTO loyalty_pointoperation (
        card_id, kind, idempotency_key, request_digest, requested_points, points, expired_points,
        balance_before, balance_after, reversed_points, reverses_id, origin, transaction_time)
    VALUES (c.id, 'reverse', p_key, p_digest, r.requested, r.points, r.expired,
            r.balance_before, r.balance_after, 0, o.id, p_origin, p_at)
    ON CONFLICT (idempotency_key) DO NOTHING RETURNING id INTO r.operation_id;
    IF NOT FOUND THEN
        RETURN ledger_replay(p_key, p_digest);
    END IF;
    UPDATE loyalty_pointoperation SET reversed_points = reversed_points + v_asked
    WHERE id = o.id;
    UPDATE loyalty_pointmove m
    SET remaining_point = m.remaining_point + change.amount,
        expired_point = m.expired_point + change.expired,
        expiration_date = change.expires,
        state = CASE WHEN m.remaining_point + change.amount > 0 THEN 'active'
                     WHEN change.expires <= p_at OR m.state = 'expired' THEN 'expired'
                     ELSE 'depleted' END
    FROM unnest(v_plan.lots, v_plan.lot_amounts, v_plan.lot_expired, v_plan.lot_expires)
        AS change(id, amount, expired, expires)
    WHERE m.id = change.id;
    IF cardinality(v_plan.amounts) > 0 THEN
        v_status := ledger_status(c.partner_id, p_at);
        v_balance := ledger_append(
            c.id, c.points, c.debt, c.sequence, c.last_hash, r.operation_id, 'reverse', p_at,
            p_origin, v_status, v_plan.moves, v_plan.products, v_plan.amounts, v_plan.kinds);
        PERFORM record_event('PointsReversed', 'card:' || c.id, jsonb_build_object(
            'card_id', c.id, 'loyalty_program_id', c.loyalty_program_id,
            'partner_id', c.partner_id, 'operation_id', r.operation_id,
            'points', trim_scale(r.points)::text, 'points_balance', trim_scale(v_balance)::text,
            'origin', p_origin, 'membership_product_id', v_status,
            'reverses', o.id, 'expired', trim_scale(r.expired)::text), p_at);
        PERFORM ledger_bring_up(c.id, c.partner_id, r.operation_id, v_plan.lots, p_at, p_origin);
    END IF;
    r.outcome := 'done';
    r.kind := 'reverse';
    r.replayed := false;
    RETURN r;
END $$;
