DROP FUNCTION ledger_append(bigint, numeric, numeric, bigint, bytea, bigint, text, timestamptz, text, bigint, bigint[], bigint[], numeric[], text[], timestamptz);
DROP FUNCTION ledger_push_out(bigint, timestamptz, timestamptz, bigint[]);

-- Append rows to a card's journal, in the order given, and move its head: balance, debt, sequence,
-- hash. The caller holds the card's row lock, passes the head as it found it, and has changed the
-- lots. A row without a lot moves the debt. p_kinds: where the rows are of several kinds.
-- Returns the balance after.
--
-- Row by row, and with plain values: the chain is one, a statement over arrays is planned anew at
-- every call, and rows as arguments are taken apart and put together again.
CREATE FUNCTION ledger_append(
    p_card bigint, p_balance numeric, p_debt numeric, p_sequence bigint, p_hash bytea,
    p_operation bigint, p_kind text, p_at timestamptz, p_origin text, p_status bigint,
    p_moves bigint[], p_products bigint[], p_amounts numeric[],
    p_kinds text[] DEFAULT NULL
) RETURNS numeric LANGUAGE plpgsql AS $$
BEGIN
    FOR i IN 1 .. cardinality(p_amounts) LOOP
        p_balance := p_balance + p_amounts[i];
        IF p_moves[i] IS NULL THEN
            p_debt := p_debt - p_amounts[i];
        END IF;
        IF p_kinds IS NOT NULL THEN
            p_kind := p_kinds[i];
        END IF;
        INSERT INTO loyalty_pointhistory (
            card_id, sequence, operation_id, move_id, kind, points_amount, points_balance,
            transaction_time, origin, membership_product_id, status_membership_product_id, hash)
        VALUES (
            p_card, p_sequence + i, p_operation, p_moves[i], p_kind, p_amounts[i], p_balance,
            p_at, p_origin, p_products[i], p_status,
            ledger_hash(p_hash, p_card, p_sequence + i, p_operation, p_moves[i], p_kind,
                        p_amounts[i], p_balance, p_at, p_products[i], p_status, p_origin))
        RETURNING hash INTO p_hash;
    END LOOP;
    UPDATE loyalty_loyaltycard
    SET points = p_balance, debt = p_debt, last_hash = p_hash,
        sequence = p_sequence + cardinality(p_amounts)
    WHERE id = p_card;
    RETURN p_balance;
END $$;

-- Until when an empty lot that lives by activity would be good if it were not empty: every activity
-- written since it was emptied, at which it would still have been good, pushes it out. So lots that
-- are empty cost an activity nothing, and the one that is given back pays.
CREATE FUNCTION ledger_kept_until(p_card bigint, p_move bigint, p_expires timestamptz)
RETURNS timestamptz LANGUAGE plpgsql STABLE AS $$
DECLARE
    activity record;
BEGIN
    FOR activity IN
        SELECT transaction_time, pushed_until FROM loyalty_pointoperation
        WHERE card_id = p_card AND pushed_until IS NOT NULL
          AND id > (SELECT operation_id FROM loyalty_pointhistory
                    WHERE card_id = p_card AND move_id = p_move ORDER BY sequence DESC LIMIT 1)
        ORDER BY id
    LOOP
        IF p_expires > activity.transaction_time THEN
            p_expires := greatest(p_expires, activity.pushed_until);
        END IF;
    END LOOP;
    RETURN p_expires;
END $$;

CREATE OR REPLACE FUNCTION ledger_plan_giving_back(
    c loyalty_loyaltycard, o loyalty_pointoperation, p_asked numeric, p_at timestamptz
) RETURNS ledger_undoing LANGUAGE plpgsql STABLE AS $$
DECLARE
    u ledger_undoing;
    lot record;
    v_repaid numeric := least(p_asked, c.debt);
    v_expires timestamptz;
    v_gone boolean;
BEGIN
    u.expired := 0;
    u.missing := 0;
    u.usable := v_repaid;
    IF v_repaid > 0 THEN
        u.kinds := u.kinds || 'reverse'::text;
        u.moves := u.moves || NULL::bigint;
        u.products := u.products || NULL::bigint;
        u.amounts := u.amounts || v_repaid;
    END IF;
    FOR lot IN
        SELECT m.*, least(taken.upto, o.reversed_points + p_asked)
               - greatest(taken.upto - taken.amount, o.reversed_points + v_repaid) AS back
        FROM (SELECT move_id, -points_amount AS amount,
                     sum(-points_amount) OVER (ORDER BY sequence DESC) AS upto
              FROM loyalty_pointhistory WHERE operation_id = o.id) AS taken
        JOIN loyalty_pointmove m ON m.id = taken.move_id
        WHERE taken.upto > o.reversed_points + v_repaid
          AND taken.upto - taken.amount < o.reversed_points + p_asked
        ORDER BY taken.upto
    LOOP
        v_expires := lot.expiration_date;
        IF lot.expires_when_inactive AND lot.state = 'depleted' THEN
            v_expires := ledger_kept_until(c.id, lot.id, v_expires);
        END IF;
        v_gone := lot.state = 'expired' OR coalesce(v_expires <= p_at, false);
        u.kinds := u.kinds || 'reverse'::text;
        u.moves := u.moves || lot.id;
        u.products := u.products || lot.membership_product_id;
        u.amounts := u.amounts || lot.back;
        u.lots := u.lots || lot.id;
        u.lot_expires := u.lot_expires || v_expires;
        IF v_gone THEN
            u.kinds := u.kinds || 'expire'::text;
            u.moves := u.moves || lot.id;
            u.products := u.products || lot.membership_product_id;
            u.amounts := u.amounts || -lot.back;
            u.lot_amounts := u.lot_amounts || 0::numeric;
            u.lot_expired := u.lot_expired || lot.back;
            u.expired := u.expired + lot.back;
        ELSE
            u.lot_amounts := u.lot_amounts || lot.back;
            u.lot_expired := u.lot_expired || 0::numeric;
            IF lot.available_from <= p_at THEN
                u.usable := u.usable + lot.back;
            END IF;
        END IF;
    END LOOP;
    RETURN u;
END $$;
