"""A way into the event log for database functions, which have no Python to call."""

from django.db import migrations

RECORD_EVENT = """
CREATE FUNCTION record_event(p_type text, p_key text, p_payload jsonb, p_at timestamptz)
RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO events_event (type, key, payload, occurred_at)
    VALUES (p_type, p_key, p_payload, p_at);
END $$;
COMMENT ON FUNCTION record_event IS
    'Append an event in the transaction that caused it; the twin of events.log.record.';
"""


class Migration(migrations.Migration):
    """Adds the function record_event."""

    dependencies = [("events", "0001_initial")]

    operations = [
        migrations.RunSQL(
            RECORD_EVENT, "DROP FUNCTION record_event(text, text, jsonb, timestamptz)"
        )
    ]
