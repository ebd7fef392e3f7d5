"""Versions: what they hold, that they are made in few statements, and that nobody changes them."""

from datetime import UTC, datetime, time
from decimal import Decimal

import pytest
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from core import codec
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
from promotions.models import CatalogState, Product, ProgramVersion
from promotions.services.publish_programs import publish_programs
from tests.promotions.drafts import catalog_version, draft, publish
from tests.shop import Shop, discount

pytestmark = pytest.mark.django_db
STARS = {
    "ref": "stars",
    "name": "Stars",
    "loyalty_program": "club",
    "date_from": "2026-01-01T00:00:00Z",
    "pos_configs": ["main"],
    "schedule": [{"weekdays": [5, 6], "start": "09:00", "end": "12:00"}],
    "sequence": 3,
    "stacking": "exclusive",
    "limit_usage": 9,
    "budget": "100",
    "rules": [{"minimum_amount": "5.50", "products": ["B"], "membership": "gold", "code": "St-ar"}],
    "rewards": [
        {**discount("2.5", max_amount="7"), "required_points": "20"},
        {"product": {"products": ["B", "A"]}, "description": "Coffee"},
    ],
}


@pytest.fixture
def shop() -> Shop:
    shop = Shop()
    shop.products(A="10.00", B="2.50")
    return shop


def expected(made, version_id, level, points, pos):
    """Return what the version of STARS must hold."""
    a, b = (Product.objects.get(sku=sku) for sku in "AB")
    rule, (first, second) = made["rules"][0], made["rewards"]
    return Program(
        id=made["id"],
        version_id=version_id,
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
        schedule=(Window(frozenset({5, 6}), time(9), time(12)),),
        sequence=3,
        stacking=Stacking.EXCLUSIVE,
        exclusion_group="order",
        limit_usage=9,
        budget=Decimal(100),
        rules=(
            Rule(
                id=rule["id"],
                minimum_amount=Decimal("5.5"),
                filter=ProductFilter(products=frozenset({b.pk})),
                membership=level,
                reward_point_mode=PointMode.MONEY,
                code="St-ar",
            ),
        ),
        rewards=(
            Reward(
                id=first["id"],
                reward_type=RewardType.DISCOUNT,
                required_points=Decimal(20),
                discount=Discount(
                    DiscountMode.PERCENT, Decimal("2.5"), AppliesTo.ORDER, max_amount=Decimal(7)
                ),
            ),
            Reward(
                id=second["id"],
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


def test_a_version_decodes_to_the_exact_program(shop):
    level = shop.admin.ok("PUT", "membership-products/gold", {"name": "Gold"})["id"]
    club = {"name": "Club", "point_decimals": 1, "earn_on": "gross"}
    points = shop.admin.ok("PUT", "loyalty-programs/club", club)["id"]
    pos = shop.admin.ok("GET", "pos-configs/main")["id"]
    made = draft(shop, "loyalty", **STARS)
    publish(shop, made)
    version = ProgramVersion.objects.get()
    decoded = codec.decode(Program, version.definition)
    assert decoded == expected(made, version.pk, level, points, pos)


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
    assert len(statements) == 24
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
