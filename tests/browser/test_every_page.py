"""Every page in a browser, in use and empty: axe-core objects to nothing, nothing is cut off."""

from __future__ import annotations

import re
from datetime import timedelta
from pathlib import Path

import pytest
from django.contrib import admin
from django.core.management import call_command
from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import Page, expect
from pytest_django.live_server_helper import LiveServer

from events.models import DeadLetter, Event, WebhookDelivery, WebhookEndpoint
from imports.models import ImportRun
from jobs.models import Job
from promotions.models import Order, PromotionProgram
from promotions.services.start_backtest import start_backtest
from promotions.services.work_on_backtest import work_on_backtest
from tests.browser.axe import violations
from tests.browser.people import make_user, open_shop, scrolls_sideways, sign_in
from tests.browser.test_report_pages import open_shop_of_yesterday

pytestmark = pytest.mark.django_db(transaction=True)
PROGRAMS = "/admin/promotions/promotionprogram"


def lists() -> list[str]:
    """Return the list of each kind of thing in the admin."""
    models = [model._meta for model in admin.site._registry]
    return [reverse(f"admin:{one.app_label}_{one.model_name}_changelist") for one in models]


def pages_in_use(folder: Path) -> list[str]:
    """Return pages with something on them: of a program, an order, a back-test, an import."""
    open_shop_of_yesterday()
    draft = PromotionProgram.objects.get(name="More")
    live = PromotionProgram.objects.get(name="Bean days")
    order = Order.objects.get()
    yesterday = timezone.localdate() - timedelta(days=1)
    started = start_backtest(
        program_id=draft.pk,
        date_from=yesterday - timedelta(days=1),
        date_to=yesterday + timedelta(days=1),
        created_by=None,
        at=timezone.now(),
    )
    work_on_backtest(job_id=started.job_id)
    file = folder / "products.csv"
    file.write_text("sku,name,price\nTEA,Tea,4.00\nCUP,,x\n")
    call_command("import_files", str(file), kind="products")
    own = f"{PROGRAMS}/{draft.pk}"
    return [
        *(f"{own}/change/", f"{own}/try/", f"{own}/backtest/", f"{own}/conflicts/"),
        *(f"{PROGRAMS}/{live.pk}/change/", f"{PROGRAMS}/add/", f"{PROGRAMS}/conflicts/"),
        f"/admin/imports/importrun/{ImportRun.objects.get().pk}/change/",
        f"/admin/jobs/job/{Job.objects.get().pk}/change/",
        f"/admin/events/event/{Event.objects.order_by('pk')[:1].get().pk}/change/",
        reverse("admin:promotions_order_change", args=[order.pk]),
        reverse("report-program", args=[live.pk]) + "?period=yesterday",
        reverse("report-backtest", args=[started.backtest_id]),
        reverse("report-backtest-order", args=[started.backtest_id, order.pk]),
        *("/admin/", "/admin/operations/", "/admin/reports/?period=yesterday"),
        *pages_of_trouble(),
    ]


def pages_of_trouble() -> list[str]:
    """Return pages of what went wrong: a dead letter, and a message that nobody took."""
    event = Event.objects.order_by("pk")[:1].get()
    error = "ValueError: no\n\n  File " + "/a_long_way/to_the_place" * 5
    letter = DeadLetter.objects.create(
        consumer="report_facts",
        partition=0,
        event=event,
        transaction_id=event.transaction_id,
        order_key=event.key,
        state="dead",
        attempts=6,
        error=error,
    )
    hook = WebhookEndpoint.objects.create(name="Shop", url="https://1.1.1.1/", secret="whsec_eA==")
    sent = WebhookDelivery.objects.create(
        endpoint=hook, event_id=event.pk, event_type=event.type, body="{}", last_answer=error
    )
    return [
        reverse("admin:events_deadletter_change", args=[letter.pk]),
        reverse("admin:events_webhookendpoint_change", args=[hook.pk]),
        reverse("admin:events_webhookdelivery_change", args=[sent.pk]),
    ]


def wrong_with(page: Page, server: str, addresses: list[str]) -> dict[str, object]:
    """Open each address; return what is wrong with it."""
    wrong: dict[str, object] = {}
    for address in addresses:
        answer = page.goto(f"{server}{address}")
        found: list[str] = violations(page)
        if answer is None or answer.status != 200:
            found.append("it does not open")
        if scrolls_sideways(page):
            found.append("it is wider than its window")
        if found:
            wrong[address] = found
    return wrong


def begin(page: Page, server: str, theme: str) -> None:
    """Sign in as an administrator who likes a theme."""
    make_user("root-2")
    sign_in(page, server, "root-2")
    page.evaluate("theme => localStorage.setItem('adminTheme', JSON.stringify(theme))", theme)


def test_pages_in_use(page: Page, live_server: LiveServer, tmp_path: Path) -> None:
    addresses = pages_in_use(tmp_path)
    begin(page, live_server.url, "light")
    assert wrong_with(page, live_server.url, addresses) == {}


def test_pages_in_use_on_a_phone_in_the_dark(
    phone: Page, live_server: LiveServer, tmp_path: Path
) -> None:
    addresses = pages_in_use(tmp_path)
    begin(phone, live_server.url, "dark")
    assert wrong_with(phone, live_server.url, addresses) == {}


def test_empty_lists_on_a_phone_in_the_dark(phone: Page, live_server: LiveServer) -> None:
    begin(phone, live_server.url, "dark")
    assert wrong_with(phone, live_server.url, ["/admin/", *lists()]) == {}
    phone.goto(f"{live_server.url}/admin/imports/importrun/")
    expect(phone.get_by_text("import_from_odoo")).to_be_visible()


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_the_till(page: Page, live_server: LiveServer, theme: str) -> None:
    page.emulate_media(color_scheme="dark" if theme == "dark" else "light")
    shop = open_shop()
    shop.percent_off("10", name="Ten off", rules=[{"minimum_amount": "20"}])
    assert wrong_with(page, live_server.url, ["/till/"]) == {}
    page.goto(f"{live_server.url}/till/#token={shop.till_token}")
    page.reload()
    page.get_by_role("button", name=re.compile("Espresso")).click()
    expect(page.get_by_text("$17.60 to go for Ten off")).to_be_visible()
    assert violations(page) == []
    page.get_by_role("button", name=re.compile("House blend")).click()
    page.get_by_role("button", name="Pay $23.76").click()
    expect(page.get_by_role("dialog", name="Receipt")).to_be_visible()
    assert violations(page) == []
