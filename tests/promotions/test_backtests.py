"""Back-tests: what a draft would have done to orders of the past, by hand and to the cent."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from django.utils import timezone

from core.errors import PunchcardError
from jobs.models import Job
from jobs.services.stop_job import stop_job
from loyalty.models import PointOperation
from promotions.backtests import chunks
from promotions.backtests import orders as cutting
from promotions.models import Backtest, BacktestChunk, BacktestOrder, Order
from promotions.services import work_on_backtest as working
from promotions.services.forget_backtests import forget_backtests
from promotions.services.work_on_backtest import work_on_backtest
from promotions.tasks import work_on_a_backtest
from tests.promotions.backtests import ask, backtest, draft, sums
from tests.promotions.offline import long_in_force, sold, sync
from tests.shop import Json, Shop, discount

pytestmark = pytest.mark.django_db

A_FIFTH_OFF = [discount("20", "percent", "specific", products=["A"])]


@pytest.fixture
def shop() -> Shop:
    """Give a store with two products, two members and a point for each unit of money paid."""
    shop = Shop(currency="USD")
    shop.products(A="10.00", B="5.00")
    shop.member("ann", points="0")
    shop.member("bob", points="0")
    rules = [{"reward_point_mode": "money"}]
    shop.program("loyalty", name="Club", loyalty_program="club", rules=rules)
    return shop


@pytest.fixture
def tea(shop: Shop) -> Json:
    """Give a draft of 20 % off A."""
    return draft(shop, name="Tea", rules=[{"products": ["A"]}], rewards=A_FIFTH_OFF)


def sell(shop: Shop) -> None:
    """Sell 2 A and a B to Ann, a B to nobody, an A to Bob: 40.00, for 35 points."""
    shop.commit(("A", "2"), ("B", "1"), partner="ann")
    shop.commit(("B", "1"))
    shop.commit(("A", "1"), partner="bob")


def test_the_worked_example(shop: Shop, tea: Json) -> None:
    """20 % of 20.00 and of 10.00 is 6.00: 34.00 instead of 40.00, 29 points instead of 35."""
    sell(shop)
    written = (Order.objects.count(), PointOperation.objects.count())
    result = backtest(tea)
    assert {key: result[key] for key in ("orders", "hit", "changed", "members", "coupons")} == {
        "orders": 3,
        "hit": 2,
        "changed": 2,
        "members": 2,
        "coupons": 0,
    }
    assert sums(result) == {
        "discount_before": "0.00",
        "discount_after": "6.00",
        "sales_before": "40.00",
        "sales_after": "34.00",
    }
    (points,) = result["points"]
    assert (points["earned_before"], points["earned_after"]) == ("35", "29")
    (product,) = result["products"]
    assert (product["sku"], product["qty"], product["discount"]) == ("A", "3", "6.00")
    rows = BacktestOrder.objects.order_by("order_id")
    assert [(str(one.given), str(one.total_after)) for one in rows] == [
        ("4.0000", "21.0000"),
        ("2.0000", "8.0000"),
    ]
    assert (Order.objects.count(), PointOperation.objects.count()) == written


def test_a_program_in_force_all_the_time_changes_nothing(shop: Shop) -> None:
    made = shop.percent_off("10", name="Ten", limit_usage=2)
    gone = shop.percent_off("30", name="Third", rules=[{"minimum_amount": "20"}])
    sell(shop)
    for program in (made, gone):
        result = backtest(program)
        assert (result["orders"], result["changed"]) == (3, 0)
        assert result["hit"] > 0
        told = sums(result)
        assert told["discount_before"] == told["discount_after"] != "0"


def test_it_stands_beside_the_programs_of_each_orders_time(shop: Shop, tea: Json) -> None:
    """Bob's order was made before 10 % off was published, Ann's after; then it is archived."""
    shop.commit(("A", "1"), partner="bob")
    ten = shop.program(
        "promotion", name="Ten", rules=[{"products": ["A"]}], rewards=[discount("1", "fixed")]
    )
    shop.commit(("A", "1"), partner="ann")
    shop.admin.ok("POST", f"programs/{ten['id']}/archive")
    shop.products(A="99.00")
    told = sums(backtest(tea))
    assert (told["discount_before"], told["sales_before"]) == ("1.00", "19.00")
    by_order = BacktestOrder.objects.order_by("order_id").values_list("discount_before", flat=True)
    assert [str(one) for one in by_order] == ["0.0000", "1.0000"]


def test_a_changed_draft_replaces_what_was_published(shop: Shop) -> None:
    made = shop.percent_off("10", name="Ten")
    sell(shop)
    shop.admin.ok("PATCH", f"programs/{made['id']}", {"rewards": [discount("25")]})
    told = sums(backtest(made))
    assert (told["discount_before"], told["discount_after"]) == ("4.00", "10.00")


@pytest.mark.parametrize(
    ("limits", "hit", "given"),
    [
        ({"limit_usage": 2}, 2, "5.00"),
        ({"limit_per_partner": 1}, 2, "5.00"),
        ({"budget": "6.00"}, 3, "6.00"),
    ],
)
def test_limits_count_from_the_first_order_on(
    shop: Shop, limits: Json, hit: int, given: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Ann's 20.00, Bob's 30.00, Ann's 30.00 and 10.00; a tenth off while the limit lasts."""
    monkeypatch.setattr(cutting, "ORDERS_IN_A_CHUNK", 1)
    for partner, qty in (("ann", "2"), ("bob", "3"), ("ann", "3"), ("ann", "1")):
        shop.commit(("A", qty), partner=partner)
    made = draft(shop, name="Few", rewards=[discount("10")], **limits)
    result = backtest(made)
    assert (result["hit"], sums(result)["discount_after"]) == (hit, given)


def test_dates_are_lifted_unless_they_are_to_hold(shop: Shop) -> None:
    sell(shop)
    made = draft(shop, name="Later", rewards=[discount("10")], date_from="2999-01-01")
    assert backtest(made)["hit"] == 3
    assert backtest(made, keeps_dates=True)["hit"] == 0


def test_a_code_counts_only_if_it_was_shown_or_is_taken_to_be(shop: Shop) -> None:
    sell(shop)
    coded = draft(shop, name="Code", rules=[{"code": "ZOO"}], rewards=[discount("10")])
    coupon = shop.program("coupons", publish=False, rewards=[discount("1", "fixed")])
    for program in (coded, coupon):
        assert backtest(program)["hit"] == 0
        assert backtest(program, shows_code=True)["hit"] == 3
    plain = draft(shop, name="Plain", rewards=[discount("10")])
    with pytest.raises(PunchcardError) as refused:
        ask(plain, shows_code=True)
    assert refused.value.code == "coupons_not_for_program"


def test_points_that_a_draft_gives_are_a_liability(shop: Shop) -> None:
    sell(shop)
    rules = [{"reward_point_mode": "order", "reward_point_amount": "50"}]
    made = draft(shop, program_type="loyalty", name="Fifty", loyalty_program="club", rules=rules)
    result = backtest(made)
    (points,) = result["points"]
    assert (result["hit"], points["earned_after"]) == (2, "135")
    assert {str(one.points) for one in BacktestOrder.objects.all()} == {"50.0000"}


def test_only_orders_of_these_days_and_this_store_that_were_not_cancelled(
    shop: Shop, tea: Json
) -> None:
    sell(shop)
    shop.commit(("A", "7"), ref="wrong")
    shop.till.ok("POST", "orders/wrong/cancel")
    Order.objects.filter(ref="order-1").update(ordered_at="2026-03-31T23:30:00Z")
    assert backtest(tea, date_from=date(2026, 3, 31), date_to=date(2026, 3, 31))["orders"] == 1
    assert backtest(tea)["orders"] == 3
    shop.admin.ok("PUT", "pos-configs/main", {"name": "Main", "time_zone": "Asia/Jakarta"})
    with pytest.raises(PunchcardError) as refused:
        ask(tea, date_from=date(2026, 3, 31), date_to=date(2026, 3, 31))
    assert refused.value.code == "nothing_to_backtest"
    with pytest.raises(PunchcardError) as refused:
        ask(tea, date_from=date(2026, 4, 1), date_to=date(2026, 3, 31))
    assert refused.value.code == "days_upside_down"
    assert Backtest.objects.count() == Job.objects.count() == 2


def test_what_a_till_did_not_know_is_left_out_in_both(shop: Shop, tea: Json) -> None:
    shop.percent_off("10", name="Code", rules=[{"code": "TEN"}])
    long_in_force()
    order = sold(shop, ("A", "1"), ref="late", codes=["TEN"], charged_total="10.00")
    assert sync(shop, order)[0]["order"]["total"] == "10.00"
    told = sums(backtest(tea))
    assert (told["sales_before"], told["sales_after"]) == ("10.00", "8.00")


def test_one_that_is_killed_and_goes_on_gives_the_same(
    shop: Shop, tea: Json, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(cutting, "ORDERS_IN_A_CHUNK", 1)
    sell(shop)
    whole = backtest(tea)
    killed, real = ask(tea), chunks.decide_chunk
    calls = iter([True, False])

    def dies(*arguments: Any) -> object:
        done = real(*arguments)
        if not next(calls):
            raise KeyboardInterrupt
        return done

    monkeypatch.setattr(working, "decide_chunk", dies)
    with pytest.raises(KeyboardInterrupt):
        work_on_backtest(job_id=killed.job_id)
    killed.job.refresh_from_db()
    assert (killed.job.state, killed.job.done) == ("running", 1)
    monkeypatch.setattr(working, "decide_chunk", real)
    worked = work_on_backtest(job_id=killed.job_id)
    killed.refresh_from_db()
    assert (worked.orders, worked.is_left, killed.result) == (2, False, whole)
    assert work_on_backtest(job_id=killed.job_id).orders == 0


def test_one_that_is_stopped_goes_no_further(shop: Shop, tea: Json) -> None:
    sell(shop)
    asked = ask(tea)
    stop_job(job_id=asked.job_id, at=timezone.now())
    assert work_on_backtest(job_id=asked.job_id).orders == 0
    assert not BacktestOrder.objects.exists()
    assert BacktestChunk.objects.filter(figures__isnull=False).count() == 0


def test_what_goes_wrong_ends_it_with_a_reason(
    shop: Shop, tea: Json, monkeypatch: pytest.MonkeyPatch
) -> None:
    sell(shop)
    asked = ask(tea)
    Order.objects.update(catalog_version=0, evaluation={"cart": {}, "wallet": {}})
    assert work_on_backtest(job_id=asked.job_id).orders == 0
    asked.job.refresh_from_db()
    error = asked.job.error or {}
    assert (asked.job.state, error.get("code")) == ("failed", "internal_error")


def test_a_task_works_for_a_while_and_asks_for_more(
    shop: Shop, tea: Json, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(cutting, "ORDERS_IN_A_CHUNK", 1)
    monkeypatch.setattr("promotions.tasks.SECONDS_AT_A_TIME", 0.0)
    sell(shop)
    sent: list[list[int]] = []
    monkeypatch.setattr(
        "promotions.tasks.current_app.send_task", lambda _name, given: sent.append(given)
    )
    asked = ask(tea)
    assert [work_on_a_backtest(asked.job_id, 0), work_on_a_backtest(asked.job_id, 1)] == [1, 1]
    assert sent == [[asked.job_id, 1], [asked.job_id, 1], [asked.job_id, 1]]
    assert work_on_a_backtest(asked.job_id, 1) == 1
    assert work_on_a_backtest(asked.job_id, 1) == 0
    asked.job.refresh_from_db()
    assert (asked.job.state, asked.job.done) == ("done", 3)


def test_refusals_write_nothing(shop: Shop) -> None:
    empty = draft(shop, name="Empty", rewards=[])
    for program_id, code in ((empty["id"], "program_incomplete"), (10**9, "program_not_found")):
        with pytest.raises(PunchcardError) as refused:
            ask({"id": program_id})
        assert refused.value.code == code
    with pytest.raises(PunchcardError) as refused:
        work_on_backtest(job_id=10**9)
    assert refused.value.code == "backtest_not_found"
    assert not Backtest.objects.exists()


def test_yesterday_is_not_today(shop: Shop, tea: Json) -> None:
    sell(shop)
    Order.objects.filter(ref="order-1").update(ordered_at=timezone.now() - timedelta(days=1))
    days = [(one["orders"], one["hit"]) for one in backtest(tea)["days"]]
    assert days == [(1, 1), (2, 1)]


def test_old_ones_are_forgotten_unless_somebody_is_at_them(shop: Shop, tea: Json) -> None:
    sell(shop)
    done, open_one, fresh = ask(tea), ask(tea), ask(tea)
    work_on_backtest(job_id=done.job_id)
    now, kept_for = timezone.now(), timedelta(days=90)
    old = Backtest.objects.filter(pk__in=[done.pk, open_one.pk])
    old.update(created_at=now - timedelta(days=91))
    assert forget_backtests(at=now, kept_for=kept_for).backtests == 1
    assert set(Backtest.objects.values_list("pk", flat=True)) == {open_one.pk, fresh.pk}
    assert not BacktestOrder.objects.exists()
    assert Job.objects.count() == 3
