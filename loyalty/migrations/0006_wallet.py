"""The read of a member's wallet, planned once a connection and not once a till's question."""

from pathlib import Path

from django.db import migrations

SQL = Path(__file__).parent / "sql"


class Migration(migrations.Migration):
    """Adds the function that `loyalty.queries.read_wallet` calls."""

    dependencies = [("loyalty", "0005_reload_functions")]

    operations = [
        migrations.RunSQL(
            (SQL / "0006_wallet.sql").read_text(), (SQL / "0006_wallet.down.sql").read_text()
        )
    ]
