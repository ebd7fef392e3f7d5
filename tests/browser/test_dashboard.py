"""The live dashboard in a browser: it moves by itself, and everybody can read it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from threading import Thread

import pytest
from django.conf import settings as django_settings
from playwright.sync_api import Page, expect
from pytest_django import Settings
from pytest_django.live_server_helper import LiveServer

from access.caller import Role
from access.services.create_token import create_token
from promotions.models import Order
from reporting.live import tell_boards
from reporting.services.load_facts import load_facts
from tests.browser.axe import violations
from tests.browser.live_process import let_pages_connect, live_process
from tests.browser.people import make_user, open_shop, scrolls_sideways, sign_in
from tests.shop import Api, Shop

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def live_port(transactional_db: None, settings: Settings) -> Iterator[int]:
    """Run the live process on the database of the tests, and let pages connect to it."""
    with live_process(str(django_settings.REDIS_URL)) as port:
        let_pages_connect(settings, port)
        yield port


def sell(till: Api, ref: str, pos: str = "main") -> None:
    """Sell two espressos, and put them into the figures as the consumer of the log does."""
    lines = [{"sku": "ESP", "qty": "2"}]
    made = till.ok("POST", "orders", {"ref": ref, "pos_config": pos, "lines": lines})
    assert made["total"] == "4.32"
    load_facts(order_ids=[Order.objects.get(ref=ref).pk])
    teller = Thread(target=tell_boards)  # Playwright's loop runs in this one
    teller.start()
    teller.join()


def open_board(page: Page, server: str) -> Shop:
    """Open a shop with a discount, sell once, and look at the board as a manager."""
    shop = open_shop()
    shop.percent_off("10", name="Ten off")
    sell(shop.till, "first")
    make_user("bo", group="manager")
    sign_in(page, server, "bo")
    page.goto(f"{server}/admin/reports/?period=today")
    return shop


def test_an_order_appears_while_one_looks(
    page: Page, live_server: LiveServer, live_port: int
) -> None:
    shop = open_board(page, live_server.url)
    orders = page.locator("[data-key=orders] strong")
    expect(page.locator("#board-live")).to_have_text("Live")
    expect(orders).to_have_text("1")

    sell(shop.till, "second")

    expect(orders).to_have_text("2")
    expect(page.locator("#board-feed li").first).to_contain_text("second")
    expect(page.locator("[data-key=sales] strong")).to_have_text("$8.64")
    expect(page.locator("#board-programs li")).to_contain_text("Ten off")


def test_two_clicks_lead_from_a_program_to_an_order(page: Page, live_server: LiveServer) -> None:
    open_board(page, live_server.url)
    page.locator("#board-programs").get_by_role("link", name="Ten off").click()
    page.wait_for_url(re.compile(r"/admin/reports/programs/\d+/\?period=today"))
    page.get_by_role("link", name="first").click()
    page.wait_for_url(re.compile(r"/admin/promotions/order/\d+/change/"))
    expect(page.get_by_text("Ten off").first).to_be_visible()


def test_a_period_without_sales_says_so_until_something_is_sold(
    page: Page, live_server: LiveServer, live_port: int
) -> None:
    shop = open_board(page, live_server.url)
    expect(page.locator("#sales-chart")).to_be_visible()
    expect(page.locator("#no-sales")).to_be_hidden()
    page.goto(f"{live_server.url}/admin/reports/?from=2020-01-01&to=2020-01-05")
    expect(page.locator("#no-sales")).to_have_text("Nothing was sold in this period.")
    expect(page.locator("#sales-chart")).to_be_hidden()
    shop.admin.ok("PUT", "pos-configs/second", {"name": "Second", "currency": "USD"})
    page.goto(f"{live_server.url}/admin/reports/?period=today&store=second")
    expect(page.locator("#board-live")).to_have_text("Live")
    expect(page.locator("#sales-chart")).to_be_hidden()
    till = Api(create_token(username="second", role=Role.POS, pos_ref="second").key)
    sell(till, "there", "second")
    expect(page.locator("#sales-chart")).to_be_visible()
    assert page.locator("#sales-chart").bounding_box()["width"] > 200  # type: ignore[index]


def test_without_the_live_process_the_page_says_so(page: Page, live_server: LiveServer) -> None:
    open_board(page, live_server.url)
    expect(page.locator("#board-live")).to_have_text("Reconnecting …")
    expect(page.locator("[data-key=orders] strong")).to_have_text("1")


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_everybody_can_read_it(page: Page, live_server: LiveServer, theme: str) -> None:
    open_board(page, live_server.url)
    page.evaluate("theme => localStorage.setItem('adminTheme', JSON.stringify(theme))", theme)
    page.reload()
    assert violations(page) == []
    page.locator("#board-programs").get_by_role("link", name="Ten off").click()
    page.wait_for_url(re.compile("programs"))
    assert violations(page) == []


def test_it_fits_a_phone(phone: Page, live_server: LiveServer) -> None:
    open_board(phone, live_server.url)
    assert not scrolls_sideways(phone)
    assert violations(phone) == []
