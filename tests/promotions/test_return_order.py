from decimal import Decimal

import pytest

from promotions.models import Coupon, Order, OrderLine, OrderReturn, ProgramUsage
from tests.promotions.test_commit_order import club
from tests.shop import Shop, discount

pytestmark = pytest.mark.django_db


@pytest.fixture
def shop() -> Shop:
    shop = Shop()
    shop.products(A="100.00", B="5.00", C="10.00")
    return shop


def test_one_of_two_units_gives_half_of_money_and_points_back(shop):
    shop.member("ann", points="0")
    club(shop)
    shop.commit(("A", "2"), partner="ann", ref="R")
    answer = shop.back("R", ("1", "1"))
    assert (answer["refund"], answer["refund_total"], answer["status"]) == (
        "100.00",
        "100.00",
        "partly_returned",
    )
    assert answer["points"] == [
        {
            "loyalty_program": "club",
            "card": "club-ann",
            "taken_back": "100",
            "given_back": "0",
            "balance_after": "100",
        }
    ]
    assert shop.balance("ann") == 100


def test_a_refund_is_what_was_paid_after_discounts(shop):
    shop.percent_off("10")
    shop.commit(("C", "3"), ref="R")
    refunds = [shop.back("R", ("1", "1"))["refund"] for _ in range(3)]
    assert refunds == ["9.00", "9.00", "9.00"]
    assert Order.objects.get().status == "returned"


def test_partial_returns_end_where_one_full_return_ends(shop):
    shop.member("ann", points="60")
    shop.member("bob", points="60")
    program = club(shop)
    shop.percent_off("7", exclusion_group=None)
    claim = {"program": program["id"], "reward": program["rewards"][0]["id"]}
    basket = (("A", "3"), ("B", "7"), ("C", "1.25"))
    for who in ("ann", "bob"):
        shop.commit(*basket, partner=who, claims=[claim], ref=f"R-{who}")
    for step in (
        (("1", "1"),),
        (("2", "3"), ("3", "0.5")),
        (("1", "2"),),
        (("2", "4"), ("3", "0.75")),
    ):
        shop.back("R-ann", *step)
    shop.back("R-bob", ("1", "3"), ("2", "7"), ("3", "1.25"))
    ann, bob = Order.objects.order_by("ref")
    assert (
        (ann.status, ann.refund_total) == (bob.status, bob.refund_total) == ("returned", ann.total)
    )
    lines = OrderLine.objects.order_by("order_id", "id").values_list("order_id", "refunded")
    assert [r for o, r in lines if o == ann.pk] == [r for o, r in lines if o == bob.pk]
    assert shop.balance("ann") == shop.balance("bob") == 60


def test_points_spent_are_given_back(shop):
    shop.member("ann", points="50")
    program = club(shop)
    claim = {"program": program["id"], "reward": program["rewards"][0]["id"]}
    shop.commit(("A", "1"), partner="ann", claims=[claim], ref="R")
    assert shop.balance("ann") == 90
    answer = shop.till.ok("POST", "orders/R/cancel")
    assert answer["status"] == "cancelled"
    (points,) = answer["points"]
    assert (points["taken_back"], points["given_back"]) == ("90", "50")
    assert shop.balance("ann") == 50


def test_a_coupon_and_a_use_come_back_when_nothing_of_the_reward_is_left(shop):
    program = shop.program(
        "coupons",
        name="c",
        limit_usage=5,
        rewards=[discount("10", applies_to="specific", products=["B"])],
    )
    (code,) = shop.admin.ok("POST", f"programs/{program['id']}/coupons", {"count": 1})["codes"]
    shop.commit(("A", "1"), ("B", "2"), codes=[code], ref="R")
    usage = ProgramUsage.objects.get(pk=program["id"])
    assert (usage.times, usage.amount) == (1, 1)
    assert shop.back("R", ("2", "1"))["coupons"] == []
    assert Coupon.objects.get().points == 0
    assert shop.back("R", ("2", "1"))["coupons"] == [{"code": code, "what": "revived"}]
    assert Coupon.objects.get().points == 1
    usage.refresh_from_db()
    assert (usage.times, usage.amount) == (0, 0)
    assert shop.back("R", ("1", "1"))["coupons"] == []
    assert Coupon.objects.get().points == 1


def test_more_than_was_bought_is_refused(shop):
    shop.commit(("A", "2"), ref="R")
    shop.back("R", ("1", "1"))
    body = {"lines": [{"line_id": "1", "qty": "2"}]}
    answer = shop.till.call("POST", "orders/R/returns", body)
    assert (shop.till.status, answer["code"]) == (422, "return_exceeds_order")
    assert answer["facts"] == {"line_id": "1", "qty": "2", "returnable": "1"}
    assert OrderReturn.objects.count() == 1
    assert Order.objects.get().refund_total == 100


def test_a_line_the_order_does_not_have_is_refused(shop):
    shop.commit(("A", "2"), ref="R")
    answer = shop.till.call("POST", "orders/R/returns", {"lines": [{"line_id": "9", "qty": "1"}]})
    assert (shop.till.status, answer["code"]) == (422, "unknown_order_line")
    assert OrderReturn.objects.count() == 0


def test_a_returned_order_cannot_be_cancelled_nor_returned_again(shop):
    shop.commit(("A", "1"), ref="R")
    shop.back("R", ("1", "1"))
    for path, body in (
        ("orders/R/cancel", None),
        ("orders/R/returns", {"lines": [{"line_id": "1", "qty": "1"}]}),
    ):
        answer = shop.till.call("POST", path, body)
        assert (shop.till.status, answer["code"]) == (422, "order_already_returned")
    assert OrderReturn.objects.count() == 1


def test_the_same_return_again_gets_the_first_answer(shop):
    shop.commit(("A", "2"), ref="R")
    body = {"lines": [{"line_id": "1", "qty": "1"}]}
    first = shop.till.ok("POST", "orders/R/returns", body, idempotency_key="k1")
    again = shop.till.ok("POST", "orders/R/returns", body, idempotency_key="k1")
    assert again == first
    assert shop.till.headers["Idempotent-Replay"] == "true"
    assert OrderReturn.objects.count() == 1


def test_a_return_is_decided_by_the_sale_not_by_todays_programs(shop):
    made = shop.percent_off("10")
    shop.commit(("A", "1"), ref="R")
    shop.admin.ok("POST", f"programs/{made['id']}/archive")
    shop.percent_off("50")
    assert shop.back("R", ("1", "1"))["refund"] == "90.00"


def test_reprice_refunds_what_was_paid_less_what_the_rest_costs():
    shop = Shop(return_policy="reprice")
    shop.products(A="30.00")
    shop.program(
        "buy_x_get_y",
        rules=[{"products": ["A"], "reward_point_mode": "unit", "minimum_qty": "0"}],
        rewards=[
            {"reward_type": "product", "required_points": "2", "product": {"products": ["A"]}}
        ],
    )
    assert shop.commit(("A", "3"), ref="R")["total"] == "60.00"
    # Two units cost 60 without the free one: bringing one back refunds nothing.
    first = shop.back("R", ("1", "1"))
    assert (first["refund"], first["clawback"]) == ("0.00", "0.00")
    assert shop.back("R", ("1", "1"))["refund"] == "30.00"
    assert shop.back("R", ("1", "1"))["refund"] == "30.00"
    assert Order.objects.get().refund_total == 60


def test_reprice_never_charges_for_returning():
    shop = Shop(return_policy="reprice")
    shop.products(A="60.00", B="50.00")
    shop.percent_off("50", rules=[{"minimum_amount": "100"}])
    assert shop.commit(("A", "1"), ("B", "1"), ref="R")["total"] == "55.00"
    # The 60 alone cost 60 without the discount: the step would have cost the customer 5.
    first = shop.back("R", ("2", "1"))
    assert (first["refund"], first["clawback"]) == ("0.00", "5.00")
    assert shop.back("R", ("1", "1"))["refund"] == "55.00"


def test_a_manual_adjustment_is_part_of_what_is_refunded(shop):
    body = shop.order(("A", "1"), ("B", "1"), ref="R")
    body["lines"][1]["unit_price"] = "-20.00"
    assert shop.till.ok("POST", "orders", body)["total"] == "80.00"
    answer = shop.till.ok("POST", "orders/R/cancel")
    assert answer["refund"] == "80.00"
    assert Decimal(answer["refund_total"]) == Order.objects.get().total
