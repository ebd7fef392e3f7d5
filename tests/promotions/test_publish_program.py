"""Publishing: what is put in force, and what is refused."""

from decimal import Decimal

import pytest
from django.utils import timezone

from events.models import Event
from promotions.errors import ProgramIncomplete
from promotions.models import ProgramUsage, ProgramVersion, PromotionProgram
from promotions.services.publish_program import publish_program
from tests.promotions.drafts import catalog_version, draft, publish
from tests.shop import Json, Shop, discount

pytestmark = pytest.mark.django_db


@pytest.fixture
def shop() -> Shop:
    shop = Shop()
    shop.products(A="10.00", B="2.50")
    return shop


def test_publishing_counts_the_catalog_up_and_tells(shop):
    before = catalog_version()
    made = draft(shop)
    published = publish(shop, made)
    assert (published["state"], published["version"]) == ("published", 1)
    assert published["unpublished_changes"] is False
    version = ProgramVersion.objects.get()
    assert (version.catalog_from, version.catalog_to) == (before + 1, None)
    assert catalog_version() == before + 1
    (event,) = Event.objects.filter(type="ProgramPublished")
    assert event.key == f"program:{made['id']}"
    assert event.payload == {
        "program_id": made["id"],
        "version_id": version.pk,
        "number": 1,
        "catalog_version": before + 1,
    }


def test_a_second_version_closes_the_first(shop):
    made = shop.percent_off("10")
    shop.admin.ok("PATCH", f"programs/{made['id']}", {"rewards": [discount("20")]})
    assert publish(shop, made)["version"] == 2
    second, first = ProgramVersion.objects.order_by("-id")
    assert first.catalog_to == second.catalog_from == catalog_version()
    assert second.catalog_to is None


def test_a_draft_changes_nothing_that_is_in_force(shop):
    made = shop.percent_off("10")
    before = catalog_version()
    changed = shop.admin.ok("PATCH", f"programs/{made['id']}", {"rewards": [discount("20")]})
    assert (changed["version"], changed["unpublished_changes"]) == (1, True)
    assert catalog_version() == before
    (version,) = ProgramVersion.objects.all()
    assert version.definition["rewards"][0]["discount"]["value"] == "10"


def test_publishing_what_is_in_force_makes_no_version(shop):
    made = shop.percent_off("10")
    before, events = catalog_version(), Event.objects.count()
    assert publish(shop, made)["version"] == 1
    assert (catalog_version(), Event.objects.count()) == (before, events)
    assert ProgramVersion.objects.count() == 1


def test_changed_terms_of_the_points_are_a_change(shop):
    shop.admin.ok("PUT", "loyalty-programs/club", {"name": "Club"})
    made = draft(shop, "loyalty", loyalty_program="club")
    publish(shop, made)
    shop.admin.ok("PUT", "loyalty-programs/club", {"name": "Club", "earn_on": "gross"})
    assert shop.admin.ok("GET", f"programs/{made['id']}")["unpublished_changes"] is True
    assert publish(shop, made)["version"] == 2


def test_a_loyalty_program_without_rules_spends_points_that_come_from_elsewhere(shop):
    shop.admin.ok("PUT", "loyalty-programs/club", {"name": "Club"})
    fields = {"loyalty_program": "club", "rules": [], "currency": "USD"}
    made = draft(shop, "loyalty", rewards=[discount("5", "fixed")], **fields)
    assert publish(shop, made)["state"] == "published"


INCOMPLETE: dict[str, tuple[str, Json, str]] = {
    "a promotion without a reward": ("promotion", {"rewards": []}, "/rewards"),
    "a promotion without a rule": ("promotion", {"rules": []}, "/rules"),
    "rules that make no point": (
        "promotion", {"rules": [{"reward_point_amount": "0"}]}, "/rules/0/reward_point_amount"),
    "a promo code without a code": ("promo_code", {}, "/rules/0/code"),
    "bonus points without a kind of points": (
        "promotion", {"rewards": [{"points": {"amount": "5"}}]}, "/loyalty_program"),
    "points kept without a kind of points": (
        "promotion", {"applies_on": "both"}, "/loyalty_program"),
    "half points of a card that keeps whole ones": (
        "loyalty", {"loyalty_program": "club", "currency": "USD",
                    "rewards": [{**discount("5"), "required_points": "0.5"}]},
        "/rewards/0/required_points"),
    "half a point for an order on it": (
        "loyalty", {"loyalty_program": "club",
                    "rules": [{"reward_point_mode": "order", "reward_point_amount": "0.5"}]},
        "/rules/0/reward_point_amount"),
    "half a point on each gift card": (
        "gift_card", {"loyalty_program": "club", "currency": "JPY",
                      "rewards": [discount("1", "per_point")],
                      "rules": [{"reward_point_mode": "unit", "reward_point_amount": "0.5"}]},
        "/rules/0/reward_point_amount"),
    "half a bonus point on it": (
        "promotion", {"loyalty_program": "club", "rewards": [{"points": {"amount": "2.5"}}]},
        "/rewards/0/points/amount"),
    "amounts in one of two currencies": (
        "promotion", {"rewards": [discount("5", "fixed")]}, "/currency"),
    "a cent that the currency does not have": (
        "promotion", {"pos_configs": ["tokyo"], "rewards": [discount("0.5", "fixed")]},
        "/rewards/0/discount/value"),
}  # fmt: skip


@pytest.mark.parametrize("case", INCOMPLETE)
def test_an_incomplete_program_is_not_published(shop, case):
    shop.admin.ok("PUT", "pos-configs/tokyo", {"name": "Tokyo", "currency": "JPY"})
    shop.admin.ok("PUT", "loyalty-programs/club", {"name": "Club", "point_decimals": 0})
    before = catalog_version()
    program_type, fields, pointer = INCOMPLETE[case]
    made = draft(shop, program_type, **fields)
    problem = shop.admin.call("POST", f"programs/{made['id']}/publish")
    assert (shop.admin.status, problem["code"]) == (422, "program_incomplete")
    assert [one["pointer"] for one in problem["facts"]["missing"]] == [pointer]
    assert catalog_version() == before
    assert PromotionProgram.objects.get().state == "draft"
    assert not ProgramVersion.objects.exists()
    assert not Event.objects.exists()


def test_rows_that_contradict_themselves_are_not_published(shop):
    """Staff edit rows in the admin; publishing holds them to the rules of the API."""
    made = draft(shop)
    PromotionProgram.objects.get().rewards.update(discount_value=Decimal(150))
    with pytest.raises(ProgramIncomplete) as refused:
        publish_program(program_id=made["id"], published_by=None, at=timezone.now())
    assert refused.value.facts["missing"] == [
        {
            "pointer": "/rewards/0/discount/value",
            "code": "out_of_range",
            "detail": "Must be at most 100.",
        }
    ]


def test_making_and_publishing_is_all_or_nothing(shop):
    body = {"name": "P", "program_type": "promotion", "publish": True}
    shop.admin.call("POST", "programs", body)
    assert shop.admin.status == 422
    assert not PromotionProgram.objects.exists()


def test_changing_and_publishing_is_all_or_nothing(shop):
    made = shop.percent_off("10")
    shop.admin.call("PATCH", f"programs/{made['id']}", {"rewards": [], "publish": True})
    assert shop.admin.status == 422
    assert shop.admin.ok("GET", f"programs/{made['id']}") == made


def test_the_currency_is_that_of_the_stores(shop):
    shop.admin.ok("PUT", "pos-configs/tokyo", {"name": "Tokyo", "currency": "JPY"})
    for fields, currency in (
        ({"pos_configs": ["tokyo"], "rewards": [discount("5", "fixed")]}, "JPY"),
        ({"currency": "JPY", "rewards": [discount("5", "fixed")]}, "JPY"),
        ({"rewards": [discount("5")]}, None),
        ({"currency": "JPY", "rewards": [discount("5")]}, "JPY"),
    ):
        publish(shop, made := draft(shop, **fields))
        version = ProgramVersion.objects.get(program_id=made["id"])
        assert version.definition.get("currency") == currency


def test_only_programs_with_a_limit_are_counted(shop):
    publish(shop, draft(shop))
    publish(shop, draft(shop, limit_per_partner=1))
    assert not ProgramUsage.objects.exists()
    limited = draft(shop, limit_usage=5)
    budget = draft(shop, budget="5")
    publish(shop, limited)
    publish(shop, budget)
    assert set(ProgramUsage.objects.values_list("program_id", "times")) == {
        (limited["id"], 0),
        (budget["id"], 0),
    }


def test_a_count_survives_publishing_and_lifting_the_limit(shop):
    made = draft(shop, limit_usage=5)
    publish(shop, made)
    ProgramUsage.objects.update(times=3)
    for limit in (6, None, 7):
        shop.admin.ok("PATCH", f"programs/{made['id']}", {"limit_usage": limit, "publish": True})
    assert ProgramUsage.objects.get().times == 3
