"""Failed deliveries are counted by an index."""

from django.db import migrations, models


class Migration(migrations.Migration):
    """Adds delivery_failed."""

    dependencies = [
        ('events', '0010_name_of_events'),
    ]

    operations = [
        migrations.AddIndex(
            model_name='webhookdelivery',
            index=models.Index(condition=models.Q(('state', 'failed')), fields=['created_at'], name='delivery_failed'),
        ),
    ]
