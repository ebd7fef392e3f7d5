"""The facts, their summaries and the views over them; their text is in `sql/`."""

from pathlib import Path

from django.db import migrations

SQL = Path(__file__).parent / "sql"


def _part(name: str) -> migrations.RunSQL:
    """Return the operation of one pair of files, forwards and back."""
    return migrations.RunSQL(
        (SQL / f"0001_{name}.sql").read_text(), (SQL / f"0001_{name}.down.sql").read_text()
    )


class Migration(migrations.Migration):
    """Makes the tables that reports read. They are written and read by SQL alone."""

    initial = True
    dependencies = [("promotions", "0001_initial"), ("loyalty", "0003_ledger_functions")]

    operations = [_part(name) for name in ("details", "summaries", "views")]
