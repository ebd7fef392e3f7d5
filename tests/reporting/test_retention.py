"""Old details go into files and come back as they were; nothing is counted twice or lost."""

from __future__ import annotations

import io
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import connection

from reporting.archive.details import DETAILS
from reporting.archive.parquet import read_parquet
from reporting.errors import ArchiveDamaged
from reporting.queries.retention import plan_retention
from reporting.services import archive_partition as archiving
from reporting.services.archive_partition import archive_partition
from reporting.services.archive_reports import archive_reports
from reporting.services.load_facts import FactsLoaded
from reporting.services.rebuild_facts import rebuild_facts
from tests.reporting.archives import EVERYTHING, LATER, MONTH, content, noted, restore
from tests.reporting.conftest import ReportedShop
from tests.reporting.test_reports import SUMMARIES, table

pytestmark = pytest.mark.usefixtures("archive_folder")


def test_a_month_goes_into_files_and_comes_back_with_equal_rows(
    busy: ReportedShop, archive_folder: Path
) -> None:
    before = content()
    report = busy.report("promotions/performance", unique_customers="true")
    rows = {name: len(before[name]) for name in DETAILS}

    done = archive_reports(at=LATER)

    assert {one.name[:-8]: one.rows for one in done.partitions if one.rows} == rows
    assert content(*DETAILS) == {name: [] for name in DETAILS}
    assert content(*SUMMARIES) == {name: before[name] for name in SUMMARIES}
    assert busy.report("promotions/performance", unique_customers="true") == report
    assert sorted(file.parent.name for file in archive_folder.rglob("*.parquet")) == sorted(DETAILS)

    assert restore() == rows
    assert content() == before

    assert not plan_retention(LATER).partitions  # it was brought back to be looked at
    again = LATER + timedelta(days=31)
    assert {one.rows for one in archive_reports(at=again).partitions} - {0} == set(rows.values())
    assert len(list(archive_folder.rglob("*.parquet"))) == 3
    restore(again)
    assert content() == before


def test_a_dry_run_says_what_would_go_and_takes_nothing(
    busy: ReportedShop, settings: Any, archive_folder: Path
) -> None:
    before, out = content(), io.StringIO()
    call_command("archive_reports", "--dry-run", stdout=out)
    assert out.getvalue() == "Nothing is old enough.\n"

    settings.REPORT_DETAIL_DAYS = settings.REPORT_SUMMARY_DAYS = 0
    old = f"{MONTH - timedelta(days=1):%Y_%m}"
    with connection.cursor() as cursor:
        then = MONTH - timedelta(days=1)
        cursor.execute("SELECT report_make_partitions(%s, %s)", (then, then))
        cursor.execute(
            "UPDATE point_report_hourly SET local_hour = local_hour - interval '40 days'"
        )
    before, out = content(), io.StringIO()
    call_command("archive_reports", "--dry-run", stdout=out)
    assert f"order_report_detail_{old}: 0 rows" in out.getvalue()
    assert "point_report_hourly: 1 rows before" in out.getvalue()
    assert (content(), noted(), list(archive_folder.rglob("*.parquet"))) == (before, [], [])


def test_the_commands_say_what_they_did(busy: ReportedShop, monkeypatch: Any) -> None:
    monkeypatch.setattr("django.utils.timezone.now", lambda: LATER)
    out = io.StringIO()
    call_command("archive_reports", stdout=out)
    call_command("restore_reports", f"{MONTH:%Y-%m}", "--days", "3", stdout=out)
    assert "order_report_detail: 3 rows are back." in out.getvalue()
    assert "3 rows in 0.0 MB, read back and compared." in out.getvalue()
    with pytest.raises(CommandError, match="No file holds details"):
        call_command("restore_reports", "2020-01", stdout=out)
    with pytest.raises(CommandError, match="write the month as 2026-01"):
        call_command("restore_reports", "January", stdout=out)


def test_what_is_in_files_is_not_counted_again(busy: ReportedShop) -> None:
    archive_reports(at=LATER)
    before = content()
    assert busy.load() == FactsLoaded(0, 0, 0)
    assert content() == before


def test_what_comes_late_is_counted_and_goes_into_a_file_of_its_own(
    busy: ReportedShop, archive_folder: Path
) -> None:
    archive_reports(at=LATER)
    busy.sell("late", ["tea"], partner="ann")
    assert busy.load() == FactsLoaded(2, 1, 1)
    assert busy.load() == FactsLoaded(0, 0, 0)
    orders = sum(row[4] for row in table("order_report_hourly"))
    assert orders == 3

    archive_reports(at=LATER)
    assert [(name, part) for name, part, _rows, _state in noted()] == [
        (name, part) for name in sorted(DETAILS) for part in (1, 2)
    ]
    restore()
    whole = content()
    with connection.cursor() as cursor:
        for name in EVERYTHING:
            cursor.execute(f"DELETE FROM {name}")
    busy.load()
    again = content()
    assert {name: len(again[name]) for name in DETAILS} == {
        name: len(whole[name]) for name in DETAILS
    }
    assert {name: again[name] for name in SUMMARIES} == {name: whole[name] for name in SUMMARIES}


def test_rebuilding_leaves_what_is_in_files(busy: ReportedShop) -> None:
    archive_reports(at=LATER)
    before = content()
    heard: list[tuple[int, int]] = []
    since, until = MONTH - timedelta(days=40), MONTH + timedelta(days=45)

    done = rebuild_facts(
        since=since, until=until, progress=lambda one, days: heard.append((one, days))
    )

    assert done == FactsLoaded(0, 0, 0)
    assert content() == before
    assert heard[-1] == (86, 86)
    restore()
    whole = content(*SUMMARIES)
    assert rebuild_facts(since=since, until=until).order_facts == 3
    assert content(*SUMMARIES) == whole


@pytest.mark.parametrize(
    "spoil",
    [
        lambda file: file.write_bytes(file.read_bytes()[:-1]),
        lambda file: file.write_bytes(b"x" + file.read_bytes()[1:]),
        lambda file: file.unlink(),
    ],
)
def test_a_damaged_file_puts_nothing_back(
    busy: ReportedShop, archive_folder: Path, spoil: Callable[[Path], object]
) -> None:
    archive_reports(at=LATER)
    before, was = content(), noted()
    spoil(next(archive_folder.rglob("promotion_report_detail/*.parquet")))
    with pytest.raises(ArchiveDamaged):
        restore()
    assert (content(), noted()) == (before, was)


def test_a_file_that_reads_back_otherwise_drops_nothing(
    busy: ReportedShop, monkeypatch: pytest.MonkeyPatch, archive_folder: Path
) -> None:
    before = content()

    def read_less(source: Path, columns: Any, target: Path) -> None:
        read_parquet(source, columns, target)
        target.write_bytes(target.read_bytes().replace(b"sale", b"soul", 1))

    monkeypatch.setattr("reporting.services.archive_partition.read_parquet", read_less)
    with pytest.raises(ArchiveDamaged):
        archive_reports(at=LATER)
    assert content() == before


def test_facts_that_come_while_a_file_is_written_are_in_it(
    busy: ReportedShop, monkeypatch: pytest.MonkeyPatch
) -> None:
    write, busy_hours = archiving._write, iter([True])

    def write_meanwhile(partition: Any) -> Any:
        written = write(partition)
        if partition.relation == "order_report_detail" and next(busy_hours, False):
            busy.sell("late", ["cup"])
            busy.load()
        return written

    monkeypatch.setattr(archiving, "_write", write_meanwhile)
    archive_reports(at=LATER)
    (orders,) = (row for row in noted() if row[0] == "order_report_detail")
    assert orders[2] == 4
    assert busy.load() == FactsLoaded(0, 0, 0)


@pytest.mark.django_db(transaction=True)
def test_who_reads_for_long_is_not_waited_for(
    busy: ReportedShop, monkeypatch: pytest.MonkeyPatch, archive_folder: Path
) -> None:
    monkeypatch.setattr(archiving, "_PATIENCE", "SET LOCAL lock_timeout = '50ms'")
    before, reader = content(), connection.copy()
    reader.set_autocommit(False)
    with reader.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM order_report_detail")
        done = archive_reports(at=LATER)
    left = [one.name for one in done.partitions if one.rows is None]
    assert left == [one for one in left if one.startswith("order_report_detail")] != []
    assert content("order_report_detail") == {"order_report_detail": before["order_report_detail"]}
    assert not list(archive_folder.rglob("order_report_detail/*.parquet"))
    reader.close()
    assert {one.rows for one in archive_reports(at=LATER).partitions} - {0} == {3}
    restore()
    assert content() == before


def test_a_partition_that_is_gone_is_passed_over(busy: ReportedShop) -> None:
    (partition, *_rest) = plan_retention(LATER).partitions
    archive_reports(at=LATER)
    assert archive_partition(partition=partition, at=LATER).rows is None
