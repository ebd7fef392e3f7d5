"""Members in the daily views as the reports count them; its text is in `sql/`."""

from pathlib import Path

from django.db import migrations

SQL = Path(__file__).parent / "sql"
VIEWS = "mv_promotion_daily_summary, mv_membership_daily_summary, mv_point_daily_summary"


class Migration(migrations.Migration):
    """Makes two of the views anew."""

    dependencies = [("reporting", "0006_calendar")]

    operations = [
        migrations.RunSQL(
            (SQL / "0007_view_customers.sql").read_text(),
            f"DROP MATERIALIZED VIEW {VIEWS};" + (SQL / "0001_views.sql").read_text(),
        )
    ]
