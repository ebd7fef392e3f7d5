"""On which day an order was sold that came back; its text is in `sql/`."""

from pathlib import Path

from django.db import migrations

SQL = Path(__file__).parent / "sql"


class Migration(migrations.Migration):
    """Adds the day of the sale to the summaries of customers."""

    dependencies = [("reporting", "0004_archive")]

    operations = [
        migrations.RunSQL(
            (SQL / "0005_sold_on.sql").read_text(), (SQL / "0005_sold_on.down.sql").read_text()
        )
    ]
