-- Points off a card, first expired first out: p_kind 'redeem', or 'adjust' for a correction by
-- staff, which no card state stops and which is no activity of the member.
--
-- p_terms, p_expires: as in ledger_gain, wanted only for points that live by activity.
--
-- Few statements and fewer expressions: see ledger_gain. Lot by lot, with plain values: the chain is
-- one, a statement over arrays is planned anew at every call, and most redemptions take one lot or two.
CREATE OR REPLACE FUNCTION ledger_spend(
    p_kind text, p_card bigint, p_points numeric, p_origin text, p_key text, p_digest text,
    p_at timestamptz, p_terms text[], p_expires timestamptz[]
) RETURNS ledger_result LANGUAGE plpgsql AS $$
DECLARE
    c record;
    o record;
    lot record;
    v_total numeric := 0;
    v_usable numeric;
    v_left numeric := p_points;
    v_moves bigint[];
    v_takes numeric[];
    v_balance numeric;
    v_hash bytea;
BEGIN
    -- A statement of its own, for the snapshot of the next ones: see ledger_gain.
    SELECT k.loyalty_program_id, k.partner_id, k.points, k.debt, k.sequence, k.last_hash,
           p.terms, p.point_decimals,
           CASE WHEN p.expiry = 'inactivity' AND p_kind = 'redeem'
                THEN p_expires[array_position(p_terms, p.terms::text)] END AS until,
           CASE WHEN p_kind = 'redeem' AND NOT k.active THEN 'card_inactive'
                WHEN p_kind = 'redeem' AND k.expires_at <= p_at THEN 'card_expired'
                -- Staff may take off a rest that is finer than the points have become.
                WHEN trunc(p_points, p.point_decimals) <> p_points
                     AND (p_kind = 'redeem' OR trunc(k.points - p_points, p.point_decimals)
                                               <> k.points - p_points)
                THEN 'points_too_precise'
                WHEN p_kind = 'redeem' AND p.expiry = 'inactivity'
                     AND array_position(p_terms, p.terms::text) IS NULL THEN 'terms_unknown'
           END AS refusal
    INTO c
    FROM loyalty_loyaltycard k JOIN loyalty_loyaltyprogram p ON p.id = k.loyalty_program_id
    WHERE k.id = p_card FOR NO KEY UPDATE OF k;
    IF c.terms IS NULL OR c.refusal IS NOT NULL THEN
        RETURN ledger_refuse(p_key, p_digest, coalesce(c.refusal, 'card_not_found'),
                             p_available => c.point_decimals, p_terms => c.terms);
    END IF;
    v_usable := -c.debt;
    FOR lot IN
        SELECT id, remaining_point,
               available_from <= p_at
               AND (expiration_date IS NULL OR expiration_date > p_at) AS usable
        FROM loyalty_pointmove WHERE card_id = p_card AND state = 'active'
        ORDER BY expiration_date, gain_date, id
    LOOP
        v_total := v_total + lot.remaining_point;
        IF lot.usable THEN
            v_usable := v_usable + lot.remaining_point;
            IF v_left > 0 THEN
                v_moves := v_moves || lot.id;
                v_takes := v_takes || least(v_left, lot.remaining_point);
                v_left := v_left - lot.remaining_point;
            END IF;
        END IF;
    END LOOP;
    IF v_total - c.debt <> c.points THEN
        PERFORM ledger_stop(p_card, c.points, v_total - c.debt);
    END IF;
    IF v_usable < p_points THEN
        RETURN ledger_refuse(p_key, p_digest, 'insufficient_points', p_points, v_usable);
    END IF;

    INSERT INTO loyalty_pointoperation (
        card_id, kind, idempotency_key, request_digest, requested_points, points, expired_points,
        balance_before, balance_after, reversed_points, origin, transaction_time, pushed_until)
    VALUES (p_card, p_kind, p_key, p_digest, -p_points, -p_points, 0,
            v_usable, v_usable - p_points, 0, p_origin, p_at, c.until)
    ON CONFLICT (idempotency_key) DO NOTHING
    RETURNING id, balance_after, (
        SELECT membership_product_id FROM loyalty_membership
        WHERE partner_id = c.partner_id AND membership_start <= p_at
          AND (closed_at IS NULL OR closed_at > p_at)
        ORDER BY membership_start DESC, id DESC LIMIT 1) AS status
    INTO o;
    IF o.id IS NULL THEN
        RETURN ledger_replay(p_key, p_digest);
    END IF;

    IF c.until IS NOT NULL THEN
        -- Before consuming: what is taken today and given back later has today's expiry.
        PERFORM ledger_push_out(p_card, p_at, c.until);
        -- What expires first may be another lot now.
        v_moves := NULL;
        v_takes := NULL;
        v_left := p_points;
        FOR lot IN
            SELECT id, remaining_point FROM loyalty_pointmove
            WHERE card_id = p_card AND state = 'active' AND available_from <= p_at
              AND (expiration_date IS NULL OR expiration_date > p_at)
            ORDER BY expiration_date, gain_date, id
        LOOP
            EXIT WHEN v_left <= 0;
            v_moves := v_moves || lot.id;
            v_takes := v_takes || least(v_left, lot.remaining_point);
            v_left := v_left - lot.remaining_point;
        END LOOP;
    END IF;
    v_balance := c.points;
    v_hash := c.last_hash;
    FOR i IN 1 .. cardinality(v_moves) LOOP
        v_balance := v_balance - v_takes[i];
        WITH taken AS (
            UPDATE loyalty_pointmove
            SET remaining_point = remaining_point - v_takes[i],
                state = CASE WHEN remaining_point = v_takes[i] THEN 'depleted' ELSE 'active' END
            WHERE id = v_moves[i]
            RETURNING membership_product_id AS product
        )
        INSERT INTO loyalty_pointhistory (
            card_id, sequence, operation_id, move_id, kind, points_amount, points_balance,
            transaction_time, origin, membership_product_id, status_membership_product_id, hash)
        SELECT p_card, c.sequence + i, o.id, v_moves[i], p_kind, -v_takes[i], v_balance, p_at,
               p_origin, product, o.status,
               ledger_hash(v_hash, p_card, c.sequence + i, o.id, v_moves[i], p_kind, -v_takes[i],
                           v_balance, p_at, product, o.status, p_origin)
        FROM taken
        RETURNING hash INTO v_hash;
    END LOOP;
    WITH head AS (
        UPDATE loyalty_loyaltycard
        SET points = v_balance, last_hash = v_hash,
            sequence = c.sequence + cardinality(v_moves)
        WHERE id = p_card
    )
    INSERT INTO events_event (type, key, payload, occurred_at)
    VALUES (may_record(CASE p_kind WHEN 'redeem' THEN 'PointsRedeemed' ELSE 'PointsAdjusted' END),
            'card:' || p_card,
            ledger_payload(p_card, c.loyalty_program_id, c.partner_id, o.id, -p_points, v_balance,
                           p_origin, o.status), p_at);
    RETURN ROW('done', o.id, p_card, p_kind, -p_points, -p_points, 0::numeric, v_usable,
               o.balance_after, false, NULL::numeric, NULL::numeric, NULL::text)::ledger_result;
END $$;
