"""Publishing: what is put in force, what is refused, and what a version is."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from core import codec
from events.models import Event
from promotions.definitions import read_definitions
from promotions.engine.definition import (
    Discount,
    FreeProduct,
    ProductFilter,
    Program,
    Reward,
    RewardProduct,
    Rule,
    Window,
)
from promotions.engine.terms import (
    AppliesOn,
    AppliesTo,
    DiscountMode,
    EarnOn,
    PointMode,
    ProgramType,
    RewardType,
    Stacking,
    Trigger,
)
from promotions.errors import CodeTaken, ProgramIncomplete
from promotions.models import (
    CatalogState,
    Product,
    ProgramUsage,
    ProgramVersion,
    PromotionProgram,
    PublishedCode,
)
from promotions.services.publish_program import publish_program
from promotions.services.publish_programs import publish_programs
from tests.shop import Shop, discount

pytestmark = pytest.mark.django_db


@pytest.fixture
def shop() -> Shop:
    shop = Shop()
    shop.products(A="10.00", B="2.50")
    return shop


def draft(shop, program_type="promotion", **fields):
    fields = {"rewards": [discount("10")], **fields}
    body = {"name": "P", "program_type": program_type, **fields}
    return shop.admin.ok("POST", "programs", body)


def publish(shop, made):
    return shop.admin.ok("POST", f"programs/{made['id']}/publish")


def catalog_version():
    return CatalogState.objects.get().version


def test_a_version_decodes_to_the_exact_program(shop):
    shop.admin.ok("PUT", "membership-products/gold", {"name": "Gold"})
    level = shop.admin.ok("PUT", "membership-products/gold", {"name": "Gold"})["id"]
    club = {"name": "Club", "point_decimals": 1, "earn_on": "gross"}
    points = shop.admin.ok("PUT", "loyalty-programs/club", club)["id"]
    pos = shop.admin.ok("GET", "pos-configs/main")["id"]
    a, b = (Product.objects.get(sku=sku) for sku in "AB")
    made = draft(
        shop,
        "loyalty",
        ref="stars",
        name="Stars",
        loyalty_program="club",
        date_from="2026-01-01T00:00:00Z",
        pos_configs=["main"],
        schedule=[{"weekdays": [5, 6], "start": "09:00", "end": "12:00"}],
        sequence=3,
        stacking="exclusive",
        limit_usage=9,
        budget="100",
        rules=[
            {"minimum_amount": "5.50", "products": ["B"], "membership": "gold", "code": "St-ar"}
        ],
        rewards=[
            {**discount("2.5", max_amount="7"), "required_points": "20"},
            {"product": {"products": ["B", "A"]}, "description": "Coffee"},
        ],
    )
    publish(shop, made)
    version = ProgramVersion.objects.get()
    assert codec.decode(Program, version.definition) == Program(
        id=made["id"],
        version_id=version.pk,
        ref="stars",
        name="Stars",
        program_type=ProgramType.LOYALTY,
        trigger=Trigger.WITH_CODE,
        applies_on=AppliesOn.BOTH,
        loyalty_program_id=points,
        point_decimals=1,
        earn_on=EarnOn.GROSS,
        currency="USD",
        date_from=datetime(2026, 1, 1, tzinfo=UTC),
        pos_configs=frozenset({pos}),
        schedule=(
            Window(
                frozenset({5, 6}),
                datetime(2026, 1, 1, 9, tzinfo=UTC).time(),
                datetime(2026, 1, 1, 12, tzinfo=UTC).time(),
            ),
        ),
        sequence=3,
        stacking=Stacking.EXCLUSIVE,
        exclusion_group="order",
        limit_usage=9,
        budget=Decimal(100),
        rules=(
            Rule(
                id=made["rules"][0]["id"],
                minimum_amount=Decimal("5.5"),
                filter=ProductFilter(products=frozenset({b.pk})),
                membership=level,
                reward_point_mode=PointMode.MONEY,
                code="St-ar",
            ),
        ),
        rewards=(
            Reward(
                id=made["rewards"][0]["id"],
                reward_type=RewardType.DISCOUNT,
                required_points=Decimal(20),
                discount=Discount(
                    DiscountMode.PERCENT, Decimal("2.5"), AppliesTo.ORDER, max_amount=Decimal(7)
                ),
            ),
            Reward(
                id=made["rewards"][1]["id"],
                reward_type=RewardType.PRODUCT,
                description="Coffee",
                product=FreeProduct(
                    products=(
                        RewardProduct(b.pk, "B", Decimal("2.5")),
                        RewardProduct(a.pk, "A", Decimal(10)),
                    )
                ),
            ),
        ),
    )


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


INCOMPLETE = {
    "a promotion without a reward": ("promotion", {"rewards": []}, "/rewards"),
    "a promotion without a rule": ("promotion", {"rules": []}, "/rules"),
    "rules that make no point": (
        "promotion", {"rules": [{"reward_point_amount": "0"}]}, "/rules/0/reward_point_amount"),
    "a promo code without a code": ("promo_code", {}, "/rules/0/code"),
    "bonus points without a kind of points": (
        "promotion", {"rewards": [{"points": {"amount": "5"}}]}, "/loyalty_program"),
    "points kept without a kind of points": (
        "promotion", {"applies_on": "both"}, "/loyalty_program"),
    "amounts in one of two currencies": (
        "promotion", {"rewards": [discount("5", "fixed")]}, "/currency"),
    "a cent that the currency does not have": (
        "promotion", {"pos_configs": ["tokyo"], "rewards": [discount("0.5", "fixed")]},
        "/rewards/0/discount/value"),
}  # fmt: skip


@pytest.mark.parametrize("case", INCOMPLETE)
def test_an_incomplete_program_is_not_published(shop, case):
    shop.admin.ok("PUT", "pos-configs/tokyo", {"name": "Tokyo", "currency": "JPY"})
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


def test_a_code_belongs_to_one_program_in_force(shop):
    first = draft(shop, "promo_code", rules=[{"code": "Summer-10"}])
    second = draft(shop, "promo_code", rules=[{"code": "SUMMER 10"}])
    publish(shop, first)
    before = catalog_version()
    problem = shop.admin.call("POST", f"programs/{second['id']}/publish")
    assert (shop.admin.status, problem["code"]) == (409, "code_taken")
    assert problem["facts"] == {"codes": ["SUMMER 10"], "programs": [first["id"]]}
    assert catalog_version() == before
    shop.admin.ok("POST", f"programs/{first['id']}/pause")
    assert publish(shop, second)["state"] == "published"
    assert PublishedCode.objects.get().program_id == second["id"]


def test_a_code_can_stand_on_two_rules_of_one_program(shop):
    rules = [{"code": "X", "products": ["A"]}, {"code": "x", "products": ["B"]}]
    publish(shop, draft(shop, "promo_code", rules=rules))
    assert PublishedCode.objects.get().code_key == "X"


def test_two_programs_of_one_batch_cannot_share_a_code(shop):
    made = [draft(shop, "promo_code", rules=[{"code": "X"}])["id"] for _ in range(2)]
    with pytest.raises(CodeTaken):
        publish_programs(program_ids=made, published_by=None, at=timezone.now())
    assert not ProgramVersion.objects.exists()


def test_a_code_moves_from_one_program_to_another_in_one_batch(shop):
    one = draft(shop, "promo_code", rules=[{"code": "X"}])["id"]
    two = draft(shop, "promo_code", rules=[{"code": "Y"}])["id"]
    publish_programs(program_ids=[one, two], published_by=None, at=timezone.now())
    for key, code in ((one, "Y"), (two, "X")):
        shop.admin.ok("PATCH", f"programs/{key}", {"rules": [{"code": code}]})
    publish_programs(program_ids=[one, two], published_by=None, at=timezone.now())
    assert set(PublishedCode.objects.values_list("code_key", "program_id")) == {
        ("X", two),
        ("Y", one),
    }


def test_a_coupons_code_is_taken_while_the_coupon_can_be_spent(shop):
    coupons = draft(shop, "coupons")
    path = f"programs/{coupons['id']}/coupons"
    yesterday = (timezone.now() - timedelta(days=1)).isoformat()
    shop.admin.ok("POST", path, {"codes": ["VALID"]})
    shop.admin.ok("POST", path, {"codes": ["OLD"], "expires_at": yesterday})
    taken = draft(shop, "promo_code", rules=[{"code": "valid"}])
    problem = shop.admin.call("POST", f"programs/{taken['id']}/publish")
    assert (problem["code"], problem["facts"]["codes"]) == ("code_taken", ["valid"])
    publish(shop, draft(shop, "promo_code", rules=[{"code": "old"}]))


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


@pytest.mark.parametrize("count", [1, 20])
def test_publishing_takes_the_same_statements_for_many(shop, count):
    """With rules, filters, rewards, a code and a limit each."""
    made = [
        draft(
            shop,
            rules=[{"code": f"C{n}", "products": ["A"]}],
            rewards=[discount("5"), {"product": {"products": ["B"]}}],
            limit_usage=1,
        )["id"]
        for n in range(count)
    ]
    with CaptureQueriesContext(connection) as queries, transaction.atomic():
        publish_programs(program_ids=made, published_by=None, at=timezone.now())
    statements = [one["sql"] for one in queries if "SAVEPOINT" not in one["sql"]]
    assert len(statements) == 23
    assert ProgramVersion.objects.filter(catalog_from=catalog_version()).count() == count


def test_reading_definitions_takes_the_same_statements_for_many(shop):
    one = [draft(shop)["id"]]
    many = one + [draft(shop, rules=[{"products": ["A"]}])["id"] for _ in range(5)]
    with CaptureQueriesContext(connection) as few:
        read_definitions(one)
    with CaptureQueriesContext(connection) as more:
        read_definitions(many)
    assert len(few) == len(more) == 9


@pytest.mark.parametrize(
    "change",
    [
        {"definition": {}},
        {"number": 7},
        {"catalog_from": 1},
        {"published_at": timezone.now()},
        {"program_id": 0},
    ],
)
def test_a_version_cannot_be_changed(shop, change):
    shop.percent_off("10")
    with pytest.raises(IntegrityError, match="cannot be changed"), transaction.atomic():
        ProgramVersion.objects.update(**change)


def test_a_version_cannot_be_deleted_or_opened_again(shop):
    made = shop.percent_off("10")
    with pytest.raises(IntegrityError, match="cannot be deleted"), transaction.atomic():
        ProgramVersion.objects.all()._raw_delete("default")
    shop.admin.ok("POST", f"programs/{made['id']}/pause")
    for reopened in (None, 10_000):
        with pytest.raises(IntegrityError, match="cannot be changed"), transaction.atomic():
            ProgramVersion.objects.update(catalog_to=reopened)


def test_the_catalog_counter_neither_goes_back_nor_away(shop):
    with pytest.raises(IntegrityError, match="only go up"), transaction.atomic():
        CatalogState.objects.update(version=1)
    with pytest.raises(IntegrityError, match="cannot be deleted"), transaction.atomic():
        CatalogState.objects.all().delete()
    with pytest.raises(IntegrityError, match="one_catalog_counter"), transaction.atomic():
        CatalogState.objects.create(id=2, version=1)


def test_who_published_may_leave(shop, django_user_model):
    shop.percent_off("10")
    django_user_model.objects.get(username="root").delete()
    assert ProgramVersion.objects.get().published_by is None
