"""Less to do for each earning and redemption: see the notes on speed in docs/ledger.md."""

from pathlib import Path

import django.db.models.deletion
from django.db import migrations, models

SQL = Path(__file__).parent / "sql"
# Room on every page, so that a card's next balance and a lot's next remainder fit beside the last
# one and no index has to hear of it. Pages written before keep their fill.
ROOM = """
ALTER TABLE loyalty_loyaltycard SET (fillfactor = 80);
ALTER TABLE loyalty_pointmove SET (fillfactor = 80);
"""
NO_ROOM = """
ALTER TABLE loyalty_loyaltycard RESET (fillfactor);
ALTER TABLE loyalty_pointmove RESET (fillfactor);
"""


def _text(*names: str) -> str:
    return "".join((SQL / f"{name}.sql").read_text() for name in names)


class Migration(migrations.Migration):
    """Leaves room on pages, checks less at commit, and makes `ledger_gain` anew."""

    dependencies = [("loyalty", "0008_wallet_levels")]

    operations = [
        migrations.AlterField(
            model_name="pointhistory",
            name="move",
            field=models.ForeignKey(
                db_constraint=False,
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="history",
                to="loyalty.pointmove",
            ),
        ),
        migrations.AlterField(
            model_name="pointhistory",
            name="operation",
            field=models.ForeignKey(
                db_constraint=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="history",
                to="loyalty.pointoperation",
            ),
        ),
        migrations.AlterField(
            model_name="pointmove",
            name="operation",
            field=models.ForeignKey(
                db_constraint=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="moves",
                to="loyalty.pointoperation",
            ),
        ),
        migrations.RunSQL(ROOM, NO_ROOM),
        migrations.RunSQL(_text("0009_payload"), _text("0009_payload.down")),
        migrations.RunSQL(
            _text("0009_gain"), _text("0009_gain.down", "0003_gain.down", "0003_gain")
        ),
    ]
