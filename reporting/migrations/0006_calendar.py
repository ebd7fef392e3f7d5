"""Partitions for instants outside of the calendar; its text is in `sql/`."""

from pathlib import Path

from django.db import migrations

SQL = Path(__file__).parent / "sql"


class Migration(migrations.Migration):
    """Makes two partitions of each kind of details."""

    dependencies = [("reporting", "0005_sold_on")]

    operations = [
        migrations.RunSQL(
            (SQL / "0006_calendar.sql").read_text(), (SQL / "0006_calendar.down.sql").read_text()
        )
    ]
