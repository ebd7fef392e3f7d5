"""Names of columns as pages show them; nothing in the database changes."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    """Changes verbose names alone."""

    dependencies = [
        ('loyalty', '0019_given_back_at_the_level_held'),
    ]

    operations = [
        migrations.AlterModelOptions(
            name='pointhistory',
            options={'verbose_name': 'point movement', 'verbose_name_plural': 'point movements'},
        ),
        migrations.AlterField(
            model_name='membership',
            name='membership_product',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='memberships', to='loyalty.membershipproduct', verbose_name='level'),
        ),
        migrations.AlterField(
            model_name='pointhistory',
            name='card',
            field=models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='history', to='loyalty.loyaltycard', verbose_name='card'),
        ),
    ]
