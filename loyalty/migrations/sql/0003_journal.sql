-- The journal: what every ledger function shares. Read docs/ledger.md first.

-- What a ledger function answers. outcome: 'done', 'terms_unknown', or the code of a refusal; a
-- refused call has written nothing. required and available are the facts of a refusal.
CREATE TYPE ledger_result AS (
    outcome text,
    operation_id bigint,
    card_id bigint,
    kind text,
    requested numeric,
    points numeric,
    expired numeric,
    balance_before numeric,
    balance_after numeric,
    replayed boolean,
    required numeric,
    available numeric,
    terms text
);

-- The hash of a journal row: sha256 over the hash before it and the row's own columns, in UTF-8,
-- separated by bars, a null as nothing, the instant in microseconds since 1970. The origin is
-- the only free text and comes last, so no two different rows give the same bytes.
CREATE FUNCTION ledger_hash(
    p_previous bytea, p_card bigint, p_sequence bigint, p_operation bigint, p_move bigint,
    p_kind text, p_amount numeric, p_balance numeric, p_at timestamptz, p_product bigint,
    p_status bigint, p_origin text
) RETURNS bytea LANGUAGE sql STABLE AS $$
    SELECT sha256(p_previous || convert_to(
        p_card || '|' || p_sequence || '|' || p_operation || '|' || coalesce(p_move::text, '')
        || '|' || p_kind || '|' || p_amount::numeric(18, 4) || '|' || p_balance::numeric(18, 4)
        || '|' || (extract(epoch FROM p_at) * 1000000)::bigint
        || '|' || coalesce(p_product::text, '') || '|' || coalesce(p_status::text, '')
        || '|' || p_origin, 'UTF8'))
$$;

-- Append rows to a card's journal and move its head: balance, debt, sequence, hash. The caller
-- holds the card's row lock and has changed the lots. A row without a lot moves the debt.
-- Returns the balance after.
CREATE FUNCTION ledger_append(
    p_card loyalty_loyaltycard, p_operation bigint, p_at timestamptz, p_origin text,
    p_status bigint, p_kinds text[], p_moves bigint[], p_products bigint[], p_amounts numeric[],
    p_active_until timestamptz DEFAULT NULL
) RETURNS numeric LANGUAGE plpgsql AS $$
DECLARE
    v_balance numeric := p_card.points;
    v_debt numeric := p_card.debt;
    v_hash bytea := p_card.last_hash;
BEGIN
    -- Row by row: the chain is one, and a statement over arrays is planned anew at every call.
    FOR i IN 1 .. cardinality(p_amounts) LOOP
        v_balance := v_balance + p_amounts[i];
        IF p_moves[i] IS NULL THEN
            v_debt := v_debt - p_amounts[i];
        END IF;
        v_hash := ledger_hash(
            v_hash, p_card.id, p_card.sequence + i, p_operation, p_moves[i], p_kinds[i],
            p_amounts[i], v_balance, p_at, p_products[i], p_status, p_origin);
        INSERT INTO loyalty_pointhistory (
            card_id, sequence, operation_id, move_id, kind, points_amount, points_balance,
            transaction_time, origin, membership_product_id, status_membership_product_id, hash)
        VALUES (p_card.id, p_card.sequence + i, p_operation, p_moves[i], p_kinds[i],
                p_amounts[i], v_balance, p_at, p_origin, p_products[i], p_status, v_hash);
    END LOOP;
    UPDATE loyalty_loyaltycard
    SET points = v_balance, debt = v_debt, last_hash = v_hash,
        sequence = p_card.sequence + cardinality(p_amounts),
        active_until = CASE WHEN p_active_until IS NULL THEN active_until
                            ELSE greatest(active_until, p_active_until) END
    WHERE id = p_card.id;
    RETURN v_balance;
END $$;

-- What was answered to this key before, or a row of nulls.
CREATE FUNCTION ledger_replay(p_key text, p_digest text)
RETURNS ledger_result LANGUAGE plpgsql STABLE AS $$
DECLARE
    r ledger_result;
    o loyalty_pointoperation;
BEGIN
    SELECT * INTO o FROM loyalty_pointoperation WHERE idempotency_key = p_key;
    IF FOUND THEN
        r.outcome := CASE WHEN o.request_digest = p_digest THEN 'done'
                          ELSE 'idempotency_key_reused' END;
        r.operation_id := o.id;
        r.card_id := o.card_id;
        r.kind := o.kind;
        r.requested := o.requested_points;
        r.points := o.points;
        r.expired := o.expired_points;
        r.balance_before := o.balance_before;
        r.balance_after := o.balance_after;
        r.replayed := true;
    END IF;
    RETURN r;
END $$;

-- A refusal; unless the key was answered before, which goes first.
CREATE FUNCTION ledger_refuse(
    p_key text, p_digest text, p_code text, p_required numeric DEFAULT NULL,
    p_available numeric DEFAULT NULL, p_terms text DEFAULT NULL
) RETURNS ledger_result LANGUAGE plpgsql STABLE AS $$
DECLARE
    r ledger_result := ledger_replay(p_key, p_digest);
BEGIN
    IF r.outcome IS NULL THEN
        r.outcome := p_code;
        r.required := p_required;
        r.available := p_available;
        r.terms := p_terms;
    END IF;
    RETURN r;
END $$;

-- The level a card's owner holds at an instant: open until it is closed, whatever its term says.
CREATE FUNCTION ledger_status(p_partner bigint, p_at timestamptz)
RETURNS bigint LANGUAGE sql STABLE AS $$
    SELECT membership_product_id FROM loyalty_membership
    WHERE partner_id = p_partner AND membership_start <= p_at
      AND (closed_at IS NULL OR closed_at > p_at)
    ORDER BY membership_start DESC, id DESC LIMIT 1
$$;

-- All that is left on a card's active lots, and what of it can be spent at an instant, less the
-- debt. Raises if the lots do not add up to the card: such a card must not be used further.
CREATE FUNCTION ledger_balance(
    p_card loyalty_loyaltycard, p_at timestamptz
) RETURNS numeric LANGUAGE plpgsql STABLE AS $$
DECLARE
    v_total numeric;
    v_usable numeric;
BEGIN
    SELECT coalesce(sum(remaining_point), 0),
           coalesce(sum(remaining_point) FILTER (
               WHERE available_from <= p_at
                 AND (expiration_date IS NULL OR expiration_date > p_at)), 0)
    INTO v_total, v_usable
    FROM loyalty_pointmove WHERE card_id = p_card.id AND state = 'active';
    PERFORM ledger_must_add_up(p_card, v_total);
    RETURN v_usable - p_card.debt;
END $$;

CREATE FUNCTION ledger_must_add_up(p_card loyalty_loyaltycard, p_on_lots numeric)
RETURNS void LANGUAGE plpgsql IMMUTABLE AS $$
BEGIN
    IF p_on_lots - p_card.debt <> p_card.points THEN
        RAISE EXCEPTION 'card % holds % but its lots say %: run verify_ledger',
            p_card.id, p_card.points, p_on_lots - p_card.debt USING ERRCODE = 'data_corrupted';
    END IF;
END $$;

-- The event of an operation, for those who follow the log.
CREATE FUNCTION ledger_event(
    p_type text, p_card loyalty_loyaltycard, p_operation bigint, p_points numeric,
    p_balance numeric, p_origin text, p_status bigint, p_at timestamptz,
    p_more jsonb DEFAULT '{}'
) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    PERFORM record_event(p_type, 'card:' || p_card.id, jsonb_build_object(
        'card_id', p_card.id, 'loyalty_program_id', p_card.loyalty_program_id,
        'partner_id', p_card.partner_id, 'operation_id', p_operation,
        'points', trim_scale(p_points)::text, 'points_balance', trim_scale(p_balance)::text,
        'origin', p_origin, 'membership_product_id', p_status) || p_more, p_at);
END $$;
