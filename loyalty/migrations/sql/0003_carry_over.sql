-- Carry the points on a member's cards over to a level: every lot that is still good changes its
-- level, and the journal says so in two rows a lot, off the old level and onto the new one; the
-- balance stays. The caller holds the partner's row lock. Returns how many lots were carried.
CREATE FUNCTION ledger_carry_over(
    p_partner bigint, p_product bigint, p_origin text, p_key text, p_at timestamptz
) RETURNS int LANGUAGE plpgsql AS $$
DECLARE
    c record;
    lot record;
    v_card bigint;
    v_operation bigint;
    v_balance numeric;
    v_carried int := 0;
    v_moves bigint[];
    v_products bigint[];
    v_amounts numeric[];
BEGIN
    FOR v_card IN SELECT id FROM loyalty_loyaltycard WHERE partner_id = p_partner ORDER BY id LOOP
        -- A statement of its own, for the snapshot of the next ones: see ledger_gain.
        SELECT points, debt, sequence, last_hash INTO c
        FROM loyalty_loyaltycard WHERE id = v_card FOR NO KEY UPDATE;
        v_moves := '{}';
        v_products := '{}';
        v_amounts := '{}';
        FOR lot IN
            SELECT id, remaining_point, membership_product_id FROM loyalty_pointmove
            WHERE card_id = v_card AND state = 'active'
              AND (expiration_date IS NULL OR expiration_date > p_at)
              AND membership_product_id IS DISTINCT FROM p_product
            ORDER BY expiration_date, gain_date, id
        LOOP
            v_moves := v_moves || lot.id || lot.id;
            v_products := v_products || lot.membership_product_id || p_product;
            v_amounts := v_amounts || -lot.remaining_point || lot.remaining_point;
            v_carried := v_carried + 1;
        END LOOP;
        CONTINUE WHEN cardinality(v_moves) = 0;
        v_balance := ledger_balance(v_card, c.points, c.debt, p_at);
        INSERT INTO loyalty_pointoperation (
            card_id, kind, idempotency_key, request_digest, requested_points, points,
            expired_points, balance_before, balance_after, reversed_points, origin,
            transaction_time)
        VALUES (v_card, 'transfer', p_key || ':' || v_card, '', 0, 0, 0, v_balance, v_balance, 0,
                p_origin, p_at)
        RETURNING id INTO v_operation;
        UPDATE loyalty_pointmove SET membership_product_id = p_product WHERE id = ANY (v_moves);
        PERFORM ledger_append(
            v_card, c.points, c.debt, c.sequence, c.last_hash, v_operation, 'transfer', p_at,
            p_origin, p_product, v_moves, v_products, v_amounts);
    END LOOP;
    RETURN v_carried;
END $$;
