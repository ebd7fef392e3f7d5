"""Points that are given back are of the level held now; staff may take off a finer rest."""

from pathlib import Path

from django.db import migrations

SQL = Path(__file__).parent / "sql"
OLD_REVERSE = (SQL / "0003_reverse.sql").read_text().replace("CREATE FUNC", "CREATE OR REPLACE FUNC")
DROP = "DROP FUNCTION ledger_bring_up(bigint, bigint, bigint, bigint[], timestamptz, text);"


class Migration(migrations.Migration):
    """Makes `ledger_reverse` and `ledger_spend` anew."""

    dependencies = [("loyalty", "0018_sweep_card_by_card")]

    operations = [
        migrations.RunSQL((SQL / "0019_reverse.sql").read_text(), OLD_REVERSE + DROP),
        migrations.RunSQL(
            (SQL / "0019_spend.sql").read_text(), (SQL / "0016_spend.sql").read_text()
        ),
    ]
