-- What undoing an operation would do: rows for the journal, changes of lots, and how much of it
-- changes what can be spent at once. Nothing is written while planning.
CREATE TYPE ledger_undoing AS (
    kinds text[],
    moves bigint[],
    products bigint[],
    amounts numeric[],
    lots bigint[],
    lot_amounts numeric[],
    lot_expired numeric[],
    lot_expires timestamptz[],
    expired numeric,
    usable numeric,
    missing numeric
);

CREATE FUNCTION ledger_plan_giving_back(
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
        IF lot.expires_when_inactive AND lot.state <> 'expired' THEN
            -- Activity pushed out the lots that were there; this one had been empty.
            v_expires := greatest(v_expires, c.active_until);
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

CREATE FUNCTION ledger_plan_taking_back(
    c loyalty_loyaltycard, o loyalty_pointoperation, p_asked numeric, p_policy text,
    p_at timestamptz
) RETURNS ledger_undoing LANGUAGE plpgsql STABLE AS $$
DECLARE
    u ledger_undoing;
    lot record;
    v_own numeric;
    v_gone numeric;
    v_left numeric;
    v_take numeric;
BEGIN
    u.missing := 0;
    u.usable := 0;
    -- What expired of the points, swept or not, is no longer there to be taken, and was never
    -- spent; earlier reversals of this operation may have counted some of it.
    SELECT coalesce(sum(remaining_point) FILTER (WHERE alive), 0),
           coalesce(sum(remaining_point) FILTER (WHERE NOT alive), 0)
           + coalesce(sum(expired_point), 0)
           - coalesce((SELECT sum(expired_points) FROM loyalty_pointoperation
                       WHERE reverses_id = o.id), 0)
    INTO v_own, v_gone
    FROM (SELECT remaining_point, expired_point, coalesce(expiration_date > p_at, true) AS alive
          FROM loyalty_pointmove WHERE operation_id = o.id) AS own;
    u.expired := least(greatest(p_asked - v_own, 0), v_gone);
    v_left := p_asked - u.expired;
    FOR lot IN
        SELECT id, remaining_point, membership_product_id, expiration_date, available_from
        FROM loyalty_pointmove
        WHERE card_id = c.id AND state = 'active' AND coalesce(expiration_date > p_at, true)
        ORDER BY operation_id = o.id DESC, expiration_date, gain_date, id
    LOOP
        EXIT WHEN v_left = 0;
        v_take := least(v_left, lot.remaining_point);
        v_left := v_left - v_take;
        u.kinds := u.kinds || 'reverse'::text;
        u.moves := u.moves || lot.id;
        u.products := u.products || lot.membership_product_id;
        u.amounts := u.amounts || -v_take;
        u.lots := u.lots || lot.id;
        u.lot_amounts := u.lot_amounts || -v_take;
        u.lot_expired := u.lot_expired || 0::numeric;
        u.lot_expires := u.lot_expires || lot.expiration_date;
        IF lot.available_from <= p_at THEN
            u.usable := u.usable - v_take;
        END IF;
    END LOOP;
    IF v_left > 0 AND p_policy = 'refuse' THEN
        u.missing := v_left;
    ELSIF v_left > 0 AND p_policy = 'allow' THEN
        u.kinds := u.kinds || 'reverse'::text;
        u.moves := u.moves || NULL::bigint;
        u.products := u.products || NULL::bigint;
        u.amounts := u.amounts || -v_left;
        u.usable := u.usable - v_left;
    END IF;
    RETURN u;
END $$;
