"""Lots and operations cannot be rewritten; the earning cap counts what was really taken back."""

from pathlib import Path

from django.db import migrations

SQL = Path(__file__).parent / "sql"


class Migration(migrations.Migration):
    """Adds the guards, and makes `ledger_gain` anew."""

    dependencies = [("loyalty", "0016_event_beside_the_card")]

    operations = [
        migrations.RunSQL(
            (SQL / "0017_guards.sql").read_text(), (SQL / "0017_guards.down.sql").read_text()
        ),
        migrations.RunSQL(
            (SQL / "0017_gain.sql").read_text(), (SQL / "0016_gain.sql").read_text()
        ),
    ]
