"""Points from card to card, in one round trip."""

from pathlib import Path

from django.db import migrations

SQL = Path(__file__).parent / "sql"


class Migration(migrations.Migration):
    """Adds the function behind `transfer_points` and `merge_cards`."""

    dependencies = [("loyalty", "0010_points_by_hand")]

    operations = [
        migrations.RunSQL(
            (SQL / "0011_transfer.sql").read_text(), (SQL / "0011_transfer.down.sql").read_text()
        )
    ]
