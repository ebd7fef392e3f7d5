"""The log's order: behind what had ended when an event was recorded, however early its own
transaction had begun."""

from django.db import migrations, models
from django.db.models.expressions import RawSQL

YOUNGEST = (
    "greatest(pg_current_xact_id()::text::bigint,"
    " pg_snapshot_xmax(pg_current_snapshot())::text::bigint - 1)"
)


class Migration(migrations.Migration):
    """Changes the default of transaction_id; the rows that are there keep their places."""

    dependencies = [("events", "0006_record_many_events")]

    operations = [
        migrations.AlterField(
            model_name="event",
            name="transaction_id",
            field=models.BigIntegerField(db_default=RawSQL(YOUNGEST, [])),  # noqa: S611 - a constant
        ),
    ]
