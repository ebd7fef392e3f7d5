-- What a till must know of a member and of the cards behind codes, as of an instant: one row a
-- card, and at least one row. Called by loyalty.queries.read_wallet, which names the columns.
--
-- A function, because planning the statement costs three times what running it does; a generic
-- plan always, because its arguments are references and codes, which all find a row or two.
-- p_lock: first the partner, then the cards in the order of their ids (docs/locks.md), so that
-- what is read then holds until the transaction ends. Each step is a statement with a snapshot
-- of its own, which is why the function is volatile.
DROP FUNCTION loyalty_wallet(text, bigint, text[], timestamptz, boolean);
CREATE FUNCTION loyalty_wallet(
    p_ref text, p_id bigint, p_keys text[], p_at timestamptz, p_lock boolean
) RETURNS TABLE (
    partner_id bigint, partner_ref varchar, partner_name varchar, membership_id bigint,
    own boolean, card_id bigint, code varchar, code_key varchar, loyalty_program_id bigint,
    balance numeric, partner_ids bigint[], active boolean, expires_at timestamptz,
    has_levels boolean
) LANGUAGE plpgsql SET plan_cache_mode = force_generic_plan AS $$
#variable_conflict use_column
DECLARE
    v_partner bigint;
    v_cards bigint[];
BEGIN
    IF p_lock THEN
        SELECT id INTO v_partner FROM loyalty_partner
        WHERE ref = p_ref OR id = p_id FOR NO KEY UPDATE;
    ELSE
        SELECT id INTO v_partner FROM loyalty_partner WHERE ref = p_ref OR id = p_id;
    END IF;
    v_cards := ARRAY(
        SELECT id FROM loyalty_loyaltycard WHERE partner_id = v_partner AND active
        UNION
        SELECT shared.loyaltycard_id FROM loyalty_loyaltycard_shared_with shared
        JOIN loyalty_loyaltycard c ON c.id = shared.loyaltycard_id AND c.active
        WHERE shared.partner_id = v_partner
        UNION
        SELECT id FROM loyalty_loyaltycard WHERE code_key = ANY (p_keys));
    IF p_lock THEN
        PERFORM FROM loyalty_loyaltycard WHERE id = ANY (v_cards)
        ORDER BY id FOR NO KEY UPDATE;
    END IF;
    RETURN QUERY
    SELECT who.id, who.ref, who.name, ledger_status(who.id, p_at),
           c.active AND (c.partner_id = who.id OR EXISTS (
               SELECT FROM loyalty_loyaltycard_shared_with shared
               WHERE shared.loyaltycard_id = c.id AND shared.partner_id = who.id)),
           c.id, c.code, c.code_key, c.loyalty_program_id,
           (SELECT coalesce(sum(m.remaining_point), 0) FROM loyalty_pointmove m
            WHERE m.card_id = c.id AND m.state = 'active' AND m.available_from <= p_at
              AND (m.expiration_date IS NULL OR m.expiration_date > p_at)) - c.debt,
           ARRAY(SELECT c.partner_id WHERE c.partner_id IS NOT NULL
                 UNION SELECT shared.partner_id FROM loyalty_loyaltycard_shared_with shared
                       WHERE shared.loyaltycard_id = c.id),
           c.active, c.expires_at,
           EXISTS (SELECT FROM loyalty_membershiplevelpath)
    FROM (VALUES (1)) AS one
    LEFT JOIN loyalty_partner who ON who.id = v_partner
    LEFT JOIN loyalty_loyaltycard c ON c.id = ANY (v_cards)
    ORDER BY c.id;
END $$;
