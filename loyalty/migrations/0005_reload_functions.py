"""The ledger's functions as they now are: those of 0003 may have been made from an earlier text."""

from pathlib import Path

from django.db import migrations

SQL = Path(__file__).parent / "sql"
PARTS = ["journal", "gain", "spend", "undoing", "reverse", "expire", "carry_over", "guards"]
DROP = """
DO $$
DECLARE
    made record;
BEGIN
    FOR made IN
        SELECT oid::regprocedure AS name FROM pg_proc
        WHERE pronamespace = current_schema()::regnamespace
          AND (proname LIKE 'ledger\\_%' OR proname LIKE 'card\\_%\\_its\\_journal'
               OR proname = 'point_history_is_append_only')
    LOOP
        EXECUTE format('DROP FUNCTION %s CASCADE', made.name);
    END LOOP;
    DROP TYPE IF EXISTS ledger_undoing, ledger_result;
END $$;
"""


class Migration(migrations.Migration):
    """Drops the functions and guards of the ledger, and makes them from their files."""

    dependencies = [("loyalty", "0004_leaner_rows")]

    operations = [
        migrations.RunSQL(
            DROP + "".join((SQL / f"0003_{name}.sql").read_text() for name in PARTS),
            migrations.RunSQL.noop,
        )
    ]
