"""Files that are too long to be sent at once: written by a job, offered by a link that ends."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any, TypeVar

import openpyxl
import pytest
from django.core.files.storage import storages
from django.db import connections
from django.test import Client
from django.utils import timezone

from access.caller import Role
from access.services.create_token import create_token
from jobs.models import Job
from jobs.services.stop_job import stop_job
from jobs.services.work_in_one_go import work_in_one_go
from reporting import exports
from reporting.api.tables import table_of
from reporting.errors import ExportNotFound
from reporting.exports import Cell, Table
from reporting.models import ReportExport
from reporting.services.delete_expired_exports import delete_expired_exports
from reporting.services.start_export import start_export
from reporting.services.write_export import write_export
from reporting.tasks import expire_exports, export
from tests.reporting.conftest import ReportedShop
from tests.shop import Api

pytestmark = pytest.mark.django_db(transaction=True)
T = TypeVar("T")
SPAN = {"date_from": "2025-01-01", "date_to": "2027-12-31"}
ASKED = {"report": "promotions/performance", "format": "csv", "parameters": SPAN}


@pytest.fixture
def folder(settings: Any, tmp_path: Path) -> Path:
    """Keep the files in a folder of the test's own."""
    held = settings.STORAGES["exports"]
    options = {**held["OPTIONS"], "location": tmp_path}
    settings.STORAGES = {**settings.STORAGES, "exports": {**held, "OPTIONS": options}}
    return tmp_path


@pytest.fixture
def reported(folder: Path) -> ReportedShop:
    """Return a shop with a sale that two programs had a part in."""
    shop = ReportedShop()
    shop.sell("one", ["tea", "cup"], partner="ann")
    shop.load()
    return shop


def manager(name: str = "mia") -> tuple[Api, dict[str, str]]:
    """Return a manager's client, and the headers to fetch a file with."""
    key = create_token(username=name, role=Role.MANAGER).key
    return Api(key), {"Authorization": f"Token {key}"}


def read_csv(content: bytes) -> list[list[str]]:
    return list(csv.reader(io.StringIO(content.decode("utf-8-sig"), newline="")))


def test_a_file_that_is_too_long_is_refused_and_written_by_a_job(
    reported: ReportedShop, settings: Any
) -> None:
    settings.EXPORT_DIRECT_ROWS = 1
    api, headers = manager()
    query = "&".join(f"{name}={value}" for name, value in SPAN.items())
    problem = api.call("GET", f"reports/promotions/performance?{query}&format=csv")
    assert (api.status, problem["code"]) == (422, "export_too_large")
    assert problem["facts"] == {"rows": 2, "most": 1}

    asked = api.ok("POST", "reports/exports", ASKED, Idempotency_Key="one")
    assert api.status == 202
    assert (asked["rows"], asked["download"], asked["job"]["state"]) == (2, None, "queued")
    again = api.ok("POST", "reports/exports", ASKED, Idempotency_Key="one")
    assert again == asked
    job = api.ok("GET", f"jobs/{asked['job']['id']}")
    assert job["result"] == {"export": f"/api/v1/reports/exports/{asked['id']}"}

    assert export(asked["job"]["id"]) == "done"

    done = api.ok("GET", f"reports/exports/{asked['id']}")
    assert (done["job"]["state"], done["job"]["done"], done["job"]["total"]) == ("done", 2, 2)
    response = Client().get(done["download"], headers=headers)
    content = b"".join(response.streaming_content)  # type: ignore[attr-defined]  # it is a file
    assert response["Content-Type"] == "text/csv; charset=utf-8"
    name = f"promotions-performance-{asked['id']}.csv"
    assert response["Content-Disposition"] == f'attachment; filename="{name}"'
    assert [row[2] for row in read_csv(content)] == ["Program", "Club", "Tea10"]
    assert done["size"] == len(content)
    assert [one["id"] for one in api.ok("GET", "reports/exports")["results"]] == [asked["id"]]


def test_excel_comes_the_same_way(reported: ReportedShop, folder: Path) -> None:
    api, _ = manager()
    asked = api.ok("POST", "reports/exports", {**ASKED, "format": "xlsx"})
    export(asked["job"]["id"])
    book = openpyxl.load_workbook(folder / f"{asked['id']}.xlsx")
    assert book.active.max_row == 3
    assert book.active.freeze_panes == "A2"


def test_a_link_is_for_managers_and_whole(reported: ReportedShop) -> None:
    api, headers = manager()
    asked = api.ok("POST", "reports/exports", ASKED)
    other = api.ok("POST", "reports/exports", ASKED)
    for one in (asked, other):
        export(one["job"]["id"])
    link = api.ok("GET", f"reports/exports/{asked['id']}")["download"]
    foreign = api.ok("GET", f"reports/exports/{other['id']}")["download"]

    def status(address: str, headers: Mapping[str, str] | None = None) -> int:
        return Client().get(address, headers=headers).status_code

    assert status(link) == 401
    marketing = create_token(username="max", role=Role.MARKETING).key
    assert status(link, {"Authorization": f"Token {marketing}"}) == 403
    assert status(link, manager("another")[1]) == 200
    assert status(link.split("?")[0], headers) == 404
    assert status(f"{link.split('?')[0]}?{foreign.split('?')[1]}", headers) == 404


def test_a_link_expires_and_the_file_goes(reported: ReportedShop, folder: Path) -> None:
    api, headers = manager()
    asked = api.ok("POST", "reports/exports", ASKED)
    export(asked["job"]["id"])
    link = api.ok("GET", f"reports/exports/{asked['id']}")["download"]
    now = timezone.now()
    assert delete_expired_exports(at=now).files == 0
    assert (folder / f"{asked['id']}.csv").exists()

    ReportExport.objects.update(expires_at=now - timedelta(seconds=1))
    answer = Client().get(link, headers=headers)
    assert (answer.status_code, answer.json()["code"]) == (404, "export_expired")
    assert expire_exports() == 1
    assert list(folder.iterdir()) == []
    assert expire_exports() == 0
    answer = Client().get(link, headers=headers)
    assert (answer.status_code, answer.json()["code"]) == (404, "export_expired")
    assert api.ok("GET", "reports/exports")["results"] == []


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ({**ASKED, "report": "nothing"}, "invalid_query"),
        ({**ASKED, "parameters": {**SPAN, "colour": "red"}}, "invalid_query"),
        ({**ASKED, "parameters": {}}, "invalid_query"),
        ({**ASKED, "parameters": {**SPAN, "program_id": "x"}}, "program_not_found"),
        ({**ASKED, "format": "pdf"}, "invalid"),
        ({"format": "csv"}, "invalid"),
    ],
)
def test_what_cannot_be_written_is_refused_at_once(
    reported: ReportedShop, body: dict[str, Any], code: str
) -> None:
    assert manager()[0].call("POST", "reports/exports", body)["code"] == code
    assert not ReportExport.objects.exists()
    assert not Job.objects.exists()


def started() -> int:
    return start_export(
        report="promotions/performance",
        parameters=SPAN,
        kind=exports.FileKind.CSV,
        rows=2,
        language="id",
        created_by=None,
        at=timezone.now(),
    ).job_id


def test_a_worker_that_is_cut_off_leaves_nothing_and_the_next_writes_the_whole_file(
    reported: ReportedShop, folder: Path
) -> None:
    job_id = started()

    def cut(report: str, query: Mapping[str, str]) -> Table:
        table = table_of(report, query)

        def rows() -> Iterator[Any]:
            yield next(iter(table.rows))
            raise KeyboardInterrupt

        return replace(table, rows=rows())

    with pytest.raises(KeyboardInterrupt):
        write_export(job_id=job_id, table_of=cut)
    assert list(folder.iterdir()) == []
    assert Job.objects.get().state == "running"
    assert ReportExport.objects.get().file == ""

    assert write_export(job_id=job_id, table_of=table_of).state == "done"
    (file,) = folder.iterdir()
    assert len(read_csv(file.read_bytes())) == 3
    assert "Tanggal" in file.read_text(encoding="utf-8-sig")  # in the language of who asked
    assert write_export(job_id=job_id, table_of=table_of).state == "done"
    assert list(folder.iterdir()) == [file]


def test_a_job_that_is_stopped_leaves_no_file(reported: ReportedShop, folder: Path) -> None:
    job_id = started()

    def stopped(report: str, query: Mapping[str, str]) -> Table:
        _elsewhere(lambda: stop_job(job_id=job_id, at=timezone.now()))
        return table_of(report, query)

    assert write_export(job_id=job_id, table_of=stopped).state == "stopped"
    assert Job.objects.get().state == "stopped"
    assert ReportExport.objects.get().file == ""
    assert list(folder.iterdir()) == []


def test_two_workers_do_not_write_one_file(reported: ReportedShop) -> None:
    job_id, seen = started(), []

    def also(report: str, query: Mapping[str, str]) -> Table:
        other = _elsewhere(lambda: work_in_one_go(job_id=job_id, work=lambda _tell: None))
        seen.append(other.state)
        return table_of(report, query)

    assert write_export(job_id=job_id, table_of=also).state == "done"
    assert seen == [None]


def _elsewhere(work: Callable[[], T]) -> T:
    """Do it in a connection of its own."""

    def run() -> T:
        try:
            return work()
        finally:
            connections.close_all()

    with ThreadPoolExecutor(1) as pool:
        return pool.submit(run).result()


def test_progress_is_seen_while_it_is_written(
    reported: ReportedShop, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("jobs.telling.SECONDS_BETWEEN_TELLINGS", 0)
    job_id, seen = started(), []
    Job.objects.filter(pk=job_id).update(total=2_000)

    def long(_report: str, _query: Mapping[str, str]) -> Table:
        def rows() -> Iterator[list[Cell]]:
            for number in range(2_000):
                if number % 500 == 1:
                    seen.append(Job.objects.get(pk=job_id).done)
                yield [number]

        return Table("t", ["a"], rows())

    assert write_export(job_id=job_id, table_of=long).state == "done"
    assert seen == [0, 500, 1000, 1500]
    assert ReportExport.objects.get().rows == 2_000


def test_what_goes_wrong_ends_the_job_with_its_reason(reported: ReportedShop, folder: Path) -> None:
    job_id = started()

    def broken(_report: str, _query: Mapping[str, str]) -> Table:
        raise ZeroDivisionError

    assert write_export(job_id=job_id, table_of=broken).state == "failed"
    assert Job.objects.get().error == {"code": "internal_error", "detail": "ZeroDivisionError"}
    assert list(folder.iterdir()) == []
    with pytest.raises(ExportNotFound):
        write_export(job_id=0, table_of=table_of)


def test_files_are_not_for_everybody_on_the_machine(
    settings: Any, folder: Path, reported: ReportedShop
) -> None:
    write_export(job_id=started(), table_of=table_of)
    (file,) = folder.iterdir()
    assert file.stat().st_mode & 0o077 == 0
    assert storages["exports"].exists(file.name)
