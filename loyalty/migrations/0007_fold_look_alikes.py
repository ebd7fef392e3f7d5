"""Codes are looked up without regard to look-alikes: the stored keys follow `core.codes`."""

from django.db import migrations

FOLD = """
UPDATE loyalty_loyaltycard SET code_key = translate(code_key, 'OILZ', '0112')
WHERE code_key ~ '[OILZ]';
"""


class Migration(migrations.Migration):

    dependencies = [('loyalty', '0006_wallet')]

    operations = [migrations.RunSQL(FOLD, migrations.RunSQL.noop)]
