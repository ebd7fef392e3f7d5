"""The life of an e-wallet: topped up, paid with, and what a return of either does."""

from __future__ import annotations

from typing import Any

import pytest

from loyalty.models import LoyaltyCard
from promotions.models import Order
from tests.shop import Json, Shop, discount

pytestmark = pytest.mark.django_db


class Wallets:
    """A shop that sells top-ups, and Ann."""

    def __init__(self, **pos: str) -> None:
        self.shop = Shop(**pos)
        self.shop.products(A="30.00", TOP="50.00")
        self.shop.admin.ok("PUT", "loyalty-programs/wallet", {"name": "E-wallet"})
        self.program = self.shop.program(
            "ewallet",
            name="E-wallet",
            loyalty_program="wallet",
            rules=[{"products": ["TOP"], "reward_point_mode": "money"}],
        )
        self.shop.member("ann")

    def balance(self) -> Any:
        return LoyaltyCard.objects.get(partner__ref="ann").points

    def pay(self, ref: str, qty: str = "1", points: str | None = None) -> Json:
        reward = self.program["rewards"][0]["id"]
        claim = {"program": self.program["id"], "reward": reward, "points": points}
        return self.shop.commit(("A", qty), partner="ann", claims=[claim], ref=ref)


@pytest.fixture(params=["proportional", "reprice"])
def wallets(request) -> Wallets:
    return Wallets(return_policy=request.param)


def test_a_top_up_opens_the_wallet_and_fills_it(wallets):
    answer = wallets.shop.commit(("TOP", "2"), partner="ann", ref="R")
    (points,) = answer["points"]
    assert (points["earned"], points["balance_after"]) == ("100", "100")
    assert wallets.balance() == 100


def test_it_pays_what_is_asked_for_and_no_more_than_it_holds(wallets):
    wallets.shop.commit(("TOP", "1"), partner="ann")
    part = wallets.pay("P-1", points="10")
    assert (part["payments"][0]["amount"], part["amount_due"]) == ("10.00", "20.00")
    rest = wallets.pay("P-2", qty="2")
    assert (rest["payments"][0]["amount"], rest["amount_due"]) == ("40.00", "20.00")
    assert wallets.balance() == 0


def test_nobody_pays_with_it_unasked(wallets):
    wallets.shop.commit(("TOP", "1"), partner="ann")
    answer = wallets.shop.commit(("A", "1"), partner="ann")
    assert (answer["payments"], answer["amount_due"]) == ([], "30.00")


@pytest.mark.parametrize("way", ["cancel", "return"])
def test_what_it_paid_goes_back_to_it(wallets, way):
    wallets.shop.commit(("TOP", "1"), partner="ann")
    wallets.pay("P")
    if way == "cancel":
        answer = wallets.shop.till.ok("POST", "orders/P/cancel")
    else:
        answer = wallets.shop.back("P", ("1", "1"))
    assert (answer["refund"], answer["refund_to_cards"], answer["refund_due"]) == (
        "30.00",
        "30.00",
        "0.00",
    )
    assert wallets.balance() == 50


@pytest.mark.parametrize("policy", ["allow", "floor_at_zero", "refuse"])
def test_what_was_spent_of_a_top_up_is_not_refunded(wallets, policy):
    """Whatever the kind of points does with a debt: here money would be given twice."""
    body = {"name": "E-wallet", "negative_balance": policy}
    wallets.shop.admin.ok("PUT", "loyalty-programs/wallet", body)
    wallets.shop.commit(("TOP", "1"), partner="ann", ref="R")
    wallets.pay("P")
    answer = wallets.shop.till.ok("POST", "orders/R/cancel")
    assert (answer["refund"], answer["spent"]) == ("20.00", "30.00")
    assert wallets.balance() == 0
    wallets.shop.till.ok("POST", "orders/P/cancel")
    assert wallets.balance() == 30


@pytest.mark.parametrize("steps", [("1", "1", "1"), ("2", "1"), ("3",)])
def test_however_top_ups_come_back_the_same_is_refunded(wallets, steps):
    wallets.shop.commit(("TOP", "3"), ("A", "1"), partner="ann", ref="R")
    wallets.pay("P")
    for qty in steps:
        answer = wallets.shop.back("R", ("1", qty))
    assert answer["refund_total"] == "120.00"
    assert wallets.balance() == 0
    assert wallets.shop.back("R", ("2", "1"))["refund"] == "30.00"


def test_money_of_another_top_up_stays_where_it_is(wallets):
    wallets.shop.commit(("TOP", "1"), partner="ann", ref="R-1")
    wallets.shop.commit(("TOP", "1"), partner="ann", ref="R-2")
    answer = wallets.shop.till.ok("POST", "orders/R-1/cancel")
    assert (answer["refund"], wallets.balance()) == ("50.00", 50)


def test_two_claims_on_one_wallet_are_paid_and_returned_as_one(wallets):
    wallets.shop.commit(("TOP", "1"), partner="ann")
    reward = {"program": wallets.program["id"], "reward": wallets.program["rewards"][0]["id"]}
    claims = [reward | {"points": points} for points in ("10", "15")]
    answer = wallets.shop.commit(("A", "1"), partner="ann", claims=claims, ref="P")
    assert [one["amount"] for one in answer["payments"]] == ["25.00"]
    assert (answer["amount_due"], wallets.balance()) == ("5.00", 25)
    assert wallets.shop.till.ok("POST", "orders/P/cancel")["refund_to_cards"] == "25.00"
    assert wallets.balance() == 50


def test_a_wallet_that_was_asked_for_and_is_not_needed_stops_no_sale(wallets):
    wallets.shop.commit(("TOP", "1"), partner="ann")
    wallets.shop.percent_off("100", rules=[{"products": ["A"]}])
    answer = wallets.pay("P")
    assert (answer["amount_due"], answer["payments"]) == ("0.00", [])
    assert [one["reason"] for one in answer["refused_claims"]] == ["nothing_to_discount"]
    assert wallets.balance() == 50
    assert wallets.shop.till.ok("GET", "orders/P")["refused_claims"] == answer["refused_claims"]


def test_what_a_wallet_was_to_pay_and_cannot_is_told_before_the_sale(wallets):
    """Money on a wallet buys no more of itself; a reward that cannot be given is named alone."""
    wallets.shop.commit(("TOP", "1"), partner="ann")
    wallet = {"program": wallets.program["id"], "reward": wallets.program["rewards"][0]["id"]}
    wallets.shop.percent_off("100", rules=[{"products": ["A"]}])
    club = wallets.shop.program("loyalty", rules=[], rewards=[discount("1", "fixed")])
    mug = {"program": club["id"], "reward": club["rewards"][0]["id"]}
    for sku, claims, refused in (("TOP", [wallet], wallet), ("A", [wallet, mug], mug)):
        body = wallets.shop.order((sku, "1"), partner="ann", claims=claims, ref="N")
        problem = wallets.shop.till.call("POST", "orders", body)
        assert (wallets.shop.till.status, problem["code"]) == (422, "claim_refused")
        assert [one["program"] for one in problem["facts"]["claims"]] == [refused["program"]]
    assert not Order.objects.filter(ref="N").exists()
