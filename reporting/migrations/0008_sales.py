"""Orders made in an hour, beside those that stayed; its text is in `sql/`."""

from pathlib import Path

from django.db import migrations

SQL = Path(__file__).parent / "sql"


class Migration(migrations.Migration):
    """Adds a column to the hours of orders."""

    dependencies = [("reporting", "0007_view_customers")]

    operations = [
        migrations.RunSQL(
            (SQL / "0008_sales.sql").read_text(), (SQL / "0008_sales.down.sql").read_text()
        )
    ]
