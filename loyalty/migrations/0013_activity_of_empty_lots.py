"""Points given back to a lot that lives by activity have the date they would have had."""

from pathlib import Path

from django.db import migrations, models

SQL = Path(__file__).parent / "sql"
DROP = """
DROP FUNCTION ledger_spend(
    text, bigint, numeric, text, text, text, timestamptz, text[], timestamptz[]);
DROP FUNCTION ledger_gain_in_debt(
    text, bigint, numeric, numeric, bigint, bytea, bigint, bigint, numeric, timestamptz,
    timestamptz, timestamptz, boolean, text);
"""


def _text(*names: str) -> str:
    return "".join((SQL / f"{name}.sql").read_text() for name in names)


class Migration(migrations.Migration):
    """Keeps with each activity how far it carried; a card's last one is no longer enough.

    What was done before has none: lots emptied before come back with the date they had then.
    """

    dependencies = [("loyalty", "0012_sweep_and_notices")]

    operations = [
        migrations.AddField(
            model_name="pointoperation",
            name="pushed_until",
            field=models.DateTimeField(null=True, editable=False),
        ),
        migrations.RunSQL(
            _text("0013_activity", "0013_gain", "0013_spend"),
            _text("0013_activity.down")
            + DROP
            + _text("0003_spend", "0009_gain"),
        ),
        migrations.RemoveField(model_name="loyaltycard", name="active_until"),
    ]
