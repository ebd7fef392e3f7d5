"""The program's form: the fields that matter, what is refused, and what is kept."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect
from pytest_django.live_server_helper import LiveServer

from promotions.models import PromotionProgram, PromotionReward
from tests.browser.people import make_user, open_shop, scrolls_sideways, sign_in

pytestmark = pytest.mark.django_db(transaction=True)
ADD = "/admin/promotions/promotionprogram/add/"


def choose(page: Page, field: str, text: str) -> None:
    """Search in an autocomplete field and take the first answer."""
    box = page.locator(f"select[name={field}] + .select2 .select2-search__field")
    box.click()
    box.fill(text)
    page.locator(".select2-results__option", has_text=text).first.click()


def test_only_the_fields_of_the_chosen_reward_are_shown(
    page: Page, live_server: LiveServer
) -> None:
    open_shop()
    make_user("maya", group="marketing")
    sign_in(page, live_server.url, "maya")
    page.goto(f"{live_server.url}{ADD}?starter=ten_percent")
    value, free = (
        page.locator("[name=rewards-0-discount_value]"),
        page.locator("[name=rewards-0-free_qty]"),
    )
    expect(value).to_be_visible()
    expect(free).to_be_hidden()
    expect(page.locator("[name=rules-0-code]")).to_be_hidden()
    expect(page.get_by_text("What belongs to the set").first).to_be_hidden()

    page.select_option("[name=rewards-0-reward_type]", "product")
    expect(value).to_be_hidden()
    expect(free).to_be_visible()
    page.select_option("[name=rewards-0-reward_type]", "special_set")
    expect(page.get_by_text("What belongs to the set").first).to_be_visible()
    expect(page.locator("[name=rewards-0-set_price]")).to_be_visible()

    page.select_option("[name=program_type]", "promo_code")
    expect(page.locator("[name=rules-0-code]")).to_be_visible()
    assert page.input_value("[name=trigger]") == "with_code"


def test_all_settings_are_one_switch_away(page: Page, live_server: LiveServer) -> None:
    open_shop()
    make_user("maya", group="marketing")
    sign_in(page, live_server.url, "maya")
    page.goto(f"{live_server.url}{ADD}?starter=ten_percent")
    points = page.locator("[name=rules-0-reward_point_amount]")
    expect(points).to_be_hidden()
    page.get_by_text("Show all settings").click()
    expect(points).to_be_visible()
    page.reload()
    expect(points).to_be_visible()


def test_what_the_chosen_type_does_not_mean_is_not_stored(
    page: Page, live_server: LiveServer
) -> None:
    open_shop()
    make_user("maya", group="marketing")
    sign_in(page, live_server.url, "maya")
    page.goto(f"{live_server.url}{ADD}?starter=ten_percent")
    page.select_option("[name=rewards-0-reward_type]", "special_price")
    page.fill("[name=rewards-0-special_price]", "1.50")
    choose(page, "rewards-0-categories", "Drinks > Coffee")
    page.get_by_role("button", name="Save as a draft").click()
    expect(page.locator("#program-sentence")).to_contain_text("Coffee for $1.50 each")
    reward = PromotionReward.objects.get()
    assert reward.discount_value is None
    assert [one.path for one in reward.categories.all()] == ["Drinks > Coffee"]


def test_what_the_service_refuses_stands_at_its_field_and_nothing_is_stored(
    page: Page, live_server: LiveServer
) -> None:
    open_shop()
    make_user("maya", group="marketing")
    sign_in(page, live_server.url, "maya")
    page.goto(f"{live_server.url}{ADD}?starter=ten_percent")
    page.fill("[name=rewards-0-discount_value]", "150")
    page.fill("[name=date_from_0]", "2030-02-01")
    page.fill("[name=date_to_0]", "2030-01-01")
    page.get_by_role("button", name="Save as a draft").click()
    expect(page.locator(".field-discount_value").first).to_contain_text("at most 100")
    expect(page.locator(".field-date_to")).to_contain_text("before the start")
    assert page.input_value("[name=rules-0-minimum_amount]") == "50"
    assert not PromotionProgram.objects.exists()


def test_a_published_program_says_that_its_draft_has_changed(
    page: Page, live_server: LiveServer
) -> None:
    shop = open_shop()
    made = shop.percent_off("10", name="Ten")
    make_user("maya", group="marketing")
    sign_in(page, live_server.url, "maya")
    address = f"{live_server.url}/admin/promotions/promotionprogram/{made['id']}/change/"
    page.goto(address)
    page.fill("[name=rewards-0-discount_value]", "25")
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.get_by_text("changed since published")).to_be_visible()
    assert shop.quote(("BEAN", "1"))["total"] == "21.60"
    page.get_by_role("button", name="Save and publish").click()
    expect(page.get_by_text("version 2 is in force")).to_be_visible()
    assert shop.quote(("BEAN", "1"))["total"] == "18.00"
    page.get_by_role("link", name="Versions").click()
    rows = page.locator("#versions-group tbody tr", has_text="off the order")
    expect(rows).to_have_count(2)
    page.get_by_role("button", name="Pause").click()
    expect(page.get_by_text("Paused: no till applies it")).to_be_visible()
    assert shop.quote(("BEAN", "1"))["total"] == "24.00"


def test_removing_an_unsaved_row_keeps_what_was_typed_in_the_next(
    page: Page, live_server: LiveServer
) -> None:
    open_shop()
    make_user("maya", group="marketing")
    sign_in(page, live_server.url, "maya")
    page.goto(f"{live_server.url}{ADD}?starter=buy_two")
    add_rule = page.locator("#rules-group .add-row")
    add_rule.click()
    page.fill("[name=rules-1-minimum_qty]", "3")
    choose(page, "rules-1-categories", "Bakery")
    page.locator("#rules-group .delete-template").first.click()
    assert page.input_value("[name=rules-0-minimum_qty]") == "3"
    choose(page, "rewards-0-free_products", "Croissant")
    page.get_by_role("button", name="Save as a draft").click()
    expect(page.locator("#program-sentence")).to_contain_text("Bakery")
    rule = PromotionProgram.objects.get().rules.get()
    assert str(rule.minimum_qty) == "3.0000"


def test_coupons_are_issued_and_downloaded(page: Page, live_server: LiveServer) -> None:
    shop = open_shop()
    made = shop.program("coupons", rewards=[{"discount": {"mode": "fixed", "value": "5"}}])
    make_user("maya", group="marketing")
    sign_in(page, live_server.url, "maya")
    page.goto(f"{live_server.url}/admin/promotions/promotionprogram/{made['id']}/change/")
    page.get_by_role("link", name="Issue coupons").click()
    page.get_by_role("button", name="Issue coupons").click()
    expect(page.get_by_text("Say how many, or give codes of your own")).to_be_visible()
    page.get_by_label("How many new codes").fill("3")
    page.get_by_role("button", name="Issue coupons").click()
    expect(page.get_by_text("3 coupons issued")).to_be_visible()
    page.goto(f"{live_server.url}/admin/promotions/promotionprogram/{made['id']}/change/")
    with page.expect_download() as file:
        page.get_by_role("link", name="Codes (CSV)").click()
    lines = file.value.path().read_text().splitlines()
    assert len(lines) == 4
    assert lines[0] == "code,points,expires_at,withdrawn_at"
    answer = shop.quote(("BEAN", "1"), codes=[lines[1].split(",")[0]])
    assert answer["total"] == "19.00"


@pytest.mark.parametrize("path", ["", ADD, f"{ADD}?starter=happy_hour", "/admin/promotions/order/"])
def test_a_phone_never_scrolls_sideways(phone: Page, live_server: LiveServer, path: str) -> None:
    shop = open_shop()
    shop.percent_off("10")
    shop.commit(("BEAN", "1"))
    make_user("maya", group="marketing")
    sign_in(phone, live_server.url, "maya")
    phone.goto(f"{live_server.url}{path or '/admin/'}")
    assert not scrolls_sideways(phone)
