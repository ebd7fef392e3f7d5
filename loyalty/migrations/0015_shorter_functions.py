"""Earning and redeeming in fewer statements."""

from pathlib import Path

from django.db import migrations

SQL = Path(__file__).parent / "sql"
OLD_STOP = """
DROP FUNCTION ledger_stop(bigint, numeric, numeric);
CREATE FUNCTION ledger_stop(p_card bigint, p_points numeric, p_by_lots numeric)
RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'card % holds % but its lots say %: run verify_ledger',
        p_card, p_points, p_by_lots USING ERRCODE = 'data_corrupted';
END $$;
"""


def _text(*names: str) -> str:
    return "".join((SQL / f"{name}.sql").read_text() for name in names)


# What an operation told of itself, a call of its own before.
DROP_EVENT = """
DROP FUNCTION ledger_event(
    text, bigint, bigint, bigint, bigint, numeric, numeric, text, bigint, timestamptz);
"""
OLD_EVENT = _text("0003_journal").split("-- The event of an operation, for those who follow the log.")[1]
# Of that file only the function: what else it makes stays.
OLD_GAIN = _text("0013_gain").split("-- Activity: points that live by it")[0]


class Migration(migrations.Migration):
    """Makes `ledger_gain` and `ledger_spend` anew; what they do is the same."""

    dependencies = [("loyalty", "0014_leaner_sweep")]

    operations = [
        migrations.RunSQL(
            _text("0015_gain", "0015_spend") + DROP_EVENT,
            OLD_EVENT + OLD_STOP + OLD_GAIN + _text("0013_spend"),
        ),
    ]
