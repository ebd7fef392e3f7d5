from datetime import timedelta
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from events.models import Event
from loyalty.models import PointOperation
from promotions.models import AppliedReward, Coupon, LineDiscount, Order, OrderLine, ProgramUsage
from tests.shop import Shop, discount

pytestmark = pytest.mark.django_db


@pytest.fixture
def shop() -> Shop:
    shop = Shop()
    shop.products(A="100.00", B="5.00")
    return shop


def club(shop: Shop, **fields):
    """A loyalty program: one point per dollar, 10 % for 50 points."""
    return shop.program(
        "loyalty",
        name="Club",
        loyalty_program="club",
        rules=[{"reward_point_mode": "money", "reward_point_amount": "1"}],
        rewards=[discount("10") | {"required_points": "50"}],
        **fields,
    )


def nothing_was_written() -> bool:
    return not (
        Order.objects.exists() or OrderLine.objects.exists() or AppliedReward.objects.exists()
    )


def test_a_committed_order_is_stored_as_it_was_answered(shop):
    made = shop.percent_off("10", name="Ten off")
    answer = shop.commit(("A", "1"), ("B", "1"), ref="R-1")
    assert shop.till.status == 201
    assert (answer["ref"], answer["status"], answer["total"]) == ("R-1", "committed", "94.50")
    order = Order.objects.get(ref="R-1")
    assert (order.subtotal, order.discount_total, order.total) == (
        Decimal(105),
        Decimal("10.5"),
        Decimal("94.5"),
    )
    (reward,) = order.rewards.all()
    assert (reward.program_id, reward.amount) == (made["id"], Decimal("10.5"))
    assert reward.version.program_id == made["id"]
    shares = LineDiscount.objects.filter(reward=reward).order_by("line__line_id")
    assert [(one.line.line_id, one.amount) for one in shares] == [
        ("1", Decimal(10)),
        ("2", Decimal("0.5")),
    ]
    told = shop.till.ok("GET", "orders/R-1")
    assert told == answer | {"returns": []}


def test_a_quote_and_the_commit_after_it_agree(shop):
    shop.member("ann", points="60")
    program = club(shop)
    claim = {"program": program["id"], "reward": program["rewards"][0]["id"]}
    basket = (("A", "2"), ("B", "3"))
    quote = shop.quote(*basket, partner="ann", claims=[claim])
    commit = shop.commit(*basket, partner="ann", claims=[claim])
    differs = {"ref", "status"}
    assert {k: v for k, v in quote.items() if k not in differs} == {
        k: v for k, v in commit.items() if k not in differs
    }


def test_a_member_earns_on_what_is_paid(shop):
    shop.member("ann", points="0")
    club(shop)
    shop.percent_off("10")
    answer = shop.commit(("A", "1"), partner="ann")
    assert answer["points"] == [
        {
            "loyalty_program": "club",
            "card": "club-ann",
            "balance_before": "0",
            "earned": "90",
            "spent": "0",
            "balance_after": "90",
        }
    ]
    assert shop.balance("ann") == 90


def test_a_members_first_order_opens_a_card(shop):
    shop.admin.ok("PUT", "partners/bob", {"name": "Bob"})
    shop.admin.ok("PUT", "loyalty-programs/club", {"name": "Club"})
    club(shop)
    answer = shop.commit(("A", "1"), partner="bob")
    (points,) = answer["points"]
    assert points["earned"] == "100"
    assert shop.balance("bob", card=points["card"]) == 100


def test_a_claimed_reward_spends_points_of_the_card_and_of_this_order(shop):
    shop.member("ann", points="10")
    program = club(shop)
    claim = {"program": program["id"], "reward": program["rewards"][0]["id"]}
    answer = shop.commit(("A", "1"), partner="ann", claims=[claim])
    assert answer["total"] == "90.00"
    (points,) = answer["points"]
    assert (points["earned"], points["spent"], points["balance_after"]) == ("90", "50", "50")
    assert shop.balance("ann") == 50


def test_a_claim_beyond_the_balance_is_refused_and_nothing_written(shop):
    shop.member("ann", points="3")
    program = club(shop)
    claim = {"program": program["id"], "reward": program["rewards"][0]["id"]}
    operations = PointOperation.objects.count()
    body = shop.order(("B", "1"), partner="ann", claims=[claim], ref="R")
    answer = shop.till.call("POST", "orders", body)
    assert (shop.till.status, answer["code"]) == (422, "claim_refused")
    assert answer["facts"]["reason"] == "not_enough_points"
    assert nothing_was_written()
    assert PointOperation.objects.count() == operations
    assert shop.balance("ann") == 3


def test_the_same_order_again_gets_the_first_answer(shop):
    shop.member("ann", points="0")
    club(shop)
    first = shop.commit(("A", "1"), partner="ann", ref="R")
    shop.percent_off("50")
    again = shop.commit(("A", "1"), partner="ann", ref="R")
    assert again == first
    assert (shop.till.status, shop.till.headers["Idempotent-Replay"]) == (201, "true")
    assert Order.objects.count() == 1
    assert shop.balance("ann") == 100


def test_another_order_under_the_same_ref_is_a_conflict(shop):
    shop.commit(("A", "1"), ref="R")
    answer = shop.till.call("POST", "orders", shop.order(("A", "2"), ref="R"))
    assert (shop.till.status, answer["code"]) == (409, "idempotency_key_reused")
    assert Order.objects.get().subtotal == 100


def test_a_total_that_changed_since_the_quote_is_refused_with_the_new_decision(shop):
    assert shop.quote(("A", "1"))["total"] == "100.00"
    shop.percent_off("10")
    body = shop.order(("A", "1"), ref="R", expected_total="100.00")
    answer = shop.till.call("POST", "orders", body)
    assert (shop.till.status, answer["code"]) == (409, "quote_changed")
    decision = answer["facts"]["decision"]
    assert (decision["total"], decision["status"]) == ("90.00", "quoted")
    assert nothing_was_written()
    shop.commit(("A", "1"), ref="R", expected_total="90")


def test_a_coupon_is_spent_by_the_order_that_uses_it(shop):
    program = shop.program("coupons", name="c", rewards=[discount("10")])
    url = f"programs/{program['id']}/coupons"
    (code,) = shop.admin.ok("POST", url, {"count": 1})["codes"]
    spelled = code.replace("-", " ").lower()
    answer = shop.commit(("A", "1"), codes=[spelled])
    assert answer["total"] == "90.00"
    assert answer["codes"] == [
        {"code": spelled, "status": "applied", "reason": None, "program": program["id"]}
    ]
    assert Coupon.objects.get().points == 0
    (fate,) = shop.commit(("A", "1"), codes=[code])["codes"]
    assert (fate["status"], fate["reason"]) == ("rejected", "used_up")


def test_a_coupon_that_saves_nothing_is_not_spent(shop):
    program = shop.program(
        "coupons", name="c", rewards=[discount("10", applies_to="specific", products=["B"])]
    )
    (code,) = shop.admin.ok("POST", f"programs/{program['id']}/coupons", {"count": 1})["codes"]
    answer = shop.commit(("A", "1"), codes=[code])
    assert answer["codes"][0]["status"] == "rejected"
    assert Coupon.objects.get().points == 1


def test_a_program_ends_at_its_limit(shop):
    made = shop.percent_off("10", limit_usage=2)
    totals = [shop.commit(("A", "1"))["total"] for _ in range(3)]
    assert totals == ["90.00", "90.00", "100.00"]
    assert ProgramUsage.objects.get(pk=made["id"]).times == 2


def test_a_program_ends_for_a_member_at_the_members_limit(shop):
    shop.member("ann")
    shop.member("bob")
    shop.percent_off("10", limit_per_partner=1)
    totals = [shop.commit(("A", "1"), partner=who)["total"] for who in ("ann", "ann", "bob")]
    assert totals == ["90.00", "100.00", "90.00"]


def test_a_program_ends_with_its_budget(shop):
    made = shop.percent_off("10", budget="15.00")
    given = [Decimal(shop.commit(("A", "1"))["discount_total"]) for _ in range(3)]
    assert sum(given) <= 15
    assert given[0] == 10
    assert ProgramUsage.objects.get(pk=made["id"]).amount == sum(given)


def test_a_commit_of_twenty_lines_with_a_member_takes_at_most_twenty_statements(shop):
    shop.products(**{f"P{i}": f"{i + 1}.50" for i in range(20)})
    shop.member("ann", points="100")
    program = club(shop)
    for percent in range(1, 11):
        shop.percent_off(str(percent), limit_usage=1000, exclusion_group=None)
    coupons = shop.program(
        "coupons", name="c", rewards=[discount("5", applies_to="specific", products=["P1"])]
    )
    url = f"programs/{coupons['id']}/coupons"
    codes = shop.admin.ok("POST", url, {"count": 2})["codes"]
    claim = {"program": program["id"], "reward": program["rewards"][0]["id"]}
    basket = [(f"P{i}", "2") for i in range(20)]
    shop.commit(*basket, partner="ann", codes=codes[:1], claims=[claim])
    with CaptureQueriesContext(connection) as taken:
        answer = shop.commit(*basket, partner="ann", codes=codes[1:], claims=[claim])
    assert answer["points"][0]["spent"] == "50"
    assert len(taken) <= 20, [one["sql"][:90] for one in taken]


def test_an_order_leaves_its_events_in_the_log(shop):
    made = shop.percent_off("10")
    before = Event.objects.count()
    shop.commit(("A", "1"), ref="R")
    order = Order.objects.get()
    events = Event.objects.order_by("id")[before:]
    assert [(one.type, one.payload["order_id"]) for one in events] == [
        ("OrderCreated", order.pk),
        ("PromotionApplied", order.pk),
    ]
    assert events[1].payload == {"order_id": order.pk, "program_id": made["id"], "amount": "10.00"}


def test_an_order_needs_a_ref(shop):
    answer = shop.till.call("POST", "orders", shop.order(("A", "1")))
    assert (shop.till.status, answer["code"]) == (400, "ref_required")


@pytest.mark.parametrize("hours", [-73, 1])
def test_the_time_of_sale_lies_at_most_72_hours_back(shop, hours):
    at = (timezone.now() + timedelta(hours=hours)).isoformat()
    answer = shop.till.call("POST", "orders", shop.order(("A", "1"), ref="R", at=at))
    assert (shop.till.status, answer["code"]) == (422, "at_out_of_range")
    assert nothing_was_written()


def test_an_order_sent_again_after_its_72_hours_gets_its_first_answer(shop, monkeypatch):
    now = timezone.now()
    body = shop.order(("A", "1"), ref="R", at=(now - timedelta(hours=70)).isoformat())
    first = shop.till.ok("POST", "orders", body)
    synced = {**body, "ref": "S", "charged_total": "100.00"}
    (of_sync,) = shop.till.ok("POST", "orders/sync", {"orders": [synced]})["results"]
    monkeypatch.setattr(timezone, "now", lambda: now + timedelta(hours=3))
    assert shop.till.ok("POST", "orders", body) == first
    assert shop.till.headers["Idempotent-Replay"] == "true"
    (again,) = shop.till.ok("POST", "orders/sync", {"orders": [synced]})["results"]
    assert (again["status"], again["order"]) == ("replayed", of_sync["order"])
    other = shop.till.call("POST", "orders", {**body, "expected_total": "1.00"})
    assert (shop.till.status, other["code"]) == (409, "idempotency_key_reused")
    new = shop.till.call("POST", "orders", {**body, "ref": "NEW"})
    assert (shop.till.status, new["code"]) == (422, "at_out_of_range")
    assert Order.objects.count() == 2


def test_an_offline_order_is_decided_as_of_its_sale(shop):
    yesterday = timezone.now() - timedelta(days=1)
    shop.percent_off("10", date_to=(timezone.now() - timedelta(hours=12)).isoformat())
    answer = shop.commit(("A", "1"), ref="R", at=yesterday.isoformat())
    assert answer["total"] == "90.00"
    assert Order.objects.get().ordered_at == yesterday


def test_a_till_does_not_see_orders_of_another_pos(shop):
    shop.admin.ok("PUT", "pos-configs/other", {"name": "Other"})
    shop.admin.ok("POST", "orders", shop.order(("A", "1"), ref="O-1") | {"pos_config": "other"})
    for method, path, body in (
        ("GET", "orders/O-1", None),
        ("POST", "orders/O-1/cancel", None),
        ("POST", "orders/O-1/returns", {"lines": [{"line_id": "1", "qty": "1"}]}),
    ):
        answer = shop.till.call(method, path, body)
        assert (shop.till.status, answer["code"]) == (404, "order_not_found"), path
    assert Order.objects.get().status == "committed"
