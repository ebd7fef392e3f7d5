"""Summaries and files end too; what is owed and what was counted stay true."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from pathlib import Path

import pytest
from django.utils import timezone

from reporting.errors import ArchiveNotFound
from reporting.queries.figures import dashboard_figures
from reporting.queries.period import Period
from reporting.queries.retention import OldFile, plan_retention
from reporting.services.archive_reports import archive_reports
from reporting.services.delete_archives import delete_archives
from reporting.services.delete_summaries import delete_summaries
from reporting.services.load_facts import FactsLoaded
from reporting.tasks import archive as archive_task
from tests.reporting.archives import LATER, content, noted, restore
from tests.reporting.conftest import ReportedShop
from tests.reporting.test_reports import SUMMARIES, table

pytestmark = pytest.mark.usefixtures("archive_folder")


def test_old_summaries_go_and_what_is_owed_stays(busy: ReportedShop) -> None:
    then = timezone.now() + timedelta(days=1000)

    def owed() -> list[Decimal]:
        return [one.liability for one in dashboard_figures(Period(then.date(), then.date())).points]

    before = owed()
    assert before != [0]
    planned = plan_retention(then)

    done = delete_summaries(before=planned.summaries_before, rows=planned.summaries)

    assert done.rows["order_report_hourly"] == 1
    assert [name for name in SUMMARIES if table(name)] == ["point_report_hourly"]
    assert owed() == before
    planned = plan_retention(then)
    assert not any(planned.summaries.values())
    assert delete_summaries(before=planned.summaries_before, rows=planned.summaries).rows == {}
    today = timezone.now().date()
    (figures,) = dashboard_figures(Period(today - timedelta(days=2), today)).points
    assert (figures.earned, figures.redeemed) == (0, 0)


def test_files_go_after_years_and_are_still_not_counted_again(
    busy: ReportedShop, archive_folder: Path
) -> None:
    archive_reports(at=LATER)
    assert plan_retention(LATER).files == []
    after = timezone.now() + timedelta(days=5 * 365 + 70)
    done = archive_reports(at=after)
    assert done.files == 3
    assert list(archive_folder.rglob("*.parquet")) == []
    assert {state for *_, state in noted()} == {"deleted"}
    with pytest.raises(ArchiveNotFound):
        restore()
    assert busy.load() == FactsLoaded(0, 0, 0)
    assert delete_archives(files=[OldFile(0, "nothing")]).files == 0


def test_the_task_does_nothing_where_nothing_is_old(busy: ReportedShop) -> None:
    before = content()
    assert archive_task() == {"partitions": 0, "left": 0, "files_deleted": 0}
    assert content() == before
