"""Files behind charts in a browser: short ones come at once, long ones when a worker wrote them."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import Locator, Page, expect
from pytest_django import Settings
from pytest_django.live_server_helper import LiveServer

from jobs.models import Job
from reporting.tasks import export
from tests.browser.axe import violations
from tests.browser.other_thread import in_another_thread
from tests.browser.test_dashboard import open_board

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def folder(settings: Settings, tmp_path: Path) -> Path:
    """Keep the files in a folder of the test's own."""
    held = settings.STORAGES["exports"]
    options = {**held["OPTIONS"], "location": tmp_path}
    settings.STORAGES = {**settings.STORAGES, "exports": {**held, "OPTIONS": options}}
    return tmp_path


def behind(page: Page, panel: str) -> Locator:
    """Return the files of a part of the page."""
    return page.locator(".pc-panel-head", has_text=panel).locator(".pc-files")


def work() -> None:
    """Do what a worker does."""
    done = in_another_thread(lambda: export(Job.objects.get(kind="report_export").pk))
    assert done == "done"


def test_a_short_file_comes_at_once(page: Page, live_server: LiveServer) -> None:
    open_board(page, live_server.url)
    with page.expect_download() as download:
        behind(page, "Top programs").get_by_role("link", name="CSV").click()
    assert download.value.suggested_filename == "promotions-leaderboard.csv"
    assert "Ten off" in Path(download.value.path()).read_text(encoding="utf-8-sig")
    expect(page.locator("#report-files [role=status]")).to_contain_text("Ready")


def test_a_long_file_is_announced_when_it_is_ready(
    page: Page, live_server: LiveServer, settings: Settings
) -> None:
    settings.EXPORT_DIRECT_ROWS = 0
    open_board(page, live_server.url)
    behind(page, "Orders as they come").get_by_role("link", name="Excel").click()
    files = page.locator("#report-files")
    expect(files.get_by_text("Waiting for a worker …")).to_be_visible()
    assert violations(page) == []
    page.reload()  # who leaves the page finds the file again
    expect(files.get_by_role("progressbar")).to_be_visible()

    work()

    expect(files.locator("[role=status]")).to_have_text("orders.xlsx: Ready")
    with page.expect_download() as download:
        files.get_by_role("link", name="Download").click()
    assert Path(download.value.path()).read_bytes().startswith(b"PK")
    assert violations(page) == []


def test_a_file_that_cannot_be_made_says_why(
    page: Page, live_server: LiveServer, settings: Settings
) -> None:
    settings.EXPORT_DIRECT_ROWS = 0
    open_board(page, live_server.url)
    behind(page, "Orders as they come").get_by_role("link", name="CSV").click()
    expect(page.get_by_text("Waiting for a worker …")).to_be_visible()
    error = {"code": "period_too_long", "detail": "The period is too long."}
    in_another_thread(lambda: Job.objects.update(state="failed", error=error))
    status = page.locator("#report-files [role=status]")
    expect(status).to_contain_text("The period is too long.")
