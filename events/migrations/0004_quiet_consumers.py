"""Consumers that promise to record no event are held to it, in database functions too."""

from django.db import migrations

FUNCTION = """
CREATE OR REPLACE FUNCTION record_event(
    p_type text, p_key text, p_payload jsonb, p_at timestamptz
) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    {guard}
    INSERT INTO events_event (type, key, payload, occurred_at)
    VALUES (p_type, p_key, p_payload, p_at);
END $$;
"""
GUARD = """
    -- Readers of the log do not wait for a transaction of this name (events/stream.py), so an
    -- event recorded in it could be passed over.
    IF current_setting('application_name') = 'punchcard: records no event' THEN
        RAISE EXCEPTION 'this consumer must say records_events=True to record events';
    END IF;
"""
# A consumer's places are updated with every batch: room in the page keeps that cheap.
ROOM = "ALTER TABLE events_consumerposition SET (fillfactor = 50)"


class Migration(migrations.Migration):
    """Replaces record_event by one that refuses in a transaction marked as quiet."""

    dependencies = [("events", "0003_consumer_positions")]

    operations = [
        migrations.RunSQL(FUNCTION.format(guard=GUARD), FUNCTION.format(guard="")),
        migrations.RunSQL(ROOM, "ALTER TABLE events_consumerposition RESET (fillfactor)"),
    ]
