"""Which months of details are in files; its text is in `sql/`."""

from pathlib import Path

from django.db import migrations

SQL = Path(__file__).parent / "sql"


class Migration(migrations.Migration):
    """Makes the table of archives."""

    dependencies = [("reporting", "0003_report_export")]

    operations = [
        migrations.RunSQL(
            (SQL / "0004_archive.sql").read_text(), (SQL / "0004_archive.down.sql").read_text()
        )
    ]
