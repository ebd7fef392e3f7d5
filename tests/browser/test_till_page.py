"""The till on its own: connecting, the phone, the keyboard, the language."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect
from pytest_django.live_server_helper import LiveServer

from tests.browser.people import open_shop, scrolls_sideways

pytestmark = pytest.mark.django_db(transaction=True)


def test_a_till_without_a_token_asks_for_one_and_remembers_it_for_the_tab(
    page: Page, live_server: LiveServer
) -> None:
    shop = open_shop()
    page.goto(f"{live_server.url}/till/")
    page.get_by_label("Token").fill("nonsense")
    page.get_by_role("button", name="Connect").click()
    expect(page.get_by_text("This token is unknown or has ended.")).to_be_visible()
    page.get_by_label("Token").fill(shop.till_token)
    page.get_by_role("button", name="Connect").click()
    expect(page.locator("#store")).to_have_text("Main street")
    page.reload()
    expect(page.get_by_role("button", name=re.compile("Espresso"))).to_be_visible()
    page.get_by_role("button", name="Sign out").click()
    expect(page.get_by_label("Token")).to_be_visible()


def test_an_administrator_chooses_the_store(page: Page, live_server: LiveServer) -> None:
    shop = open_shop()
    shop.admin.ok("PUT", "pos-configs/airport", {"name": "Airport", "currency": "USD"})
    token = shop.admin._headers["Authorization"].removeprefix("Token ")
    page.goto(f"{live_server.url}/till/#token={token}")
    page.get_by_label("Store").select_option("airport")
    page.get_by_role("button", name="Connect").click()
    expect(page.locator("#store")).to_have_text("Airport")


def test_a_scanned_sku_goes_into_the_basket_and_quantities_are_typed(
    page: Page, live_server: LiveServer
) -> None:
    shop = open_shop()
    page.goto(f"{live_server.url}/till/#token={shop.till_token}")
    expect(page.get_by_role("button", name=re.compile("Espresso"))).to_be_visible()
    page.keyboard.type("cro")
    page.keyboard.press("Enter")
    quantity = page.get_by_label("Quantity of Croissant")
    expect(quantity).to_have_value("1")
    quantity.fill("2.5")
    quantity.press("Tab")
    expect(page.locator("#totals .grand")).to_contain_text("$7.00")
    page.get_by_label("One less of Croissant").click()
    expect(quantity).to_have_value("1.5")
    page.get_by_role("button", name="Clear").click()
    expect(page.get_by_text("The basket is empty")).to_be_visible()


def test_the_till_fits_a_phone(phone: Page, live_server: LiveServer) -> None:
    shop = open_shop()
    shop.products(**{f"P{number}": "1.00" for number in range(20)})
    phone.goto(f"{live_server.url}/till/#token={shop.till_token}")
    phone.get_by_role("button", name=re.compile("Espresso")).click()
    to_basket = phone.locator("#to-basket")
    expect(to_basket).to_have_text("1 line · $2.40")
    assert not scrolls_sideways(phone)
    to_basket.click()
    expect(phone.get_by_role("button", name="Pay $2.40")).to_be_in_viewport()
    assert not scrolls_sideways(phone)


def test_a_price_that_changed_is_shown_before_it_is_paid(
    page: Page, live_server: LiveServer
) -> None:
    shop = open_shop()
    page.goto(f"{live_server.url}/till/#token={shop.till_token}")
    page.get_by_role("button", name=re.compile("House blend")).click()
    expect(page.get_by_role("button", name="Pay $24.00")).to_be_enabled()
    shop.percent_off("50")
    page.get_by_role("button", name="Pay $24.00").click()
    expect(page.get_by_text("The price has changed meanwhile")).to_be_visible()
    page.get_by_role("button", name="Pay $12.00").click()
    expect(page.get_by_role("dialog", name="Receipt")).to_contain_text("$12.00")


def test_the_till_speaks_indonesian(page: Page, live_server: LiveServer) -> None:
    shop = open_shop()
    page.goto(f"{live_server.url}/till/#token={shop.till_token}")
    page.get_by_role("button", name="ID", exact=True).click()
    expect(page.locator("html")).to_have_attribute("lang", "id")
    expect(page.get_by_text("Keranjang masih kosong")).to_be_visible()
    page.get_by_role("button", name=re.compile("House blend")).click()
    expect(page.get_by_role("button", name=re.compile("Bayar"))).to_be_enabled()


def test_no_script_of_the_till_is_inline_and_no_other_host_is_asked(
    page: Page, live_server: LiveServer
) -> None:
    shop = open_shop()
    hosts: set[str] = set()
    page.on("request", lambda request: hosts.add(request.url.split("/")[2]))
    answer = page.goto(f"{live_server.url}/till/#token={shop.till_token}")
    assert answer is not None
    policy = answer.headers["content-security-policy"]
    assert "unsafe" not in policy
    expect(page.locator("#store")).to_have_text("Main street")
    assert hosts == {live_server.url.removeprefix("http://")}
