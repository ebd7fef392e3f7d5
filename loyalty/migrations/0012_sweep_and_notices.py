"""The sweep in one statement a batch, and notices before points expire."""

from pathlib import Path

import django.contrib.postgres.fields
import django.db.models.deletion
from django.db import migrations, models

SQL = Path(__file__).parent / "sql"


def _text(*names: str) -> str:
    return "".join((SQL / f"{name}.sql").read_text() for name in names)


class Migration(migrations.Migration):
    """Makes `ledger_expire` anew; adds the days of notices, and the notices given."""

    dependencies = [
        ('loyalty', '0011_transfer'),
    ]

    operations = [
        migrations.AddField(
            model_name='loyaltyprogram',
            name='expiry_notice_days',
            field=django.contrib.postgres.fields.ArrayField(base_field=models.PositiveSmallIntegerField(), blank=True, default=list, help_text='Numbers of days with commas, for example 30,7; a notice is sent at each. None: no notices.', size=None, verbose_name='days before expiry to tell the member'),
        ),
        migrations.CreateModel(
            name='ExpiryNotice',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('expiration_date', models.DateTimeField()),
                ('days_before', models.PositiveSmallIntegerField()),
                ('card', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='loyalty.loyaltycard')),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('card', 'expiration_date', 'days_before'), name='one_notice_of_an_expiry')],
            },
        ),
        migrations.RunSQL(_text("0012_sweep"), _text("0012_sweep.down", "0003_expire")),
    ]
