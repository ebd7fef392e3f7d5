"""Names of columns as pages show them; nothing in the database changes."""

import django.db.models.functions.datetime
from django.db import migrations, models


class Migration(migrations.Migration):
    """Changes verbose names alone."""

    dependencies = [
        ('events', '0008_may_record'),
    ]

    operations = [
        migrations.AlterField(
            model_name='event',
            name='key',
            field=models.CharField(max_length=128, verbose_name='key'),
        ),
        migrations.AlterField(
            model_name='event',
            name='occurred_at',
            field=models.DateTimeField(verbose_name='occurred'),
        ),
        migrations.AlterField(
            model_name='event',
            name='payload',
            field=models.JSONField(verbose_name='content'),
        ),
        migrations.AlterField(
            model_name='event',
            name='recorded_at',
            field=models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), verbose_name='recorded'),
        ),
        migrations.AlterField(
            model_name='event',
            name='type',
            field=models.CharField(max_length=64, verbose_name='type'),
        ),
    ]
