DROP FUNCTION ledger_expire(timestamptz, int, timestamptz, bigint);
-- One batch of the sweep: of these cards, those that nobody holds are locked, and every due lot of
-- theirs is expired: one operation and one event a card, one journal row a card and level of its lots.
-- A card that somebody holds is left for the next sweep. A card whose lots do not add up is left alone
-- and counted, so that one such card does not stop the sweep.
--
-- The caller hands over cards in the order of their ids: what lies together is then read and written
-- once, and not once for every batch.
--
-- One statement for all cards of the batch, and nothing in it for each lot but the lot's own update:
-- what the rows say of the lots is summed up before, and each lot keeps which operation took it.
-- No nested loops: PostgreSQL cannot know how many rows a part of a statement hands to the next, takes
-- them for few, and walks thousands of them once for each of thousands.
CREATE FUNCTION ledger_expire(
    p_at timestamptz, p_cards bigint[],
    OUT cards int, OUT lots int, OUT points numeric, OUT unsound int
) LANGUAGE plpgsql SET enable_nestloop = off SET work_mem = '64MB' AS $$
#variable_conflict use_column
DECLARE
    v_held bigint[];
BEGIN
    -- Locked in the order of the id, as everywhere, in a statement of its own: see ledger_gain.
    v_held := ARRAY(SELECT id FROM loyalty_loyaltycard WHERE id = ANY (p_cards)
                    ORDER BY id FOR NO KEY UPDATE SKIP LOCKED);
    WITH by_level AS MATERIALIZED (
        SELECT card_id, membership_product_id AS level, sum(remaining_point) AS total,
               sum(remaining_point) FILTER (WHERE expiration_date <= p_at) AS gone,
               count(*) FILTER (WHERE expiration_date <= p_at) AS lots,
               sum(remaining_point) FILTER (
                   WHERE available_from <= p_at
                     AND (expiration_date IS NULL OR expiration_date > p_at)) AS usable
        FROM loyalty_pointmove WHERE card_id = ANY (v_held) AND state = 'active'
        GROUP BY card_id, membership_product_id
    ), held AS MATERIALIZED (
        SELECT c.id, c.loyalty_program_id, c.partner_id, c.points, c.debt, c.sequence,
               c.last_hash, now_holds.status, due.*
        FROM (SELECT card_id, sum(total) AS total, sum(gone) AS gone,
                     coalesce(sum(usable), 0) AS usable, sum(lots) AS lots
              FROM by_level GROUP BY card_id) AS due
        JOIN loyalty_loyaltycard c ON c.id = due.card_id AND c.id = ANY (v_held)
        -- As ledger_status, which called for each card would cost as much as all of this.
        LEFT JOIN LATERAL (
            SELECT membership_product_id AS status FROM loyalty_membership
            WHERE partner_id = c.partner_id AND membership_start <= p_at
              AND (closed_at IS NULL OR closed_at > p_at)
            ORDER BY membership_start DESC, id DESC LIMIT 1) AS now_holds ON true
        WHERE due.lots > 0
    ), operation AS (
        INSERT INTO loyalty_pointoperation (
            card_id, kind, idempotency_key, request_digest, requested_points, points,
            expired_points, balance_before, balance_after, reversed_points, origin,
            transaction_time)
        SELECT id, 'expire', 'expire:' || id || ':' || sequence, '', -gone, -gone, 0,
               usable - debt, usable - debt, 0, 'expiry', p_at
        FROM held WHERE total - debt = points ORDER BY id
        RETURNING id, card_id
    ), emptied AS (
        UPDATE loyalty_pointmove m
        SET expired_point = expired_point + remaining_point, remaining_point = 0,
            state = 'expired', expired_by_id = operation.id
        FROM operation
        WHERE m.card_id = operation.card_id AND m.card_id = ANY (v_held) AND m.state = 'active'
          AND m.expiration_date <= p_at
    ), counted AS (
        SELECT card_id, operation.id AS operation_id, level, gone AS amount,
               row_number() OVER in_order AS n, sum(gone) OVER in_order AS upto
        FROM by_level JOIN operation USING (card_id) WHERE lots > 0
        WINDOW in_order AS (PARTITION BY card_id ORDER BY level ROWS UNBOUNDED PRECEDING)
    ), journal AS (
        INSERT INTO loyalty_pointhistory (
            card_id, sequence, operation_id, move_id, kind, points_amount, points_balance,
            transaction_time, origin, membership_product_id, status_membership_product_id, hash)
        SELECT card_id, sequence + n, operation_id, NULL, 'expire', -amount, points - upto, p_at,
               'expiry', level, status,
               ledger_chain(last_hash, ledger_row(
                   card_id, sequence + n, operation_id, NULL, 'expire', -amount, points - upto,
                   p_at, level, status, 'expiry'))
               OVER (PARTITION BY card_id ORDER BY n ROWS UNBOUNDED PRECEDING)
        FROM counted JOIN held USING (card_id)
        RETURNING card_id, sequence, operation_id, points_balance, hash
    ), head AS (
        UPDATE loyalty_loyaltycard c
        SET points = last.points_balance, sequence = last.sequence, last_hash = last.hash
        FROM (SELECT DISTINCT ON (card_id) * FROM journal ORDER BY card_id, sequence DESC) AS last
        WHERE c.id = last.card_id AND c.id = ANY (v_held)
        RETURNING c.id, c.points, last.operation_id
    ), told AS MATERIALIZED (
        SELECT count(*) AS cards, coalesce(sum(held.lots), 0) AS lots,
               coalesce(sum(held.gone), 0) AS points, record_events(
                   'PointsExpired', array_agg('card:' || held.id), array_agg(ledger_payload(
                       held.id, held.loyalty_program_id, held.partner_id, head.operation_id,
                       -held.gone, head.points, 'expiry', held.status)), p_at)
        FROM head JOIN held ON held.id = head.id
    )
    SELECT told.cards, told.lots, told.points,
           (SELECT count(*) FROM held WHERE total - debt <> points)
    INTO cards, lots, points, unsound FROM told;
END $$;
