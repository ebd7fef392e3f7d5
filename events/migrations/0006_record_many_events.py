"""Many events of one type at once, for those who write a row for thousands of cards."""

from django.db import migrations

RECORD_EVENTS = """
CREATE FUNCTION record_events(p_type text, p_keys text[], p_payloads jsonb[], p_at timestamptz)
RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    -- As in record_event.
    IF current_setting('application_name') = 'punchcard: records no event' THEN
        RAISE EXCEPTION 'this consumer must say records_events=True to record events';
    END IF;
    INSERT INTO events_event (type, key, payload, occurred_at)
    SELECT p_type, one.key, one.payload, p_at
    FROM unnest(p_keys, p_payloads) WITH ORDINALITY AS one(key, payload, place)
    ORDER BY place;
END $$;
COMMENT ON FUNCTION record_events IS
    'As record_event, for several keys; cheaper than as many calls of it.';
"""


class Migration(migrations.Migration):
    """Adds the function record_events."""

    dependencies = [("events", "0005_webhooks")]

    operations = [
        migrations.RunSQL(
            RECORD_EVENTS, "DROP FUNCTION record_events(text, text[], jsonb[], timestamptz)"
        )
    ]
