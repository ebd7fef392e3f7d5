"""Report pages in a browser: found without being shown around, readable by everybody."""

from __future__ import annotations

import re
from datetime import timedelta

import orjson
import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect
from pytest_django.live_server_helper import LiveServer

from jobs.models import Job
from loyalty.models import PointOperation
from promotions.models import Backtest, Order
from promotions.orders.request import parse_order
from promotions.services.commit_order import commit_order
from promotions.services.work_on_backtest import work_on_backtest
from reporting.services.load_facts import load_facts
from reporting.services.refresh_by_job import refresh_by_job
from tests.browser.axe import violations
from tests.browser.other_thread import in_another_thread
from tests.browser.people import make_user, open_shop, scrolls_sideways, sign_in
from tests.shop import Json, Shop, discount

pytestmark = pytest.mark.django_db(transaction=True)
PAGES = ("programs", "members", "points")


def open_shop_of_yesterday() -> tuple[Shop, Json]:
    """Give a shop that sold beans yesterday under three programs, and a draft."""
    shop = open_shop()
    shop.member("ann", points="0")
    rules = [{"reward_point_mode": "money"}]
    shop.program("loyalty", name="Club", loyalty_program="club", rules=rules)
    beans = discount("20", "percent", "specific", products=["BEAN"])
    shop.program(name="Bean days", rules=[{"products": ["BEAN"]}], rewards=[beans])
    shop.program(name="Small change", rewards=[discount("0.10", "fixed")])
    body = shop.order(("BEAN", "1"), ("ESP", "1"), ref="first", partner="ann")
    yesterday = timezone.now() - timedelta(days=1)
    commit_order(order=parse_order(orjson.dumps(body)), at=yesterday, user_id=None)
    load_facts(
        order_ids=list(Order.objects.values_list("pk", flat=True)),
        operation_ids=list(PointOperation.objects.values_list("pk", flat=True)),
    )
    draft = shop.program(name="More", publish=False, rewards=[discount("5", "fixed")])
    return shop, draft


def test_yesterdays_best_program_is_two_clicks_away(page: Page, live_server: LiveServer) -> None:
    open_shop_of_yesterday()
    make_user("bo", group="manager")
    sign_in(page, live_server.url, "bo")
    assert page.url == f"{live_server.url}/admin/"
    page.get_by_role("link", name="Live dashboard").click()
    page.get_by_role("button", name="Yesterday").click()
    # Two clicks, and it stands in the first window, without scrolling: what it is and what it gave.
    best = page.locator("#board-best")
    expect(best).to_contain_text("Best program")
    expect(best).to_contain_text("Bean days")
    expect(best).to_contain_text("$4.80")
    expect(best).to_be_in_viewport()
    expect(page.locator("#board-programs li").first).to_contain_text("Bean days")


def test_programs_are_compared_for_the_same_period(page: Page, live_server: LiveServer) -> None:
    open_shop_of_yesterday()
    make_user("bo", group="manager")
    sign_in(page, live_server.url, "bo")
    page.goto(f"{live_server.url}/admin/reports/?period=yesterday")
    page.get_by_role("link", name="Programs", exact=True).first.click()
    page.wait_for_url(re.compile(r"/admin/reports/programs/\?period=yesterday"))
    expect(page.get_by_text("Gave most").locator("..")).to_contain_text("Bean days")


def _work_on_refresh() -> None:
    assert refresh_by_job(job_id=Job.objects.get(kind="refresh_views").pk).state == "done"


def _ask_for_refresh(page: Page) -> None:
    """Press the button, and wait for the job: the page says that it waits before there is one."""
    with page.expect_response(lambda response: response.request.method == "POST"):
        page.get_by_role("button", name="Refresh").click()


def test_a_manager_refreshes_the_figures(page: Page, live_server: LiveServer) -> None:
    open_shop_of_yesterday()
    make_user("bo", group="manager")
    sign_in(page, live_server.url, "bo")
    page.goto(f"{live_server.url}/admin/reports/programs/?period=yesterday")
    fresh = page.locator("#report-refresh")
    expect(fresh).to_contain_text("daily views refreshed: never")
    _ask_for_refresh(page)
    expect(fresh.get_by_role("status")).to_have_text("Waiting for a worker …")
    expect(fresh.get_by_role("progressbar")).to_be_visible()
    assert violations(page) == []

    in_another_thread(_work_on_refresh)

    expect(fresh.get_by_role("status")).to_have_text("Refreshed. These are the figures of now.")
    expect(fresh).not_to_contain_text("never")
    assert page.url.endswith("?period=yesterday")


def test_a_refresh_that_fails_says_why(page: Page, live_server: LiveServer) -> None:
    open_shop_of_yesterday()
    make_user("bo", group="manager")
    sign_in(page, live_server.url, "bo")
    page.goto(f"{live_server.url}/admin/reports/")
    _ask_for_refresh(page)
    fresh = page.locator("#report-refresh")
    expect(fresh.get_by_role("progressbar")).to_be_visible()
    error = {"code": "internal", "detail": "The database was restarted."}
    in_another_thread(lambda: Job.objects.update(state="failed", error=error))
    expect(fresh.get_by_role("status")).to_have_text("The database was restarted.")
    expect(page.get_by_role("button", name="Refresh")).to_be_enabled()


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_everybody_can_read_the_pages(page: Page, live_server: LiveServer, theme: str) -> None:
    open_shop_of_yesterday()
    make_user("bo", group="manager")
    sign_in(page, live_server.url, "bo")
    page.evaluate("theme => localStorage.setItem('adminTheme', JSON.stringify(theme))", theme)
    for name in PAGES:
        page.goto(f"{live_server.url}/admin/reports/{name}/")
        for summary in page.locator("summary").all():
            summary.click()
        assert violations(page) == [], name


def test_the_pages_fit_a_phone(phone: Page, live_server: LiveServer) -> None:
    open_shop_of_yesterday()
    make_user("bo", group="manager")
    sign_in(phone, live_server.url, "bo")
    for name in PAGES:
        phone.goto(f"{live_server.url}/admin/reports/{name}/")
        assert not scrolls_sideways(phone), name
        assert violations(phone) == [], name


def test_a_back_test_is_asked_for_followed_and_read(page: Page, live_server: LiveServer) -> None:
    _shop, draft = open_shop_of_yesterday()
    make_user("max", group="marketing")
    sign_in(page, live_server.url, "max")
    page.goto(f"{live_server.url}/admin/promotions/promotionprogram/{draft['id']}/change/")
    page.get_by_role("link", name="Back-test").click()
    assert violations(page) == []
    page.get_by_role("button", name="Start").click()
    expect(page.locator(".pc-job")).to_contain_text("0 / 1")
    assert violations(page) == []
    work_on_backtest(job_id=Backtest.objects.get().job_id)
    # The bar asks by itself, and the page is drawn anew when it is over.
    expect(page.get_by_text("Orders hit").locator("..")).to_contain_text("100 % of 1")
    assert violations(page) == []
    page.get_by_role("link", name="Reasons").click()
    expect(page.locator(".pc-why li").first).to_contain_text("More")
    assert violations(page) == []
    page.get_by_role("link", name="first").click()
    page.wait_for_url(re.compile(r"/admin/promotions/order/\d+/change/"))
