-- Which state of the data a report was made from. Each change of what reports read adds a row in
-- its own transaction, and takes away the rows it finds; so the rows that are seen together name
-- one state, and no other ever, not after a rollback or a restored backup either. Nobody waits:
-- who finds a row taken leaves it.
CREATE TABLE report_change (id uuid PRIMARY KEY DEFAULT gen_random_uuid());

CREATE FUNCTION report_note_change() RETURNS void LANGUAGE sql AS $$
    DELETE FROM report_change WHERE id IN (SELECT id FROM report_change FOR UPDATE SKIP LOCKED);
    INSERT INTO report_change DEFAULT VALUES;
$$;

-- What reports read beside the summaries. These only add: the next load of facts takes away.
CREATE FUNCTION report_note_edit() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO report_change DEFAULT VALUES;
    RETURN NULL;
END $$;
CREATE TRIGGER report_reads_levels_of_members
AFTER INSERT OR DELETE OR UPDATE OF partner_id, membership_product_id, membership_start
ON loyalty_membership FOR EACH STATEMENT EXECUTE FUNCTION report_note_edit();
CREATE TRIGGER report_reads_names_of_levels AFTER UPDATE OF name, rank
ON loyalty_membershipproduct FOR EACH STATEMENT EXECUTE FUNCTION report_note_edit();
CREATE TRIGGER report_reads_names_of_programs AFTER UPDATE OF name, program_type
ON promotions_promotionprogram FOR EACH STATEMENT EXECUTE FUNCTION report_note_edit();
