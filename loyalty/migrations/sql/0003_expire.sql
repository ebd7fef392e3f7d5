-- One batch of the sweep: of the next p_limit lots past their date after (p_after, p_after_id),
-- the cards that nobody holds are locked, and every due lot of theirs is expired, one operation
-- and one event a card. A card that somebody holds is left for the next sweep. A card whose lots
-- do not add up is left alone and counted, so that one such card does not stop the sweep.
-- Returns how many were expired and where to go on; last_id null: nothing is left.
CREATE FUNCTION ledger_expire(
    p_at timestamptz, p_limit int, p_after timestamptz, p_after_id bigint,
    OUT cards int, OUT lots int, OUT points numeric, OUT unsound int,
    OUT last_date timestamptz, OUT last_id bigint
) LANGUAGE plpgsql AS $$
DECLARE
    v_due bigint[];
    v_held bigint[];
    one record;
    v_operation bigint;
    v_status bigint;
    v_balance numeric;
BEGIN
    cards := 0;
    lots := 0;
    points := 0;
    unsound := 0;
    SELECT array_agg(DISTINCT card_id), max(expiration_date),
           (array_agg(id ORDER BY expiration_date DESC, id DESC))[1]
    INTO v_due, last_date, last_id
    FROM (SELECT card_id, expiration_date, id FROM loyalty_pointmove
          WHERE state = 'active' AND expiration_date <= p_at
            AND (expiration_date, id) > (p_after, p_after_id)
          ORDER BY expiration_date, id LIMIT p_limit) AS next;
    -- Locked in the order of the id, as everywhere, in a statement of its own: see ledger_gain.
    v_held := ARRAY(SELECT id FROM loyalty_loyaltycard WHERE id = ANY (v_due)
                    ORDER BY id FOR NO KEY UPDATE SKIP LOCKED);
    FOR one IN
        SELECT c.loyalty_program_id, c.partner_id, c.points AS balance, c.debt, c.sequence,
               c.last_hash, due.*
        FROM (SELECT card_id, sum(remaining_point) AS total,
                     coalesce(sum(remaining_point) FILTER (
                         WHERE expiration_date <= p_at), 0) AS gone,
                     coalesce(sum(remaining_point) FILTER (
                         WHERE available_from <= p_at
                           AND coalesce(expiration_date > p_at, true)), 0) AS usable,
                     array_agg(id ORDER BY expiration_date, gain_date, id)
                         FILTER (WHERE expiration_date <= p_at) AS moves,
                     array_agg(membership_product_id ORDER BY expiration_date, gain_date, id)
                         FILTER (WHERE expiration_date <= p_at) AS products,
                     array_agg(-remaining_point ORDER BY expiration_date, gain_date, id)
                         FILTER (WHERE expiration_date <= p_at) AS amounts
              FROM loyalty_pointmove WHERE card_id = ANY (v_held) AND state = 'active'
              GROUP BY card_id) AS due
        JOIN loyalty_loyaltycard c ON c.id = due.card_id
        WHERE due.gone > 0
    LOOP
        IF one.total - one.debt <> one.balance THEN
            unsound := unsound + 1;
            CONTINUE;
        END IF;
        INSERT INTO loyalty_pointoperation (
            card_id, kind, idempotency_key, request_digest, requested_points, points,
            expired_points, balance_before, balance_after, reversed_points, origin,
            transaction_time)
        VALUES (one.card_id, 'expire',
                'expire:' || one.card_id || ':' || one.sequence, '', -one.gone, -one.gone,
                0, one.usable - one.debt, one.usable - one.debt, 0, 'expiry', p_at)
        RETURNING id INTO v_operation;
        UPDATE loyalty_pointmove
        SET expired_point = expired_point + remaining_point, remaining_point = 0, state = 'expired'
        WHERE id = ANY (one.moves);
        v_status := ledger_status(one.partner_id, p_at);
        v_balance := ledger_append(
            one.card_id, one.balance, one.debt, one.sequence, one.last_hash, v_operation, 'expire',
            p_at, 'expiry', v_status, one.moves, one.products, one.amounts);
        PERFORM ledger_event(
            'PointsExpired', one.card_id, one.loyalty_program_id, one.partner_id, v_operation,
            -one.gone, v_balance, 'expiry', v_status, p_at);
        cards := cards + 1;
        lots := lots + cardinality(one.moves);
        points := points + one.gone;
    END LOOP;
END $$;
