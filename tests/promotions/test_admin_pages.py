"""The admin's pages without a browser: services save, refusals are shown, queries stay few."""

from __future__ import annotations

from typing import Any

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.urls import reverse
from pytest_django import DjangoAssertNumQueries

from events.models import Event
from promotions.models import CatalogState, Category, PosConfig, Product, PromotionProgram
from tests.shop import Shop, discount

pytestmark = pytest.mark.django_db
A_STEP = {"rewards-0-steps-TOTAL_FORMS": "1", "rewards-0-steps-0-percent": ""}
LIST = "/admin/promotions/promotionprogram/"


@pytest.fixture
def shop() -> Shop:
    """Give a store."""
    return Shop(currency="USD")


@pytest.fixture
def staff() -> Client:
    """Give the client of an administrator."""
    client = Client()
    client.force_login(User.objects.create_superuser("ana", password="x"))
    return client


def product(**fields: Any) -> dict[str, Any]:
    """Return the form of a product."""
    return {
        "name": "Tea",
        "sku": "TEA",
        "price": "2.50",
        "tags": "hot, leaf",
        "active": "on",
        **fields,
    }


def test_a_product_is_saved_by_its_service(shop: Shop, staff: Client) -> None:
    answer = staff.post("/admin/promotions/product/add/", product())
    assert answer.status_code == 302
    saved = Product.objects.get()
    assert (saved.sku, str(saved.price), saved.tags) == ("TEA", "2.5000", ["hot", "leaf"])
    page = f"/admin/promotions/product/{saved.pk}/change/"
    answer = staff.post(page, product(name="Green tea", sku="OTHER"))
    assert answer.status_code == 302
    saved.refresh_from_db()
    assert (saved.name, saved.sku) == ("Green tea", "TEA")


def test_a_sku_that_exists_is_refused_and_not_overwritten(shop: Shop, staff: Client) -> None:
    shop.products(TEA="9.00")
    answer = staff.post("/admin/promotions/product/add/", product())
    assert answer.status_code == 200
    assert "already exists" in answer.content.decode()
    assert str(Product.objects.get().price) == "9.0000"


def test_what_the_service_refuses_is_shown_at_the_field(shop: Shop, staff: Client) -> None:
    version = CatalogState.objects.get().version
    pos = PosConfig.objects.get()
    fields = {
        "name": "Main",
        "currency": "XXQ",
        "time_zone": "Mars/Olympus",
        "discount_rounding": "half_up",
        "return_policy": "proportional",
    }
    answer = staff.post(f"/admin/promotions/posconfig/{pos.pk}/change/", fields)
    assert answer.status_code == 200
    text = answer.content.decode()
    assert "Not a time zone of the IANA database" in text
    assert "Not an ISO 4217 currency" in text
    pos.refresh_from_db()
    assert (pos.currency, CatalogState.objects.get().version) == ("USD", version)


def test_changing_a_store_makes_a_new_catalog_version(shop: Shop, staff: Client) -> None:
    version = CatalogState.objects.get().version
    pos = PosConfig.objects.get()
    fields = {
        "name": "Main",
        "currency": "USD",
        "time_zone": "Asia/Jakarta",
        "discount_rounding": "down",
        "return_policy": "reprice",
    }
    answer = staff.post(f"/admin/promotions/posconfig/{pos.pk}/change/", fields)
    assert answer.status_code == 302
    assert CatalogState.objects.get().version == version + 1


def test_a_category_is_made_below_another_and_moves_with_all_below_it(
    shop: Shop, staff: Client
) -> None:
    shop.admin.ok("PUT", "products/A", {"name": "A", "price": "1", "category": "Drinks > Coffee"})
    drinks = Category.objects.get(path="Drinks")
    add = "/admin/promotions/category/add/"
    assert staff.post(add, {"name": "Tea", "parent": drinks.pk}).status_code == 302
    assert Category.objects.filter(path="Drinks > Tea").exists()
    page = f"/admin/promotions/category/{drinks.pk}/change/"
    assert staff.post(page, {"name": "Beverages", "parent": ""}).status_code == 302
    paths = set(Category.objects.values_list("path", flat=True))
    assert paths == {"Beverages", "Beverages > Coffee", "Beverages > Tea"}
    refused = staff.post(add, {"name": "a > b", "parent": ""})
    assert refused.status_code == 200
    assert Category.objects.count() == 3


def test_the_list_of_programs_asks_as_often_for_many_as_for_few(
    shop: Shop, staff: Client, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    shop.products(A="1.00")
    for number in range(3):
        shop.percent_off("10", name=f"P{number}", rules=[{"products": ["A"]}])
    staff.get(LIST)
    with django_assert_max_num_queries(40) as few:
        staff.get(LIST)
    asked = len(few.captured_queries)
    for number in range(12):
        shop.percent_off("10", name=f"Q{number}", rules=[{"products": ["A"]}])
    with django_assert_max_num_queries(asked):
        answer = staff.get(LIST)
    assert answer.content.decode().count("10% off the order") == 15


def test_publishing_takes_a_post_and_says_what_is_missing(shop: Shop, staff: Client) -> None:
    made = shop.admin.ok("POST", "programs", {"name": "Empty", "program_type": "promotion"})
    page = reverse("admin:program_publish", args=[made["id"]])
    events = Event.objects.count()
    assert staff.get(page).status_code == 403
    answer = staff.post(page, follow=True)
    assert answer.status_code == 200
    text = answer.content.decode()
    assert "The program cannot be published yet." in text
    assert "Add a reward" in text
    program = PromotionProgram.objects.get(pk=made["id"])
    assert (program.state, Event.objects.count()) == ("draft", events)


def test_an_archived_program_is_read_and_not_changed(shop: Shop, staff: Client) -> None:
    made = shop.percent_off("10", name="Old")
    staff.post(reverse("admin:program_archive", args=[made["id"]]))
    page = f"{LIST}{made['id']}/change/"
    text = staff.get(page).content.decode()
    assert "10% off the order" in text
    assert 'name="_publish"' not in text
    assert staff.post(page, {"name": "New"}).status_code == 403
    assert PromotionProgram.objects.get(pk=made["id"]).name == "Old"


def test_orders_and_coupons_are_never_written_in_the_admin(shop: Shop, staff: Client) -> None:
    for model in ("order", "coupon"):
        assert staff.get(f"/admin/promotions/{model}/add/").status_code == 403
        assert staff.get(f"/admin/promotions/{model}/").status_code == 200


@pytest.mark.parametrize("language", ["en", "id"])
def test_every_list_and_add_page_answers_in_every_language(
    shop: Shop, staff: Client, language: str
) -> None:
    shop.member("ann", points="5")
    for app, model in (
        ("promotions", "promotionprogram"),
        ("promotions", "product"),
        ("promotions", "category"),
        ("promotions", "posconfig"),
        ("loyalty", "partner"),
        ("loyalty", "membershipproduct"),
        ("loyalty", "membershiplevelpath"),
        ("loyalty", "loyaltyprogram"),
        ("access", "grant"),
        ("auth", "user"),
        ("auth", "group"),
    ):
        for page in ("", "add/"):
            answer = staff.get(
                f"/admin/{app}/{model}/{page}", headers={"Accept-Language": language}
            )
            assert answer.status_code == 200, (app, model, page)


def program_form(**fields: str) -> dict[str, str]:
    """Return the form of a new program with one rule and one reward of 10 %."""
    counts = {
        f"{prefix}-{name}_FORMS": "1" if name == "TOTAL" and prefix in ("rules", "rewards") else "0"
        for prefix in ("rules", "rewards", "rewards-0-slots", "rewards-0-steps")
        for name in ("TOTAL", "INITIAL")
    }
    return {
        "name": "Ten",
        "program_type": "promotion",
        "trigger": "auto",
        "applies_on": "current",
        "stacking": "stackable",
        "active": "on",
        "rules-0-reward_point_mode": "order",
        "rules-0-reward_point_amount": "1",
        "rewards-0-reward_type": "discount",
        "rewards-0-required_points": "1",
        "rewards-0-discount_mode": "percent",
        "rewards-0-discount_value": "10",
        "rewards-0-discount_applies_to": "order",
        **counts,
        **fields,
    }


def test_steps_left_behind_by_another_type_ask_nothing(shop: Shop, staff: Client) -> None:
    answer = staff.post(f"{LIST}add/?starter=blank", program_form(**A_STEP))
    assert answer.status_code == 302
    assert PromotionProgram.objects.get().rewards.get().steps.count() == 0


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        (
            {"rewards-0-steps-TOTAL_FORMS": "1", "rewards-0-reward_type": "multiple_discount"},
            "required",
        ),
        ({"rewards-0-discount_value": ""}, "A reward of this type needs this."),
        ({"rewards-0-reward_type": "product"}, "A reward of this type needs this."),
        ({"rewards-0-reward_type": "nonsense"}, "Select a valid choice"),
        ({"schedule-0-start": "25:00", "schedule-0-end": "26:00"}, "is not a time of day"),
        ({"schedule-0-start": "17:00"}, "A window needs both hours"),
        ({"date_to_1": "12:00"}, "Say which day."),
        ({"ref": "12345"}, "Digits alone look like an id"),
        ({"rules-0-code": " - "}, "A code has 1 to 64 characters"),
        ({"rewards-0-discount_value": "99999999999999999999"}, "digits"),
    ],
)
def test_what_cannot_be_meant_is_refused_in_words_and_nothing_is_stored(
    shop: Shop, staff: Client, fields: dict[str, str], said: str
) -> None:
    answer = staff.post(f"{LIST}add/?starter=blank", program_form(**fields))
    assert answer.status_code == 200
    assert said in answer.content.decode()
    assert not PromotionProgram.objects.exists()


def test_a_reference_that_is_taken_is_refused_at_its_field(shop: Shop, staff: Client) -> None:
    shop.percent_off("10", name="First", ref="ten")
    answer = staff.post(f"{LIST}add/?starter=blank", program_form(ref="ten"))
    assert answer.status_code == 200
    assert "Another program has this reference." in answer.content.decode()
    assert PromotionProgram.objects.count() == 1


def test_a_day_without_a_time_ends_with_its_last_moment(shop: Shop, staff: Client) -> None:
    fields = {"date_from_0": "2030-01-01", "date_to_0": "2030-01-31"}
    staff.post(f"{LIST}add/?starter=blank", program_form(**fields))
    program = PromotionProgram.objects.get()
    assert (str(program.date_from), str(program.date_to)) == (
        "2030-01-01 00:00:00+00:00",
        "2030-01-31 23:59:59.999999+00:00",
    )
    text = staff.get(f"{LIST}{program.pk}/change/").content.decode()
    assert 'value="2030-01-31"' in text
    assert "23:59:59" not in text


def test_no_currency_means_that_of_the_stores_for_a_program_with_amounts(
    shop: Shop, staff: Client
) -> None:
    made = shop.program("promotion", name="p", rewards=[discount("2", "fixed")], publish=True)
    program = PromotionProgram.objects.get(pk=made["id"])
    page = staff.get(f"{LIST}{program.pk}/change/").content.decode()
    assert "The stores&#x27; own; any if there are no amounts" in page
    assert "Any (no amounts)" not in page
