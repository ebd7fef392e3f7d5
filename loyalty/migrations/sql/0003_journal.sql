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
    p_kinds text[] DEFAULT NULL, p_active_until timestamptz DEFAULT NULL
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
        sequence = p_sequence + cardinality(p_amounts),
        active_until = CASE WHEN p_active_until IS NULL THEN active_until
                            ELSE greatest(active_until, p_active_until) END
    WHERE id = p_card;
    RETURN p_balance;
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

-- What can be spent of a card at an instant, less the debt. Raises if its lots do not add up to its
-- balance: such a card must not be used further.
CREATE FUNCTION ledger_balance(
    p_card bigint, p_points numeric, p_debt numeric, p_at timestamptz
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
    FROM loyalty_pointmove WHERE card_id = p_card AND state = 'active';
    IF v_total - p_debt <> p_points THEN
        PERFORM ledger_stop(p_card, p_points, v_total - p_debt);
    END IF;
    RETURN v_usable - p_debt;
END $$;

CREATE FUNCTION ledger_stop(p_card bigint, p_points numeric, p_by_lots numeric)
RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'card % holds % but its lots say %: run verify_ledger',
        p_card, p_points, p_by_lots USING ERRCODE = 'data_corrupted';
END $$;

-- The event of an operation, for those who follow the log.
CREATE FUNCTION ledger_event(
    p_type text, p_card bigint, p_program bigint, p_partner bigint, p_operation bigint,
    p_points numeric, p_balance numeric, p_origin text, p_status bigint, p_at timestamptz
) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    PERFORM record_event(p_type, 'card:' || p_card, jsonb_build_object(
        'card_id', p_card, 'loyalty_program_id', p_program, 'partner_id', p_partner,
        'operation_id', p_operation, 'points', trim_scale(p_points)::text,
        'points_balance', trim_scale(p_balance)::text, 'origin', p_origin,
        'membership_product_id', p_status), p_at);
END $$;
