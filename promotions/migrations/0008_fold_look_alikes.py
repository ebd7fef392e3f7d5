"""Codes are looked up without regard to look-alikes: the stored keys follow `core.codes`."""

from django.db import migrations

FOLD = """
UPDATE promotions_coupon SET code_key = translate(code_key, 'OILZ', '0112')
WHERE code_key ~ '[OILZ]';
UPDATE promotions_publishedcode SET code_key = translate(code_key, 'OILZ', '0112')
WHERE code_key ~ '[OILZ]';
"""


class Migration(migrations.Migration):

    dependencies = [('promotions', '0007_offline_sales')]

    operations = [migrations.RunSQL(FOLD, migrations.RunSQL.noop)]
