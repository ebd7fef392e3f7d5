"""Earning and redeeming write their event themselves: one call of a function less."""

from pathlib import Path

from django.db import migrations

SQL = Path(__file__).parent / "sql"
# Of that file only the function: what else it makes stays.
OLD_GAIN = "-- Points onto" + (SQL / "0015_gain.sql").read_text().split("-- Points onto", 1)[1]


class Migration(migrations.Migration):
    """Makes `ledger_gain` and `ledger_spend` anew; what they do is the same."""

    dependencies = [("events", "0008_may_record"), ("loyalty", "0015_shorter_functions")]

    operations = [
        migrations.RunSQL((SQL / "0016_gain.sql").read_text(), OLD_GAIN),
        migrations.RunSQL(
            (SQL / "0016_spend.sql").read_text(), (SQL / "0015_spend.sql").read_text()
        ),
    ]
