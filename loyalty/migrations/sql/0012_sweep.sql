-- What a journal row's hash is over, but for the hash before it: see ledger_hash.
CREATE FUNCTION ledger_row(
    p_card bigint, p_sequence bigint, p_operation bigint, p_move bigint, p_kind text,
    p_amount numeric, p_balance numeric, p_at timestamptz, p_product bigint, p_status bigint,
    p_origin text
) RETURNS bytea LANGUAGE sql STABLE AS $$
    SELECT convert_to(
        p_card || '|' || p_sequence || '|' || p_operation || '|' || coalesce(p_move::text, '')
        || '|' || p_kind || '|' || p_amount::numeric(18, 4) || '|' || p_balance::numeric(18, 4)
        || '|' || (extract(epoch FROM p_at) * 1000000)::bigint
        || '|' || coalesce(p_product::text, '') || '|' || coalesce(p_status::text, '')
        || '|' || p_origin, 'UTF8')
$$;

-- The chain as an aggregate over a card's rows in order: what it begins with, and each row.
CREATE FUNCTION ledger_link(p_hash bytea, p_first bytea, p_row bytea)
RETURNS bytea LANGUAGE plpgsql IMMUTABLE AS $$
BEGIN
    RETURN sha256(coalesce(p_hash, p_first) || p_row);
END $$;
CREATE AGGREGATE ledger_chain(bytea, bytea) (SFUNC = ledger_link, STYPE = bytea);

-- One batch of the sweep: of the next p_limit lots past their date after (p_after, p_after_id),
-- the cards that nobody holds are locked, and every due lot of theirs is expired, one operation
-- and one event a card. A card that somebody holds is left for the next sweep. A card whose lots
-- do not add up is left alone and counted, so that one such card does not stop the sweep.
-- Returns how many were expired and where to go on; last_id null: nothing is left.
--
-- One statement for all cards of the batch: a loop over them costs several times as much.
CREATE OR REPLACE FUNCTION ledger_expire(
    p_at timestamptz, p_limit int, p_after timestamptz, p_after_id bigint,
    OUT cards int, OUT lots int, OUT points numeric, OUT unsound int,
    OUT last_date timestamptz, OUT last_id bigint
) LANGUAGE plpgsql AS $$
#variable_conflict use_column
DECLARE
    v_due bigint[];
    v_held bigint[];
BEGIN
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
    WITH held AS MATERIALIZED (
        SELECT c.id, c.loyalty_program_id, c.partner_id, c.points, c.debt, c.sequence,
               c.last_hash, ledger_status(c.partner_id, p_at) AS status, due.*
        FROM (SELECT card_id, sum(remaining_point) AS total,
                     coalesce(sum(remaining_point) FILTER (
                         WHERE expiration_date <= p_at), 0) AS gone,
                     coalesce(sum(remaining_point) FILTER (
                         WHERE available_from <= p_at
                           AND (expiration_date IS NULL OR expiration_date > p_at)), 0) AS usable
              FROM loyalty_pointmove WHERE card_id = ANY (v_held) AND state = 'active'
              GROUP BY card_id) AS due
        JOIN loyalty_loyaltycard c ON c.id = due.card_id
        WHERE due.gone > 0
    ), operation AS (
        INSERT INTO loyalty_pointoperation (
            card_id, kind, idempotency_key, request_digest, requested_points, points,
            expired_points, balance_before, balance_after, reversed_points, origin,
            transaction_time)
        SELECT id, 'expire', 'expire:' || id || ':' || sequence, '', -gone, -gone, 0,
               usable - debt, usable - debt, 0, 'expiry', p_at
        FROM held WHERE total - debt = points
        RETURNING id, card_id
    ), gone AS (
        UPDATE loyalty_pointmove m
        SET expired_point = expired_point + remaining_point, remaining_point = 0,
            state = 'expired'
        FROM (SELECT l.id, l.card_id, l.remaining_point AS amount, o.id AS operation_id
              FROM loyalty_pointmove l JOIN operation o ON o.card_id = l.card_id
              WHERE l.card_id = ANY (v_held) AND l.state = 'active'
                AND l.expiration_date <= p_at) AS due
        WHERE m.id = due.id
        RETURNING m.id, m.card_id, m.membership_product_id, m.expiration_date, m.gain_date,
                  due.amount, due.operation_id
    ), counted AS (
        SELECT gone.*, held.points, held.sequence, held.last_hash, held.status,
               row_number() OVER in_order AS n, sum(amount) OVER in_order AS upto
        FROM gone JOIN held ON held.id = gone.card_id
        WINDOW in_order AS (PARTITION BY gone.card_id ORDER BY expiration_date, gain_date, gone.id
                            ROWS UNBOUNDED PRECEDING)
    ), journal AS (
        INSERT INTO loyalty_pointhistory (
            card_id, sequence, operation_id, move_id, kind, points_amount, points_balance,
            transaction_time, origin, membership_product_id, status_membership_product_id, hash)
        SELECT card_id, sequence + n, operation_id, id, 'expire', -amount, points - upto, p_at,
               'expiry', membership_product_id, status,
               ledger_chain(last_hash, ledger_row(
                   card_id, sequence + n, operation_id, id, 'expire', -amount, points - upto,
                   p_at, membership_product_id, status, 'expiry'))
               OVER (PARTITION BY card_id ORDER BY n ROWS UNBOUNDED PRECEDING)
        FROM counted
        RETURNING card_id, sequence, operation_id, points_balance, hash
    ), head AS (
        UPDATE loyalty_loyaltycard c
        SET points = last.points_balance, sequence = last.sequence, last_hash = last.hash
        FROM (SELECT DISTINCT ON (card_id) * FROM journal ORDER BY card_id, sequence DESC) AS last
        WHERE c.id = last.card_id
        RETURNING c.id, c.sequence, c.points, last.operation_id
    ), told AS MATERIALIZED (
        SELECT held.gone, head.sequence - held.sequence AS lots, record_event(
                   'PointsExpired', 'card:' || held.id, ledger_payload(
                       held.id, held.loyalty_program_id, held.partner_id, head.operation_id,
                       -held.gone, head.points, 'expiry', held.status), p_at)
        FROM head JOIN held ON held.id = head.id
    )
    SELECT count(*), coalesce(sum(told.lots), 0), coalesce(sum(told.gone), 0),
           (SELECT count(*) FROM held WHERE total - debt <> points)
    INTO cards, lots, points, unsound FROM told;
END $$;
