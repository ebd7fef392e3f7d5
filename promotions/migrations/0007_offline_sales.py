"""Sales of tills without a line: what they charged, and when which catalog was in force."""

import core.fields
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('promotions', '0006_lean_orders'),
    ]

    operations = [
        migrations.AddField(
            model_name='order',
            name='decided_total',
            field=core.fields.MoneyField(blank=True, decimal_places=4, max_digits=18, null=True, verbose_name='total decided'),
        ),
        migrations.CreateModel(
            name='CatalogVersion',
            fields=[
                ('version', models.BigIntegerField(primary_key=True, serialize=False)),
                ('since', models.DateTimeField()),
            ],
            options={
                'indexes': [models.Index(fields=['since'], name='catalog_version_by_time')],
            },
        ),
        # What is in force now has been so since now, as far as anybody can tell.
        migrations.RunSQL(
            "INSERT INTO promotions_catalogversion (version, since)"
            " SELECT version, clock_timestamp() FROM promotions_catalogstate",
            "DELETE FROM promotions_catalogversion",
        ),
    ]
