"""What a till charged without a line stands, whatever is decided when it is reported."""

from __future__ import annotations

from decimal import Decimal

import orjson
import pytest

from promotions.models import Coupon, Order, ProgramUsage
from tests.promotions.offline import NOW, long_in_force, sold, sync
from tests.shop import Shop, discount

pytestmark = pytest.mark.django_db


@pytest.fixture
def shop() -> Shop:
    shop = Shop()
    shop.products(A="100.00", B="5.00")
    return shop


def test_what_the_till_charged_stands_when_less_is_decided_off(shop):
    """A limit was reached by others while the till had no line; the customer paid 90."""
    made = shop.percent_off("10", limit_usage=1)
    long_in_force()
    shop.commit(("A", "1"))
    (result,) = sync(shop, sold(shop, ("A", "1"), ("B", "2"), charged_total="99.00"))
    order = result["order"]
    assert (order["subtotal"], order["discount_total"], order["total"]) == (
        "110.00",
        "11.00",
        "99.00",
    )
    assert order["amount_due"] == "99.00"
    assert [line["total"] for line in order["lines"]] == ["90.00", "9.00"]
    assert order["charge"] == {
        "charged_total": "99.00",
        "decided_total": "110.00",
        "difference": "-11.00",
        "programs_left_out": [],
    }
    assert (order["rewards"], ProgramUsage.objects.get(pk=made["id"]).times) == ([], 1)
    stored = Order.objects.get(ref="O-1")
    assert (stored.total, stored.decided_total) == (99, 110)
    back = shop.back("O-1", ("1", "1"))
    assert back["refund"] == "90.00"
    assert shop.back("O-1", ("2", "2"))["refund_total"] == "99.00"


def test_what_the_till_charged_stands_when_more_is_decided_off(shop):
    """The till knew nothing of a program; its discount, coupon and limit are not used."""
    known = shop.percent_off("10", name="Known")
    unknown = shop.program(
        "promotion",
        limit_usage=5,
        rewards=[discount("3", "fixed", "specific", products=["A"])],
    )
    long_in_force()
    (result,) = sync(shop, sold(shop, ("A", "1"), charged_total="90.00"))
    order = result["order"]
    assert (order["total"], order["discount_total"]) == ("90.00", "10.00")
    assert [one["program"] for one in order["rewards"]] == [known["id"]]
    assert order["charge"] == {
        "charged_total": "90.00",
        "decided_total": "87.30",
        "difference": "2.70",
        "programs_left_out": [unknown["id"]],
    }
    assert ProgramUsage.objects.get(pk=unknown["id"]).times == 0
    assert shop.back("O-1", ("1", "1"))["refund"] == "90.00"


def test_a_till_that_knows_no_programs_charges_the_list_price(shop):
    shop.percent_off("10")
    coupons = shop.program("coupons", rewards=[discount("5", "fixed", "specific", products=["B"])])
    (code,) = shop.admin.ok("POST", f"programs/{coupons['id']}/coupons", {"count": 1})["codes"]
    long_in_force()
    body = sold(shop, ("A", "1"), ("B", "1"), codes=[code], charged_total="105.00")
    (result,) = sync(shop, body)
    assert (result["order"]["total"], result["order"]["rewards"]) == ("105.00", [])
    assert result["order"]["codes"][0]["reason"] == "inactive"
    assert Coupon.objects.get().points == 1


def test_a_coupon_spent_elsewhere_meanwhile_does_not_refuse_the_sale(shop):
    coupons = shop.program("coupons", rewards=[discount("10")])
    (code,) = shop.admin.ok("POST", f"programs/{coupons['id']}/coupons", {"count": 1})["codes"]
    long_in_force()
    shop.commit(("A", "1"), codes=[code])
    (result,) = sync(shop, sold(shop, ("A", "1"), codes=[code], charged_total="90.00"))
    assert result["order"]["total"] == "90.00"
    assert result["order"]["codes"][0]["reason"] == "used_up"
    assert result["order"]["charge"]["difference"] == "-10.00"


def test_a_claim_that_cannot_be_paid_any_more_does_not_refuse_what_was_charged(shop):
    shop.member("ann", points="50")
    program = shop.program(
        "loyalty",
        loyalty_program="club",
        rules=[{"reward_point_mode": "order"}],
        rewards=[discount("10") | {"required_points": "50"}],
    )
    long_in_force()
    shop.till.ok("POST", "cards/club-ann/redeem", {"points": "50", "origin": "elsewhere"})
    claim = {"program": program["id"], "reward": program["rewards"][0]["id"]}
    body = sold(shop, ("A", "1"), partner="ann", claims=[claim])
    (refused,) = sync(shop, body)
    assert refused["problem"]["code"] == "claim_refused"
    (result,) = sync(shop, body | {"charged_total": "90.00"})
    assert result["order"]["total"] == "90.00"
    assert result["order"]["refused_claims"][0]["reason"] == "not_enough_points"
    assert shop.balance("ann") >= 0


def test_no_card_pays_more_than_was_charged(shop):
    cards = shop.program("gift_card", ref="gift")
    (code,) = shop.admin.ok(
        "POST", f"programs/{cards['id']}/coupons", {"count": 1, "points": "200"}
    )["codes"]
    long_in_force()
    (result,) = sync(shop, sold(shop, ("A", "1"), codes=[code], charged_total="95.00", ago=NOW))
    assert (result["order"]["total"], result["order"]["amount_due"]) == ("95.00", "0.00")
    assert [one["amount"] for one in result["order"]["payments"]] == ["95.00"]
    assert Decimal(shop.admin.ok("GET", f"cards/{code}/balance")["balance"]) == 105


@pytest.mark.parametrize("policy", ["proportional", "reprice"])
def test_what_a_card_paid_of_the_charge_comes_back_to_it(shop, policy):
    shop.admin.ok("PUT", "pos-configs/main", {"name": "Main", "return_policy": policy})
    cards = shop.program("gift_card", ref="gift")
    issue = {"count": 1, "points": "60"}
    (code,) = shop.admin.ok("POST", f"programs/{cards['id']}/coupons", issue)["codes"]
    long_in_force()
    body = sold(shop, ("B", "2"), codes=[code], charged_total="8.00", ago=NOW)
    (result,) = sync(shop, body)
    assert [one["amount"] for one in result["order"]["payments"]] == ["8.00"]
    answers = [shop.back("O-1", ("1", "1")) for _ in range(2)]
    assert [one["refund_due"] for one in answers] == ["0.00", "0.00"]
    assert sum(Decimal(one["refund_to_cards"]) for one in answers) == 8
    assert Decimal(shop.admin.ok("GET", f"cards/{code}/balance")["balance"]) == 60


@pytest.mark.parametrize("charged", ["100.01", "-1", "99.999", "NaN", "1e999990"])
def test_what_cannot_have_been_charged_is_refused(shop, charged):
    (result,) = sync(shop, sold(shop, ("A", "1"), charged_total=charged))
    assert result["problem"]["code"] in ("charged_total_out_of_range", "invalid")
    assert not Order.objects.exists()


@pytest.mark.parametrize(
    "charged", ["1e999990", "-1e999990", "1e-999990", "123456789012345", "0.00001"]
)
def test_a_total_that_no_table_can_hold_is_refused_before_anything_is_decided(shop, charged):
    (result,) = sync(shop, sold(shop, ("A", "1"), charged_total=orjson.Fragment(charged)))
    (told,) = result["problem"]["errors"]
    assert (result["problem"]["code"], told["pointer"]) == ("invalid", "/charged_total")
    assert "14 digits" in told["detail"]
    assert not Order.objects.exists()


def test_a_till_that_expects_a_total_gets_a_refusal_instead(shop):
    body = sold(shop, ("A", "1"), expected_total="90.00")
    (result,) = sync(shop, body)
    assert result["problem"]["code"] == "quote_changed"
    (result,) = sync(shop, body | {"charged_total": "90.00"})
    assert result["problem"]["errors"][0]["pointer"] == "/expected_total"
    assert not Order.objects.exists()


def test_the_orders_page_tells_what_was_charged_and_what_was_decided(shop, admin_client):
    shop.percent_off("10")
    long_in_force()
    sync(shop, sold(shop, ("A", "1"), charged_total="95.00"))
    page = admin_client.get(f"/admin/promotions/order/{Order.objects.get().pk}/change/")
    assert "the till charged $95.00, decided was $90.00" in page.content.decode()
