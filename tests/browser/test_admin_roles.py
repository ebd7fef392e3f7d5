"""Who sees and does what in the admin."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect
from pytest_django.live_server_helper import LiveServer

from access.models import Grant
from promotions.models import PromotionProgram
from tests.browser.people import make_user, open_shop, sign_in

pytestmark = pytest.mark.django_db(transaction=True)
ADMIN_ONLY = ("auth/user", "auth/group", "access/grant", "events/event")


def test_marketing_cannot_do_what_administrators_do(page: Page, live_server: LiveServer) -> None:
    open_shop()
    make_user("maya", group="marketing")
    sign_in(page, live_server.url, "maya")
    navigation = page.locator("#nav-sidebar-apps")
    expect(navigation.get_by_text("Programs")).to_be_visible()
    expect(navigation.get_by_text("API tokens")).to_have_count(0)
    for path in ADMIN_ONLY:
        answer = page.goto(f"{live_server.url}/admin/{path}/")
        assert answer is not None
        assert answer.status == 403, path
    answer = page.goto(f"{live_server.url}/admin/promotions/posconfig/add/")
    assert answer is not None
    assert answer.status == 403


def test_a_manager_reads_and_changes_nothing(page: Page, live_server: LiveServer) -> None:
    shop = open_shop()
    made = shop.percent_off("10", name="Ten")
    shop.commit(("BEAN", "1"))
    make_user("mona", group="manager")
    sign_in(page, live_server.url, "mona")
    expect(page.get_by_role("link", name="New program")).to_have_count(0)
    page.goto(f"{live_server.url}/admin/promotions/promotionprogram/{made['id']}/change/")
    expect(page.locator("#program-sentence")).to_contain_text("10% off the order")
    expect(page.get_by_role("button", name="Save")).to_have_count(0)
    expect(page.get_by_role("button", name="Pause")).to_have_count(0)
    cookie = {one["name"]: one["value"] for one in page.context.cookies()}
    answer = page.request.post(
        f"{live_server.url}/admin/promotions/promotionprogram/{made['id']}/pause/",
        headers={"X-CSRFToken": cookie["csrftoken"], "Referer": live_server.url},
    )
    assert answer.status == 403
    assert PromotionProgram.objects.get(pk=made["id"]).state == "published"


def test_an_administrator_makes_a_token_that_is_shown_once_and_revoked(
    page: Page, live_server: LiveServer
) -> None:
    shop = open_shop()
    make_user("root-2")
    sign_in(page, live_server.url, "root-2")
    page.goto(f"{live_server.url}/admin/access/grant/add/")
    page.fill("[name=username]", "till-9")
    page.get_by_role("button", name="Create token").click()
    expect(page.get_by_text("A till acts for one store; name it.")).to_be_visible()
    page.fill("[name=pos_ref]", "main")
    page.get_by_role("button", name="Create token").click()
    key = page.locator("#new-key").inner_text()
    headers = {"Authorization": f"Token {key}"}
    assert page.request.get(f"{live_server.url}/api/v1/whoami", headers=headers).json() == {
        "user": "till-9",
        "role": "pos",
        "pos_config": "main",
    }
    grant = Grant.objects.get(token__user__username="till-9")
    page.goto(f"{live_server.url}/admin/access/grant/{grant.pk}/delete/")
    sure = page.get_by_role("button", name=re.compile("Yes"))
    sure.click()
    expect(sure).to_have_count(0)
    expect(page.locator("body")).not_to_contain_text("till-9…")
    assert page.request.get(f"{live_server.url}/api/v1/whoami", headers=headers).status == 401
    assert shop.till.ok("GET", "whoami")["user"] == "till"
