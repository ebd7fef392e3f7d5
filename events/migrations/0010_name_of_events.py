"""The name of events as pages show it; nothing in the database changes."""

from django.db import migrations


class Migration(migrations.Migration):
    """Changes verbose names alone."""

    dependencies = [
        ('events', '0009_names_of_columns'),
    ]

    operations = [
        migrations.AlterModelOptions(
            name='event',
            options={'verbose_name': 'event', 'verbose_name_plural': 'events'},
        ),
    ]
