"""Marketing people who compete: first the race without the guard, then that the guard stops it."""

from __future__ import annotations

import threading
from collections import Counter
from decimal import Decimal
from typing import Any

import psycopg
import pytest
from django.db import connection, transaction
from django.utils import timezone

from core.errors import Conflict
from loyalty.errors import ProgramsCountFiner
from loyalty.models import LoyaltyProgram
from loyalty.services.upsert_loyalty_program import upsert_loyalty_program
from promotions.catalog.input import ProductInput
from promotions.engine.terms import DiscountMode, ProgramType
from promotions.errors import CodeTaken, ProgramRefTaken
from promotions.models import (
    CatalogState,
    Category,
    Coupon,
    Product,
    ProgramVersion,
    PromotionProgram,
    PublishedCode,
)
from promotions.programs.body import DiscountInput, ProgramInput, RewardInput, RuleInput
from promotions.services.issue_coupons import issue_coupons
from promotions.services.publish_program import publish_program
from promotions.services.save_program import save_program
from promotions.services.upsert_products import upsert_products
from tests.concurrency import threads
from tests.concurrency.test_commits import at_once

pytestmark = pytest.mark.django_db(transaction=True)
TEN_PERCENT = RewardInput(discount=DiscountInput(mode=DiscountMode.PERCENT, value=Decimal(10)))


def save(program_id: int | None = None, **fields: Any) -> int:
    given: dict[str, Any] = {"program_type": ProgramType.PROMOTION} if program_id is None else {}
    data = ProgramInput(**{"name": "P", "rewards": (TEN_PERCENT,), **given, **fields})
    saved = save_program(program_id=program_id, data=data, edited_by=None, at=timezone.now())
    return saved.program_id


def publish(program_id: int) -> object:
    return publish_program(program_id=program_id, published_by=None, at=timezone.now())


@pytest.fixture
def counter() -> int:
    """Put the counter there, which the tests before emptied, and return it."""
    publish(save())
    return CatalogState.objects.get().version


def test_without_the_lock_two_publishers_count_to_the_same_version(counter):
    """The control: read, add one, write."""
    both_have_read = threading.Barrier(2)

    def count(_place: int) -> int:
        with transaction.atomic():
            held = CatalogState.objects.get().version
            both_have_read.wait(timeout=30)
            return held + 1

    assert at_once(2, count) == [counter + 1] * 2


def test_eight_publishers_make_eight_versions_in_a_row(counter):
    keys = [save() for _ in range(8)]
    results = at_once(8, lambda place: publish(keys[place]))
    assert not [one for one in results if isinstance(one, Exception)]
    made = ProgramVersion.objects.filter(program_id__in=keys).values_list("catalog_from", flat=True)
    assert sorted(made) == list(range(counter + 1, counter + 9))
    assert CatalogState.objects.get().version == counter + 8


def test_one_change_published_eight_times_at_once_is_one_version(counter):
    key = save()
    results = at_once(8, lambda _place: publish(key))
    assert Counter(one.changed for one in results) == {True: 1, False: 7}
    assert ProgramVersion.objects.filter(program_id=key).count() == 1
    assert CatalogState.objects.get().version == counter + 1


def test_without_the_lock_two_publishers_both_find_the_code_free():
    """The control: look, then write."""
    both_have_looked = threading.Barrier(2)

    def look(_place: int) -> bool:
        with transaction.atomic():
            is_free = not PublishedCode.objects.filter(code_key="X").exists()
            both_have_looked.wait(timeout=30)
            return is_free

    assert at_once(2, look) == [True, True]


def test_eight_programs_with_one_code_and_one_wins(counter):
    keys = [save(rules=(RuleInput(code="Sum-mer"),)) for _ in range(8)]
    results = at_once(8, lambda place: publish(keys[place]))
    refused = [one for one in results if isinstance(one, Exception)]
    assert len(refused) == 7
    assert {type(one) for one in refused} == {CodeTaken}
    (winner,) = (one for one in results if not isinstance(one, Exception))
    assert PublishedCode.objects.get().program_id == winner.program_id
    assert CatalogState.objects.get().version == counter + 1
    assert set(PromotionProgram.objects.filter(pk__in=keys).values_list("state", flat=True)) == {
        "draft",
        "published",
    }


def test_one_code_is_issued_once(counter):
    key = save(program_type=ProgramType.COUPONS)
    results = at_once(
        6, lambda _place: issue_coupons(program_id=key, codes=["Hello"], at=timezone.now())
    )
    assert [type(one) for one in results if isinstance(one, Exception)] == [CodeTaken] * 5
    assert Coupon.objects.count() == 1


def test_a_code_becomes_a_coupon_or_a_rule_but_never_both(counter):
    coupons = save(program_type=ProgramType.COUPONS)
    for turn in range(6):
        key = save(rules=(RuleInput(code=f"both-{turn}"),))

        def act(place: int, key: int = key, turn: int = turn) -> object:
            if place:
                return publish(key)
            return issue_coupons(program_id=coupons, codes=[f"BOTH {turn}"], at=timezone.now())

        refused = [one for one in at_once(2, act) if isinstance(one, Exception)]
        assert [type(one) for one in refused] == [CodeTaken]
    assert Coupon.objects.count() + PublishedCode.objects.count() == 6


def test_one_ref_makes_one_program():
    results = at_once(6, lambda _place: save(ref="summer"))
    refused = [one for one in results if isinstance(one, Conflict)]
    assert [type(one) for one in refused] == [ProgramRefTaken] * 5
    assert PromotionProgram.objects.count() == 1


def test_the_points_of_a_program_stay_as_they_are_while_it_is_published():
    """Both would go through else, and the program count finer than its points."""
    club = upsert_loyalty_program(ref="club", name="Club", point_decimals=2)
    key = save(program_type=ProgramType.LOYALTY, loyalty_program="club", rewards=())

    def take_decimals() -> None:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("SET LOCAL lock_timeout = '1ms'")
            upsert_loyalty_program(ref="club", name="Club", point_decimals=0)

    with transaction.atomic():
        publish(key)
        (refused,) = threads.at_once(take_decimals)
    assert isinstance(refused.__cause__, psycopg.errors.LockNotAvailable)
    (refused,) = threads.at_once(take_decimals)
    assert isinstance(refused, ProgramsCountFiner)
    assert LoyaltyProgram.objects.get(pk=club.loyalty_program_id).point_decimals == 2


def test_lists_of_the_same_products_in_any_order_end_without_a_deadlock():
    rows = [
        ProductInput(sku=f"S{n}", name="x", price=Decimal(n), category=f"Top > {n % 9}")
        for n in range(200)
    ]
    results = at_once(6, lambda place: upsert_products(products=rows if place % 2 else rows[::-1]))
    assert not [one for one in results if isinstance(one, Exception)]
    assert Product.objects.count() == 200
    assert Category.objects.count() == 10
    assert all(
        category.lineage[-1] == category.pk
        and len(category.lineage) == 1 + (" > " in category.path)
        for category in Category.objects.all()
    )
