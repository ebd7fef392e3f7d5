"""The wallet tells whether there are levels to reach, so that an order need not ask for it."""

from pathlib import Path

from django.db import migrations

SQL = Path(__file__).parent / "sql"


class Migration(migrations.Migration):
    """Replaces the function that `loyalty.queries.read_wallet` calls."""

    dependencies = [("loyalty", "0007_fold_look_alikes")]

    operations = [
        migrations.RunSQL(
            (SQL / "0008_wallet_levels.sql").read_text(),
            (SQL / "0006_wallet.down.sql").read_text() + (SQL / "0006_wallet.sql").read_text(),
        )
    ]
