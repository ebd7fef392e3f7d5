"""The ledger's database functions and guards; their text is in `sql/`, one file a concern."""

from pathlib import Path

from django.db import migrations

SQL = Path(__file__).parent / "sql"
PARTS = ["journal", "gain", "spend", "undoing", "reverse", "expire", "carry_over", "guards"]


def _part(name: str) -> migrations.RunSQL:
    """Return the operation of one pair of files, forwards and back."""
    return migrations.RunSQL(
        (SQL / f"0003_{name}.sql").read_text(), (SQL / f"0003_{name}.down.sql").read_text()
    )


class Migration(migrations.Migration):
    """Adds the functions that `loyalty.ledger` calls, and the triggers that guard the journal."""

    dependencies = [("loyalty", "0002_ledger_tables"), ("events", "0002_record_event")]

    operations = [_part(name) for name in PARTS]
