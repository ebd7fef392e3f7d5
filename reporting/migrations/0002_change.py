"""What says which state of the data a report was made from; its text is in `sql/`."""

from pathlib import Path

from django.db import migrations

SQL = Path(__file__).parent / "sql"


class Migration(migrations.Migration):
    """Makes the table of changes, and the triggers of what reports read beside the summaries."""

    dependencies = [("reporting", "0001_facts")]

    operations = [
        migrations.RunSQL(
            (SQL / "0002_change.sql").read_text(), (SQL / "0002_change.down.sql").read_text()
        )
    ]
