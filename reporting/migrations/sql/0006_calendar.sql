-- Instants that no shop can mean (a mistyped year) have no month: two partitions take them, before
-- and after the calendar (see CALENDAR in reporting/facts/months.py). Not a default partition:
-- attaching a month would stop the readers of that one.
DO $$
DECLARE
    parent text;
    part text;
    held text[];
    columns text;
BEGIN
    FOREACH parent IN ARRAY ARRAY[
            'promotion_report_detail', 'order_report_detail', 'point_report_detail'] LOOP
        -- Months outside, made before there was a calendar, give their rows to these two.
        SELECT coalesce(array_agg(child.relname), '{}') INTO held
        FROM pg_inherits JOIN pg_class child ON child.oid = inhrelid
        WHERE inhparent = parent::regclass AND child.relname ~ '_[0-9]{4,}_[0-9]{2}$'
          AND substring(child.relname FROM '([0-9]+)_[0-9]{2}$')::integer NOT BETWEEN 1980 AND 2099;
        SELECT string_agg(quote_ident(attname), ', ') INTO columns FROM pg_attribute
        WHERE attrelid = parent::regclass AND attnum > 0 AND NOT attisdropped;
        FOREACH part IN ARRAY held LOOP
            EXECUTE format('ALTER TABLE %I DETACH PARTITION %I', parent, part);
        END LOOP;
        EXECUTE format('CREATE TABLE %I PARTITION OF %I FOR VALUES FROM (MINVALUE) TO (%L)',
            parent || '_before', parent, timestamptz '1980-01-01 00:00+00');
        EXECUTE format('CREATE TABLE %I PARTITION OF %I FOR VALUES FROM (%L) TO (MAXVALUE)',
            parent || '_after', parent, timestamptz '2100-01-01 00:00+00');
        FOREACH part IN ARRAY held LOOP
            EXECUTE format('INSERT INTO %I (%s) OVERRIDING SYSTEM VALUE SELECT %s FROM %I',
                parent, columns, columns, part);
            EXECUTE format('DROP TABLE %I', part);
        END LOOP;
    END LOOP;
END $$;

CREATE OR REPLACE FUNCTION report_make_partitions(first timestamptz, last timestamptz)
RETURNS integer LANGUAGE plpgsql AS $$
DECLARE
    parent text;
    starts timestamptz;
    part text;
    made integer := 0;
BEGIN
    FOR starts IN SELECT month AT TIME ZONE 'UTC' FROM generate_series(
            date_trunc('month', greatest(first AT TIME ZONE 'UTC', timestamp '1980-01-01')),
            date_trunc('month', least(last AT TIME ZONE 'UTC', timestamp '2099-12-01')),
            interval '1 month') AS month LOOP
        FOREACH parent IN ARRAY ARRAY[
                'promotion_report_detail', 'order_report_detail', 'point_report_detail'] LOOP
            part := format('%s_%s', parent, to_char(starts AT TIME ZONE 'UTC', 'YYYY_MM'));
            IF to_regclass(part) IS NULL THEN
                -- Two processes may find it missing at once: one makes it, the other waits.
                PERFORM pg_advisory_xact_lock(hashtext('report_make_partitions'));
                IF to_regclass(part) IS NULL THEN
                    EXECUTE format('CREATE TABLE %I (LIKE %I INCLUDING DEFAULTS INCLUDING '
                        'CONSTRAINTS)', part, parent);
                    EXECUTE format('ALTER TABLE %I ATTACH PARTITION %I FOR VALUES FROM (%L) TO (%L)',
                        parent, part, starts,
                        (starts AT TIME ZONE 'UTC' + interval '1 month') AT TIME ZONE 'UTC');
                    made := made + 1;
                END IF;
            END IF;
        END LOOP;
    END LOOP;
    RETURN made;
END $$;
