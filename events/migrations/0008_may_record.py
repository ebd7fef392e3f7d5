"""The guard of record_event for statements that write their event among other rows."""

from django.db import migrations

# Of one expression, so that it becomes part of the statement: a call of record_event cost a till
# as much as writing the event.
MAY_RECORD = """
CREATE FUNCTION refuse_to_record(p_type text) RETURNS text LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'this consumer must say records_events=True to record events';
END $$;
CREATE FUNCTION may_record(p_type text) RETURNS text LANGUAGE sql AS $$
    SELECT CASE WHEN current_setting('application_name') = 'punchcard: records no event'
                THEN refuse_to_record(p_type) ELSE p_type END
$$;
COMMENT ON FUNCTION may_record IS
    'The type of an event, for INSERTs that do without record_event; raises where that would.';
"""


class Migration(migrations.Migration):
    """Adds the function may_record."""

    dependencies = [("events", "0007_order_of_commits")]

    operations = [
        migrations.RunSQL(
            MAY_RECORD, "DROP FUNCTION may_record(text); DROP FUNCTION refuse_to_record(text)"
        )
    ]
