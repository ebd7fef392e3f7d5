"""Imports that are started on a page, in a browser: desktop, phone and dark, without a barrier."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import Page, expect
from pytest_django import Settings
from pytest_django.live_server_helper import LiveServer

from imports.tasks import work
from jobs.models import Job
from tests.browser.axe import violations
from tests.browser.other_thread import in_another_thread
from tests.browser.people import make_user, scrolls_sideways, sign_in

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def folder(settings: Settings, tmp_path: Path) -> Path:
    """Keep the files in a folder of the test's own."""
    held = settings.STORAGES["imports"]
    options = {**held["OPTIONS"], "location": tmp_path}
    settings.STORAGES = {**settings.STORAGES, "imports": {**held, "OPTIONS": options}}
    return tmp_path


def look(page: Page) -> None:
    """See that nobody is kept out."""
    assert violations(page) == []
    assert not scrolls_sideways(page)


def work_through() -> None:
    """Do what a worker does."""
    assert in_another_thread(lambda: work(Job.objects.get(kind="import").pk)) == "done"


@pytest.fixture
def products(tmp_path: Path) -> Path:
    """Give a file with two good rows and two that are refused."""
    path = tmp_path / "products.csv"
    path.write_text("sku,name,price\nTEA,Tea,5\nCUP,Cup,many\nPOT,,9\nMUG,Mug,7\n")
    return path


def test_a_file_from_the_form_to_what_was_refused(
    page: Page, live_server: LiveServer, products: Path
) -> None:
    make_user("adele")
    sign_in(page, live_server.url, "adele")
    page.goto(f"{live_server.url}/admin/imports/askedimport/")
    look(page)
    page.get_by_role("link", name="Import a file").click()
    page.select_option("[name=what]", "products")
    page.set_input_files("[name=file]", str(products))
    expect(page.locator("[name=source]")).to_have_value("files")
    look(page)
    page.get_by_role("button", name="Import", exact=True).click()
    expect(page.get_by_role("progressbar", name="Import, only tried")).to_be_visible()
    look(page)
    work_through()
    # The page is drawn anew by itself when the job is over.
    expect(page.get_by_text("Nothing was written: this is what would be done.")).to_be_visible()
    expect(page.get_by_role("heading", name="2 faults")).to_be_visible()
    look(page)
    with page.expect_download() as download:
        page.get_by_role("link", name="All of them (CSV)").click()
    assert "CUP" in Path(download.value.path()).read_text()
    page.emulate_media(color_scheme="dark")
    page.evaluate("localStorage.setItem('_x_adminTheme', JSON.stringify('dark'))")
    page.reload()
    look(page)


def test_on_a_phone(phone: Page, live_server: LiveServer, products: Path) -> None:
    make_user("adele")
    sign_in(phone, live_server.url, "adele")
    phone.goto(f"{live_server.url}/admin/imports/askedimport/odoo")
    expect(phone.get_by_text("No Odoo is configured")).to_be_visible()
    look(phone)
    phone.goto(f"{live_server.url}/admin/imports/askedimport/file")
    phone.select_option("[name=what]", "products")
    phone.set_input_files("[name=file]", str(products))
    look(phone)
    phone.get_by_role("button", name="Import", exact=True).click()
    expect(phone.get_by_role("progressbar", name="Import, only tried")).to_be_visible()
    work_through()
    expect(phone.get_by_role("heading", name="2 faults")).to_be_visible()
    look(phone)
