"""Tills that compete: first the race without the guard, then that the guard stops it."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection, connections, transaction

from loyalty.models import LoyaltyCard
from promotions.models import Coupon, Order, ProgramUsage
from tests.shop import Api, Json, Shop, discount

pytestmark = pytest.mark.django_db(transaction=True)


def at_once(count: int, act: Callable[[int], Any]) -> list[Any]:
    """Run `act(0)` … `act(count - 1)` in threads that start together; return what they returned."""
    start = threading.Barrier(count)
    results: list[Any] = [None] * count

    def run(place: int) -> None:
        try:
            start.wait(timeout=30)
            results[place] = act(place)
        except Exception as error:  # noqa: BLE001 - shown by the assertion that compares results
            results[place] = error
        finally:
            connections.close_all()

    threads = [threading.Thread(target=run, args=(place,)) for place in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=120)
    assert not any(thread.is_alive() for thread in threads)
    return results


@pytest.fixture
def shop() -> Shop:
    shop = Shop()
    shop.products(A="100.00")
    return shop


@pytest.fixture
def coupon(shop: Shop) -> str:
    program = shop.program("coupons", name="c", rewards=[discount("10")])
    answer = shop.admin.ok("POST", f"programs/{program['id']}/coupons", {"count": 1})
    return str(answer["codes"][0])


def test_without_the_guard_two_tills_spend_one_coupon_twice(coupon):
    """The control: read, decide, write, as a till would without a conditional update."""
    both_have_read = threading.Barrier(2)

    def spend(_place: int) -> bool:
        with transaction.atomic():
            held = Coupon.objects.get()
            both_have_read.wait(timeout=30)
            if held.points < 1:
                return False
            Coupon.objects.filter(pk=held.pk).update(points=held.points - 1)
            return True

    assert at_once(2, spend) == [True, True]
    assert Coupon.objects.get().points == 0


def test_two_tills_with_the_same_coupon_spend_it_once(shop, coupon):
    for turn in "abc":
        Coupon.objects.update(points=1)

        def commit(place: int, turn: str = turn) -> Json:
            body = shop.order(("A", "1"), ref=f"{turn}-{place}", codes=[coupon])
            return Api(shop.till_token).ok("POST", "orders", body)

        answers = at_once(4, commit)
        assert sorted(answer["total"] for answer in answers) == ["100.00"] * 3 + ["90.00"]
        assert Coupon.objects.get().points == 0
        fates = [answer["codes"][0] for answer in answers if answer["total"] == "100.00"]
        assert {fate["reason"] for fate in fates} == {"used_up"}


@pytest.fixture
def unguarded_card() -> Iterator[None]:
    """A card as a table without locks and triggers would keep it: 50 points."""
    with connection.cursor() as cursor:
        cursor.execute("CREATE TABLE unguarded_card AS SELECT 50 AS points, 0 AS given")
    yield
    with connection.cursor() as cursor:
        cursor.execute("DROP TABLE unguarded_card")


def test_without_the_guard_the_last_points_are_spent_twice(unguarded_card):
    """The control: a balance read without the card's lock is a balance that may be gone."""
    both_have_read = threading.Barrier(2)

    def spend(_place: int) -> None:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("SELECT points FROM unguarded_card")
            (held,) = cursor.fetchone()
            both_have_read.wait(timeout=30)
            cursor.execute("UPDATE unguarded_card SET points = %s, given = given + 50", [held - 50])

    at_once(2, spend)
    with connection.cursor() as cursor:
        cursor.execute("SELECT points, given FROM unguarded_card")
        assert cursor.fetchone() == (0, 100)


def test_two_tills_spend_the_last_points_once(shop):
    shop.member("ann", points="50")
    program = shop.program(
        "loyalty",
        name="Club",
        loyalty_program="club",
        rules=[{"reward_point_mode": "money", "reward_point_amount": "0.01"}],
        rewards=[discount("10") | {"required_points": "50"}],
    )
    claim = {"program": program["id"], "reward": program["rewards"][0]["id"]}
    body = {"partner": "ann", "claims": [claim]}
    answers = at_once(
        4,
        lambda place: Api(shop.till_token).call(
            "POST", "orders", shop.order(("A", "1"), ref=f"P-{place}", **body)
        ),
    )
    taken = [answer for answer in answers if answer.get("total") == "90.00"]
    refused = [answer for answer in answers if answer.get("code") == "claim_refused"]
    assert (len(taken), len(refused)) == (1, 3)
    assert Order.objects.count() == 1
    assert LoyaltyCard.objects.get().points == Decimal("0.9")


def test_the_same_order_sent_eight_times_at_once_is_committed_once(shop):
    shop.member("ann", points="0")
    shop.program(
        "loyalty",
        name="Club",
        loyalty_program="club",
        rules=[{"reward_point_mode": "money", "reward_point_amount": "1"}],
    )
    answers = at_once(
        8,
        lambda _place: Api(shop.till_token).ok(
            "POST", "orders", shop.order(("A", "1"), ref="same", partner="ann")
        ),
    )
    assert all(answer == answers[0] for answer in answers)
    assert Order.objects.count() == 1
    assert LoyaltyCard.objects.get().points == 100


def test_eight_tills_reach_a_limit_exactly(shop):
    made = shop.percent_off("10", limit_usage=10)
    answers = at_once(
        8,
        lambda place: [
            Api(shop.till_token).ok("POST", "orders", shop.order(("A", "1"), ref=f"L-{place}-{n}"))[
                "total"
            ]
            for n in range(3)
        ],
    )
    totals = [total for some in answers for total in some]
    assert totals.count("90.00") == 10
    assert totals.count("100.00") == 14
    assert ProgramUsage.objects.get(pk=made["id"]).times == 10
