"""The pages of versions in a browser: what differs, going back, the review, the history."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect
from pytest_django.live_server_helper import LiveServer

from promotions.models import ProgramVersion
from tests.browser.axe import violations
from tests.browser.people import make_user, open_shop, scrolls_sideways, sign_in
from tests.shop import discount

pytestmark = pytest.mark.django_db(transaction=True)
BASE = "/admin/promotions/promotionprogram"


def test_a_change_is_reviewed_compared_and_gone_back_from(
    page: Page, live_server: LiveServer
) -> None:
    shop = open_shop()
    made = shop.percent_off("10", name="Ten")
    shop.admin.ok("PATCH", f"programs/{made['id']}", {"rewards": [discount("25")]})
    make_user("maya", group="marketing")
    sign_in(page, live_server.url, "maya")
    own = f"{live_server.url}{BASE}/{made['id']}"
    page.goto(f"{own}/change/")
    page.get_by_role("button", name="Send for review").click()
    expect(page.get_by_text("Sent for review by maya")).to_be_visible()
    page.get_by_role("link", name="What changed").click()
    expect(page.locator(".pc-differences del")).to_have_text("10%")
    expect(page.locator(".pc-differences ins")).to_have_text("25%")
    assert violations(page) == []
    page.goto(f"{own}/change/")
    page.get_by_role("button", name="Publish changes").click()
    expect(page.get_by_text("version 2 is in force")).to_be_visible()
    assert shop.quote(("BEAN", "1"))["total"] == "18.00"
    page.goto(f"{own}/compare/?from=1&to=2")
    page.get_by_role("button", name="Put it in force again").click()
    expect(page.get_by_text("What version 1 was is in force as version 3.")).to_be_visible()
    assert shop.quote(("BEAN", "1"))["total"] == "21.60"
    assert ProgramVersion.objects.count() == 3
    page.goto(f"{own}/history/")
    expect(page.get_by_text("Rolled back")).to_be_visible()
    expect(page.locator(".pc-differences ins").first).to_have_text("25%")
    assert violations(page) == []


@pytest.mark.parametrize("kind", ["page", "phone"])
def test_everybody_can_use_the_form_and_the_lists(
    request: pytest.FixtureRequest, kind: str, live_server: LiveServer
) -> None:
    page: Page = request.getfixturevalue(kind)
    shop = open_shop()
    rules = [{"products": ["ESP", "CAP"], "categories": ["Bakery"]}]
    made = shop.percent_off("10", name="Ten", rules=rules, limit_usage=10, budget="50")
    make_user("maya", group="marketing")
    sign_in(page, live_server.url, "maya")
    for path in (f"/{made['id']}/change/", "/", f"/{made['id']}/compare/"):
        page.goto(f"{live_server.url}{BASE}{path}")
        assert violations(page) == [], path
        assert not scrolls_sideways(page), path
