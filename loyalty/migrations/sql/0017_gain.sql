-- Points onto a card: p_kind 'earn', or 'adjust' for a correction by staff, which no card state
-- and no earning cap stops.
--
-- p_terms: the programs' terms the caller knows (loyalty_loyaltyprogram.terms), and for each the
-- dates that loyalty.domain.terms computed for points gained at p_at; null in p_available: at once.
-- Meets terms that are not among them: 'terms_unknown', and the caller computes and asks again.
--
-- Few statements and fewer expressions: PL/pgSQL prepares every expression it meets anew in each
-- transaction, and that, not the tables, is most of what a short function costs.
CREATE OR REPLACE FUNCTION ledger_gain(
    p_kind text, p_card bigint, p_points numeric, p_origin text, p_key text, p_digest text,
    p_at timestamptz, p_expires_at timestamptz,
    p_terms text[], p_available timestamptz[], p_expires timestamptz[],
    p_cap_from timestamptz[], p_cap_until timestamptz[]
) RETURNS ledger_result LANGUAGE plpgsql AS $$
DECLARE
    c record;
    o record;
    v_points numeric := p_points;
BEGIN
    -- The lock is a statement of its own: under READ COMMITTED what follows has a snapshot taken
    -- after it was granted, and so sees what the holder before us wrote.
    SELECT k.loyalty_program_id, k.partner_id, k.points, k.debt, k.sequence, k.last_hash,
           p.expiry, p.terms, p.point_decimals, p.earning_cap,
           array_position(p_terms, p.terms::text) AS term,
           coalesce(p_available[array_position(p_terms, p.terms::text)], p_at) AS available,
           CASE WHEN array_position(p_terms, p.terms::text) IS NULL THEN 'terms_unknown'
                WHEN p_kind = 'earn' AND NOT k.active THEN 'card_inactive'
                WHEN p_kind = 'earn' AND k.expires_at <= p_at THEN 'card_expired'
                WHEN trunc(p_points, p.point_decimals) <> p_points THEN 'points_too_precise'
           END AS refusal
    INTO c
    FROM loyalty_loyaltycard k JOIN loyalty_loyaltyprogram p ON p.id = k.loyalty_program_id
    WHERE k.id = p_card FOR NO KEY UPDATE OF k;
    IF c.term IS NULL OR c.refusal IS NOT NULL THEN
        RETURN ledger_refuse(p_key, p_digest, coalesce(c.refusal, 'card_not_found'),
                             p_available => c.point_decimals, p_terms => c.terms);
    END IF;
    IF p_kind = 'earn' AND c.earning_cap IS NOT NULL THEN
        -- What was taken back leaves room again; what was spent, or had expired, by then does not.
        SELECT least(p_points, trunc(greatest(
                   c.earning_cap - coalesce(sum(points + coalesce((
                       SELECT sum(back.points) FROM loyalty_pointoperation back
                       WHERE back.reverses_id = gained.id), 0)), 0), 0),
                   c.point_decimals))
        INTO v_points
        FROM loyalty_pointoperation gained
        WHERE card_id = p_card AND kind = 'earn'
          AND transaction_time >= p_cap_from[c.term] AND transaction_time < p_cap_until[c.term];
    END IF;
    -- A debt is paid first; of a lot that is pending nothing can be spent yet.
    INSERT INTO loyalty_pointoperation (
        card_id, kind, idempotency_key, request_digest, requested_points, points, expired_points,
        balance_before, balance_after, reversed_points, origin, transaction_time,
        pushed_until)
    SELECT p_card, p_kind, p_key, p_digest, p_points, v_points, 0, lots.usable - c.debt,
           CASE WHEN lots.total - c.debt <> c.points
                THEN ledger_stop(p_card, c.points, lots.total - c.debt) ELSE 0 END
           + lots.usable - c.debt + CASE WHEN c.available <= p_at
                             AND coalesce(coalesce(p_expires_at, p_expires[c.term]) > p_at, true)
                            THEN v_points ELSE least(v_points, c.debt) END,
           0, p_origin, p_at,
           CASE WHEN c.expiry = 'inactivity' AND p_kind = 'earn' THEN p_expires[c.term] END
    FROM (SELECT coalesce(sum(remaining_point), 0) AS total,  -- as ledger_balance
                 coalesce(sum(remaining_point) FILTER (
                     WHERE available_from <= p_at
                       AND (expiration_date IS NULL OR expiration_date > p_at)), 0) AS usable
          FROM loyalty_pointmove WHERE card_id = p_card AND state = 'active') AS lots
    ON CONFLICT (idempotency_key) DO NOTHING
    RETURNING id, balance_before, balance_after, (
        SELECT membership_product_id FROM loyalty_membership
        WHERE partner_id = c.partner_id AND membership_start <= p_at
          AND (closed_at IS NULL OR closed_at > p_at)
        ORDER BY membership_start DESC, id DESC LIMIT 1) AS status
    INTO o;
    IF o.id IS NULL THEN
        RETURN ledger_replay(p_key, p_digest);
    END IF;
    IF v_points > 0 AND c.debt = 0 THEN
        WITH lot AS (
            INSERT INTO loyalty_pointmove (
                card_id, operation_id, membership_product_id, gain_date, available_from,
                expiration_date, expires_when_inactive, initial_point, remaining_point,
                expired_point, state, origin)
            VALUES (p_card, o.id, o.status, p_at, c.available,
                    coalesce(p_expires_at, p_expires[c.term]),
                    c.expiry = 'inactivity' AND p_expires_at IS NULL, v_points, v_points, 0,
                    'active', p_origin)
            RETURNING id
        ), journal AS (
            INSERT INTO loyalty_pointhistory (
                card_id, sequence, operation_id, move_id, kind, points_amount, points_balance,
                transaction_time, origin, membership_product_id, status_membership_product_id,
                hash)
            SELECT p_card, c.sequence + 1, o.id, lot.id, p_kind, v_points, c.points + v_points,
                   p_at, p_origin, o.status, o.status,
                   ledger_hash(c.last_hash, p_card, c.sequence + 1, o.id, lot.id, p_kind,
                               v_points, c.points + v_points, p_at, o.status, o.status, p_origin)
            FROM lot
            RETURNING hash
        ), head AS (
            UPDATE loyalty_loyaltycard
            SET points = c.points + v_points, sequence = c.sequence + 1,
                last_hash = (SELECT hash FROM journal)
            WHERE id = p_card
        )
        INSERT INTO events_event (type, key, payload, occurred_at)
        VALUES (may_record(CASE p_kind WHEN 'earn' THEN 'PointsEarned' ELSE 'PointsAdjusted' END),
                'card:' || p_card,
                ledger_payload(p_card, c.loyalty_program_id, c.partner_id, o.id, v_points,
                               c.points + v_points, p_origin, o.status), p_at);
    ELSIF v_points > 0 THEN
        PERFORM ledger_gain_in_debt(
            p_kind, p_card, c.points, c.debt, c.sequence, c.last_hash, o.id, o.status, v_points,
            p_at, c.available, coalesce(p_expires_at, p_expires[c.term]),
            c.expiry = 'inactivity' AND p_expires_at IS NULL, p_origin);
        PERFORM record_event(
            CASE p_kind WHEN 'earn' THEN 'PointsEarned' ELSE 'PointsAdjusted' END,
            'card:' || p_card,
            ledger_payload(p_card, c.loyalty_program_id, c.partner_id, o.id, v_points,
                           c.points + v_points, p_origin, o.status),
            p_at);
    END IF;
    IF c.expiry = 'inactivity' AND p_kind = 'earn' THEN
        PERFORM ledger_push_out(p_card, p_at, p_expires[c.term]);
    END IF;
    RETURN ROW('done', o.id, p_card, p_kind, p_points, v_points, 0::numeric, o.balance_before,
               o.balance_after, false, NULL::numeric, NULL::numeric, NULL::text)::ledger_result;
END $$;
