"""Keep an answer as the text that was sent: jsonb would give its keys back in another order."""

from django.db import migrations, models


class Migration(migrations.Migration):
    """Change the column's type; jsonb casts to text."""

    dependencies = [("access", "0001_initial")]

    operations = [
        migrations.AlterField("idempotentrequest", "body", models.TextField()),
    ]
