-- Points from one card to another of the same kind: so many that can be spent (p_points), first
-- expired first; or all that is still good, pending points and the debt too (p_points null), and
-- the emptied card is blocked. Lots keep their dates and take the level of the new owner.
--
-- Two operations, one a card: that of the giving card has the caller's key, the other one is
-- found by it. Answers both; a refusal is one row, with the card it is about.
CREATE FUNCTION ledger_transfer(
    p_from bigint, p_to bigint, p_points numeric, p_origin text, p_key text, p_digest text,
    p_at timestamptz
) RETURNS SETOF ledger_result LANGUAGE plpgsql AS $$
DECLARE
    r ledger_result;
    a loyalty_loyaltycard;
    b loyalty_loyaltycard;
    lot record;
    v_decimals int;
    v_given numeric := 0;
    v_left numeric := p_points;
    v_taken bigint[] := '{}';
    v_takes numeric[] := '{}';
    v_products bigint[] := '{}';
    v_before numeric[];
    v_out bigint;
    v_in bigint;
BEGIN
    -- Both locks in the order of the ids, as everywhere (docs/locks.md), by a statement of its own.
    PERFORM FROM loyalty_loyaltycard WHERE id IN (p_from, p_to) ORDER BY id FOR NO KEY UPDATE;
    SELECT * INTO a FROM loyalty_loyaltycard WHERE id = p_from;
    SELECT * INTO b FROM loyalty_loyaltycard WHERE id = p_to;
    SELECT point_decimals INTO v_decimals FROM loyalty_loyaltyprogram
    WHERE id = a.loyalty_program_id;
    SELECT refusal, card INTO r.outcome, r.card_id FROM (VALUES
        (1, a.id IS NULL, 'card_not_found', p_from),
        (2, b.id IS NULL, 'card_not_found', p_to),
        (3, a.loyalty_program_id <> b.loyalty_program_id, 'cards_of_different_kinds', p_to),
        (4, p_points IS NOT NULL AND NOT a.active, 'card_inactive', p_from),
        (5, p_points IS NOT NULL AND a.expires_at <= p_at, 'card_expired', p_from),
        (6, NOT b.active, 'card_inactive', p_to),
        (7, b.expires_at <= p_at, 'card_expired', p_to),
        (8, trunc(p_points, v_decimals) <> p_points, 'points_too_precise', p_from)
    ) AS reason(place, applies, refusal, card) WHERE applies ORDER BY place LIMIT 1;
    IF r.outcome IS NOT NULL THEN
        RETURN QUERY SELECT * FROM ledger_refuse_transfer(
            p_key, p_digest, r.outcome, r.card_id, NULL, v_decimals);
        RETURN;
    END IF;
    v_before := ARRAY[ledger_balance(a.id, a.points, a.debt, p_at),
                      ledger_balance(b.id, b.points, b.debt, p_at)];
    IF v_before[1] < p_points THEN
        RETURN QUERY SELECT * FROM ledger_refuse_transfer(
            p_key, p_digest, 'insufficient_points', p_from, p_points, v_before[1]);
        RETURN;
    END IF;

    FOR lot IN
        SELECT * FROM loyalty_pointmove
        WHERE card_id = p_from AND state = 'active'
          AND (expiration_date IS NULL OR expiration_date > p_at)
          AND (p_points IS NULL OR available_from <= p_at)
        ORDER BY expiration_date, gain_date, id
    LOOP
        EXIT WHEN v_left = 0;
        v_taken := v_taken || lot.id;
        v_takes := v_takes || -coalesce(least(v_left, lot.remaining_point), lot.remaining_point);
        v_products := v_products || lot.membership_product_id;
        v_left := v_left - least(v_left, lot.remaining_point);
        v_given := v_given - v_takes[cardinality(v_takes)];
    END LOOP;
    IF p_points IS NULL THEN
        v_given := v_given - a.debt;
    END IF;

    INSERT INTO loyalty_pointoperation (
        card_id, kind, idempotency_key, request_digest, requested_points, points, expired_points,
        balance_before, balance_after, reversed_points, origin, transaction_time)
    VALUES (p_from, 'transfer', p_key, p_digest, -v_given, -v_given, 0, v_before[1], 0, 0,
            p_origin, p_at)
    ON CONFLICT (idempotency_key) DO NOTHING RETURNING id INTO v_out;
    IF v_out IS NULL THEN
        RETURN QUERY SELECT * FROM ledger_replay_transfer(p_key, p_digest);
        RETURN;
    END IF;
    INSERT INTO loyalty_pointoperation (
        card_id, kind, idempotency_key, request_digest, requested_points, points, expired_points,
        balance_before, balance_after, reversed_points, origin, transaction_time)
    VALUES (p_to, 'transfer', 'transfer:' || v_out, p_digest, v_given, v_given, 0, v_before[2], 0,
            0, p_origin, p_at)
    RETURNING id INTO v_in;
    PERFORM ledger_hand_over(a, b, v_out, v_in, v_taken, v_takes, v_products, p_points IS NULL,
                             p_at, p_origin);
    UPDATE loyalty_pointoperation o
    SET balance_after = ledger_balance(c.id, c.points, c.debt, p_at)
    FROM loyalty_loyaltycard c WHERE o.id IN (v_out, v_in) AND c.id = o.card_id;
    IF p_points IS NULL THEN
        UPDATE loyalty_loyaltycard SET active = false WHERE id = p_from;
        PERFORM record_event('CardsMerged', 'card:' || p_from, jsonb_build_object(
            'card_id', p_from, 'into_card_id', p_to, 'loyalty_program_id', a.loyalty_program_id,
            'operation_id', v_out, 'points', trim_scale(v_given)::text, 'origin', p_origin),
            p_at);
    END IF;
    RETURN QUERY SELECT 'done', o.id, o.card_id, o.kind::text, o.requested_points, o.points,
        o.expired_points, o.balance_before, o.balance_after, false, NULL::numeric, NULL::numeric,
        NULL::text
    FROM loyalty_pointoperation o WHERE o.id IN (v_out, v_in) ORDER BY o.id;
END $$;

-- Lots, journals and heads of both cards. What arrives pays a debt there first, and a debt that
-- arrives is paid from what is there: a card never holds both.
CREATE FUNCTION ledger_hand_over(
    a loyalty_loyaltycard, b loyalty_loyaltycard, p_out bigint, p_in bigint, p_taken bigint[],
    p_takes numeric[], p_products bigint[], p_merge boolean, p_at timestamptz, p_origin text
) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
    lot record;
    v_debt numeric := b.debt;
    v_owed numeric := CASE WHEN p_merge THEN a.debt ELSE 0 END;
    v_kept numeric;
    v_take numeric;
    v_new bigint;
    v_status bigint := ledger_status(b.partner_id, p_at);
    v_moves bigint[] := '{}';
    v_products bigint[] := '{}';
    v_amounts numeric[] := '{}';
BEGIN
    FOR i IN 1 .. cardinality(p_taken) LOOP
        UPDATE loyalty_pointmove
        SET remaining_point = remaining_point + p_takes[i],
            state = CASE WHEN remaining_point + p_takes[i] = 0 THEN 'depleted' ELSE 'active' END
        WHERE id = p_taken[i] RETURNING * INTO lot;
        v_kept := greatest(-p_takes[i] - v_debt, 0);
        IF v_debt > 0 THEN
            v_moves := v_moves || NULL::bigint;
            v_products := v_products || v_status;
            v_amounts := v_amounts || (-p_takes[i] - v_kept);
            v_debt := v_debt + p_takes[i] + v_kept;
        END IF;
        IF v_kept > 0 THEN
            INSERT INTO loyalty_pointmove (
                card_id, operation_id, membership_product_id, gain_date, available_from,
                expiration_date, expires_when_inactive, initial_point, remaining_point,
                expired_point, state, origin)
            VALUES (b.id, p_in, v_status, lot.gain_date, lot.available_from,
                    lot.expiration_date, lot.expires_when_inactive, v_kept, v_kept, 0, 'active',
                    p_origin)
            RETURNING id INTO v_new;
            v_moves := v_moves || v_new;
            v_products := v_products || v_status;
            v_amounts := v_amounts || v_kept;
        END IF;
    END LOOP;
    FOR lot IN
        SELECT id, remaining_point, membership_product_id FROM loyalty_pointmove
        WHERE card_id = b.id AND state = 'active' AND operation_id <> p_in
          AND (expiration_date IS NULL OR expiration_date > p_at)
        ORDER BY expiration_date, gain_date, id
    LOOP
        EXIT WHEN v_owed = 0;
        v_take := least(v_owed, lot.remaining_point);
        v_owed := v_owed - v_take;
        v_moves := v_moves || lot.id;
        v_products := v_products || lot.membership_product_id;
        v_amounts := v_amounts || -v_take;
        UPDATE loyalty_pointmove
        SET remaining_point = remaining_point - v_take,
            state = CASE WHEN remaining_point = v_take THEN 'depleted' ELSE 'active' END
        WHERE id = lot.id;
    END LOOP;
    IF v_owed > 0 THEN
        v_moves := v_moves || NULL::bigint;
        v_products := v_products || v_status;
        v_amounts := v_amounts || -v_owed;
    END IF;
    IF p_merge AND a.debt > 0 THEN
        p_taken := p_taken || NULL::bigint;
        p_products := p_products || NULL::bigint;
        p_takes := p_takes || a.debt;
    END IF;
    PERFORM ledger_transferred(a, b.id, p_out, p_taken, p_products, p_takes, p_at, p_origin);
    PERFORM ledger_transferred(b, a.id, p_in, v_moves, v_products, v_amounts, p_at, p_origin);
END $$;

-- One card's side of a transfer, in its journal and in the log.
CREATE FUNCTION ledger_transferred(
    c loyalty_loyaltycard, p_other bigint, p_operation bigint, p_moves bigint[],
    p_products bigint[], p_amounts numeric[], p_at timestamptz, p_origin text
) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
    v_status bigint := ledger_status(c.partner_id, p_at);
    v_balance numeric;
BEGIN
    IF cardinality(p_amounts) > 0 THEN
        v_balance := ledger_append(
            c.id, c.points, c.debt, c.sequence, c.last_hash, p_operation, 'transfer', p_at,
            p_origin, v_status, p_moves, p_products, p_amounts);
        PERFORM record_event('PointsTransferred', 'card:' || c.id, ledger_payload(
            c.id, c.loyalty_program_id, c.partner_id, p_operation, v_balance - c.points,
            v_balance, p_origin, v_status) || jsonb_build_object('other_card_id', p_other), p_at);
    END IF;
END $$;

-- Both first answers to this key; or that it was used for something else.
CREATE FUNCTION ledger_replay_transfer(p_key text, p_digest text)
RETURNS SETOF ledger_result LANGUAGE plpgsql STABLE AS $$
DECLARE
    r ledger_result := ledger_replay(p_key, p_digest);
BEGIN
    RETURN NEXT r;
    IF r.outcome = 'done' THEN
        RETURN NEXT ledger_replay('transfer:' || r.operation_id, p_digest);
    END IF;
END $$;

-- A refusal of a transfer; unless the key was answered before, which goes first.
CREATE FUNCTION ledger_refuse_transfer(
    p_key text, p_digest text, p_code text, p_card bigint, p_required numeric, p_available numeric
) RETURNS SETOF ledger_result LANGUAGE plpgsql STABLE AS $$
DECLARE
    r ledger_result := ledger_refuse(p_key, p_digest, p_code, p_required, p_available);
BEGIN
    IF r.outcome = 'done' THEN
        RETURN QUERY SELECT * FROM ledger_replay_transfer(p_key, p_digest);
    ELSE
        r.card_id := p_card;
        RETURN NEXT r;
    END IF;
END $$;
