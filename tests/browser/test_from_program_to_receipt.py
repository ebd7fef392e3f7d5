"""A campaign's whole way: made in the admin, quoted and paid at the till, explained afterwards."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect
from pytest_django.live_server_helper import LiveServer

from promotions.models import Order, PromotionProgram
from tests.browser.people import make_user, open_shop, sign_in

pytestmark = pytest.mark.django_db(transaction=True)


def test_a_program_from_a_template_reaches_the_till_and_the_order_explains_it(
    page: Page, live_server: LiveServer
) -> None:
    shop = open_shop()
    shop.member("ann", points="0")
    make_user("maya", group="marketing")
    make_user("root-2")

    sign_in(page, live_server.url, "maya")
    page.get_by_role("link", name="New program").click()
    page.get_by_role("link", name="10% over 50").click()
    page.fill("[name=name]", "Ten off")
    page.fill("[name=rules-0-minimum_amount]", "20")
    page.get_by_role("button", name="Save as a draft").click()
    expect(page.locator("#program-sentence")).to_have_text(
        "10% off the order on orders of $20.00 or more, at all stores."
    )
    program = PromotionProgram.objects.get()
    assert (program.name, program.state) == ("Ten off", "draft")
    assert shop.quote(("BEAN", "1"))["total"] == "24.00"

    page.get_by_role("button", name="Publish", exact=True).click()
    expect(page.get_by_text("version 1 is in force")).to_be_visible()
    program.refresh_from_db()
    assert program.state == "published"

    page.goto(f"{live_server.url}/till/#token={shop.till_token}")
    expect(page.locator("#store")).to_have_text("Main street")
    assert "token" not in page.url
    page.get_by_role("button", name=re.compile("Espresso")).click()
    expect(page.get_by_text("$17.60 to go for Ten off")).to_be_visible()
    page.fill("#member", "ann")
    page.press("#member", "Enter")
    expect(page.locator("#member-card")).to_contain_text("Ann")
    page.get_by_role("button", name=re.compile("House blend")).click()
    expect(page.locator("#totals .grand")).to_contain_text("$23.76")
    expect(page.locator("#lines")).to_contain_text("Ten off")
    page.get_by_role("button", name="Pay $23.76").click()
    receipt = page.get_by_role("dialog", name="Receipt")
    expect(receipt).to_contain_text("You saved $2.64")
    ref = receipt.locator(".ref").inner_text()
    order = Order.objects.get(ref=ref)
    assert (str(order.total), order.partner.ref if order.partner else "") == ("23.7600", "ann")

    page.goto(f"{live_server.url}/admin/promotions/order/{order.pk}/change/")
    paper = page.get_by_role("article", name="Receipt")
    expect(paper).to_contain_text("Espresso")
    expect(paper).to_contain_text("$23.76")
    why = page.locator(".pc-why li.pc-applied", has_text="Ten off")
    expect(why).to_contain_text("10% of $26.40 is $2.64")


def test_goods_come_back_at_the_till(page: Page, live_server: LiveServer) -> None:
    shop = open_shop()
    shop.percent_off("10")
    ref = shop.commit(("ESP", "2"), ("BEAN", "1"))["ref"]
    page.goto(f"{live_server.url}/till/#token={shop.till_token}")
    page.get_by_role("button", name="Return").click()
    page.get_by_label("Number on the receipt").fill(ref)
    page.get_by_role("button", name="Find the order").click()
    page.get_by_label("Espresso").fill("1")
    page.get_by_role("button", name="Refund").click()
    expect(page.locator("#return .refund")).to_have_text("$2.16")
    assert str(Order.objects.get(ref=ref).refund_total) == "2.1600"


def test_a_rejected_code_says_why_and_a_reward_is_claimed(
    page: Page, live_server: LiveServer
) -> None:
    shop = open_shop()
    shop.program(
        "loyalty",
        name="Club",
        loyalty_program="club",
        rules=[{"reward_point_mode": "money", "reward_point_amount": "1"}],
        rewards=[
            {
                "reward_type": "discount",
                "required_points": "100",
                "discount": {"mode": "fixed", "value": "5"},
            }
        ],
    ) if shop.admin.ok("PUT", "loyalty-programs/club", {"name": "Club"}) else None
    shop.member("ann", points="150")
    page.goto(f"{live_server.url}/till/#token={shop.till_token}")
    page.get_by_role("button", name=re.compile("House blend")).click()
    page.fill("#code", "NOTHING")
    page.press("#code", "Enter")
    expect(page.locator("#codes")).to_contain_text("There is no such code.")
    page.fill("#member", "club-ann")
    page.press("#member", "Enter")
    expect(page.locator("#member-card")).to_contain_text("150 points")
    page.get_by_role("button", name=re.compile("^Claim")).click()
    expect(page.locator("#totals .grand")).to_contain_text("$19.00")
    page.get_by_role("button", name="Pay $19.00").click()
    expect(page.get_by_role("dialog", name="Receipt")).to_contain_text("69 points")
    assert shop.balance("ann") == 69
