"""A sweep writes one row a card and level; operations and lots are guarded by triggers."""

from pathlib import Path

import django.db.models.deletion
from django.db import migrations, models

SQL = Path(__file__).parent / "sql"


def _text(*names: str) -> str:
    return "".join((SQL / f"{name}.sql").read_text() for name in names)


# From that file only the function: the rest of it stays.
OLD_SWEEP = _text("0012_sweep").split("-- One batch of the sweep")[1].partition("\n")[2]
OLD_SWEEP = "CREATE OR REPLACE" + OLD_SWEEP.split("CREATE OR REPLACE", 1)[1]


class Migration(migrations.Migration):
    """Lets lots say which sweep took them, and checks less at commit.

    Going back is for a ledger that no sweep wrote to since: the older one knows its rows as debts.
    """

    dependencies = [
        ('events', '0006_record_many_events'),
        ('loyalty', '0013_activity_of_empty_lots'),
    ]

    operations = [
        migrations.AddField(
            model_name='pointmove',
            name='expired_by',
            field=models.ForeignKey(db_constraint=False, db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='expired_moves', to='loyalty.pointoperation'),
        ),
        migrations.AlterField(
            model_name='pointmove',
            name='card',
            field=models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='moves', to='loyalty.loyaltycard'),
        ),
        migrations.AlterField(
            model_name='pointmove',
            name='membership_product',
            field=models.ForeignKey(db_constraint=False, db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='loyalty.membershipproduct'),
        ),
        migrations.AlterField(
            model_name='pointmove',
            name='operation',
            field=models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='moves', to='loyalty.pointoperation'),
        ),
        migrations.AlterField(
            model_name='pointoperation',
            name='card',
            field=models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='operations', to='loyalty.loyaltycard'),
        ),
        migrations.AlterField(
            model_name='pointoperation',
            name='reverses',
            field=models.ForeignKey(blank=True, db_constraint=False, db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='reversals', to='loyalty.pointoperation'),
        ),
        migrations.RunSQL(
            _text("0014_guards", "0014_taking_back", "0014_sweep"),
            _text("0014_guards.down", "0014_taking_back.down") + OLD_SWEEP,
        ),
    ]
