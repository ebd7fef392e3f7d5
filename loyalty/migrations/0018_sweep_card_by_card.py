"""A sweep goes through the cards in their order."""

from pathlib import Path

from django.db import migrations

SQL = Path(__file__).parent / "sql"


class Migration(migrations.Migration):
    """Makes `ledger_expire` anew: it is handed cards, and no longer looks for them itself."""

    dependencies = [("loyalty", "0017_what_was_done_stays")]

    operations = [
        migrations.RunSQL(
            (SQL / "0018_sweep.sql").read_text(),
            (SQL / "0018_sweep.down.sql").read_text() + (SQL / "0014_sweep.sql").read_text(),
        ),
    ]
