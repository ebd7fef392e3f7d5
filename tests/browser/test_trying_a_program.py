"""The page on which a program is tried: what is typed, what is answered, and who can read it."""

from __future__ import annotations

import re
from typing import Literal

import pytest
from playwright.sync_api import Page, expect
from pytest_django.live_server_helper import LiveServer

from promotions.models import Order
from tests.browser.axe import violations
from tests.browser.people import make_user, open_shop, scrolls_sideways, sign_in
from tests.shop import Json, discount

Theme = Literal["light", "dark"]
pytestmark = pytest.mark.django_db(transaction=True)


def set_up(page: Page, server: str) -> Json:
    """Make a draft of 10 % off orders from 40 beside a published program, and sign marketing in."""
    shop = open_shop()
    shop.member("ann", "250")
    shop.percent_off("5", name="Five off coffee", rules=[{"categories": ["Drinks > Coffee"]}])
    body = {"name": "Ten off from 40", "program_type": "promotion", "rewards": [discount("10")]}
    made = shop.admin.ok("POST", "programs", {**body, "rules": [{"minimum_amount": "40"}]})
    make_user("maya", group="marketing")
    sign_in(page, server, "maya")
    return made


def find(page: Page, field: str, text: str) -> None:
    """Search in an autocomplete field and take the first answer."""
    page.locator(f"select[name={field}] + .select2 .select2-selection").click()
    page.locator(".select2-container--open .select2-search__field").fill(text)
    page.locator(".select2-results__option", has_text=text).first.click()


def test_a_basket_is_tried_until_it_gets_the_discount(page: Page, live_server: LiveServer) -> None:
    made = set_up(page, live_server.url)
    page.goto(f"{live_server.url}/admin/promotions/promotionprogram/{made['id']}/change/")
    page.get_by_role("link", name="Try it").click()
    find(page, "find", "House blend")
    verdict = page.locator(".pc-verdict")
    expect(verdict).to_contain_text("Not applied")
    expect(verdict).to_contain_text("$16.00 more is needed")
    page.locator("[name=qty]").fill("2")
    expect(verdict).to_contain_text("10% of $48.00 is $4.80")
    expect(page.locator(".pc-paper .pc-grand")).to_contain_text("$43.20")
    find(page, "find", "Espresso")
    expect(page.get_by_text("The other programs")).to_be_visible()
    expect(page.locator(".pc-why")).to_contain_text("It cannot be combined with what was applied")
    page.get_by_label("Without the other programs").check()
    expect(page.locator(".pc-why")).to_have_count(0)
    page.reload()
    expect(page.locator("#basket tr")).to_have_count(2)
    expect(verdict).to_contain_text("10% of $50.40 is $5.04")
    page.locator("#basket .pc-remove").first.click()
    expect(verdict).to_contain_text("$37.60 more is needed")
    page.locator("[name=qty]").fill("many")
    expect(page.locator(".pc-refused")).to_contain_text("not a number")
    assert not Order.objects.exists()


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("kind", ["page", "phone"])
def test_everybody_can_use_it(
    request: pytest.FixtureRequest, kind: str, theme: Theme, live_server: LiveServer
) -> None:
    page: Page = request.getfixturevalue(kind)
    page.emulate_media(color_scheme=theme)
    made = set_up(page, live_server.url)
    page.goto(f"{live_server.url}/admin/promotions/promotionprogram/{made['id']}/try/")
    assert violations(page) == []
    find(page, "find", "House blend")
    page.locator("[name=qty]").fill("2")
    expect(page.locator(".pc-verdict")).to_contain_text("Applied")
    find(page, "partner", "Ann")
    page.wait_for_url(re.compile(r"partner=\d"))
    expect(page.locator("#trial-answer[aria-busy]")).to_have_count(0)
    assert violations(page) == []
    assert not scrolls_sideways(page)
