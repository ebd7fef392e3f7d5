"""Issuing coupons, gift cards and e-wallets."""

from datetime import datetime, timedelta
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from core import codes
from events.models import Event
from loyalty.models import LoyaltyCard, PointOperation
from promotions.models import Coupon
from promotions.services.issue_coupons import issue_coupons
from tests.shop import Shop, discount

pytestmark = pytest.mark.django_db


@pytest.fixture
def shop() -> Shop:
    return Shop()


@pytest.fixture
def coupons(shop):
    return shop.program("coupons", rewards=[discount("10")])


def issue(shop, made, **body):
    return shop.admin.ok("POST", f"programs/{made['id']}/coupons", body)


def refuse(shop, made, **body):
    """Return the problem, having seen that nothing was written."""
    before = Coupon.objects.count(), LoyaltyCard.objects.count(), Event.objects.count()
    problem = shop.admin.call("POST", f"programs/{made['id']}/coupons", body)
    assert shop.admin.status >= 400, problem
    assert before == (
        Coupon.objects.count(),
        LoyaltyCard.objects.count(),
        Event.objects.count(),
    )
    return problem


def test_codes_are_generated_hard_to_guess_and_told(shop, coupons):
    answer = issue(shop, coupons, count=1000)
    assert shop.admin.status == 201
    assert (answer["program"], answer["count"], answer["points"]) == (coupons["id"], 1000, "1")
    assert len({codes.normalise(code) for code in answer["codes"]}) == 1000
    assert not any(codes.is_mistyped(code) for code in answer["codes"])
    assert set(Coupon.objects.values_list("code", flat=True)) == set(answer["codes"])
    assert Event.objects.filter(type="CouponIssued").count() == 1000


def test_a_batch_takes_as_many_statements_as_one_coupon(coupons):
    def statements(count):
        with CaptureQueriesContext(connection) as queries:
            issue_coupons(program_id=coupons["id"], count=count, at=timezone.now())
        return len([one for one in queries if "SAVEPOINT" not in one["sql"]])

    assert statements(1) == statements(500) == 6


def test_given_codes_are_kept_as_spelled_and_found_as_typed(shop, coupons):
    answer = issue(shop, coupons, codes=["Hello-World", "x 1"])
    assert answer["codes"] == ["Hello-World", "x 1"]
    assert set(Coupon.objects.values_list("code_key", flat=True)) == {"HE110W0R1D", "X1"}


def test_a_coupon_is_worth_the_cheapest_reward(shop):
    rewards = [{**discount("10"), "required_points": cost} for cost in ("5", "2")]
    made = shop.program("coupons", rewards=rewards)
    assert issue(shop, made, count=1)["points"] == "2"
    assert issue(shop, made, count=1, points="7.5")["points"] == "7.5"


def test_a_coupon_may_be_bound_and_end(shop, coupons):
    shop.member("ann")
    answer = issue(shop, coupons, count=1, partner="ann", expires_at="2030-01-31")
    assert answer["partner"] == "ann"
    (row,) = Coupon.objects.select_related("partner")
    assert row.partner is not None
    assert row.partner.ref == "ann"
    assert row.expires_at == datetime.fromisoformat("2030-01-31T23:59:59.999999+00:00")
    listed = shop.admin.ok("GET", f"programs/{coupons['id']}/coupons")["results"]
    assert listed == [
        {
            "id": row.pk,
            "code": row.code,
            "points": "1",
            "initial_points": "1",
            "partner": "ann",
            "expires_at": "2030-01-31T23:59:59.999999+00:00",
            "status": "usable",
            "created_at": row.created_at.isoformat(),
        }
    ]


def test_the_list_tells_what_became_of_each(shop, coupons):
    issue(shop, coupons, codes=["A", "B", "C", "D"])
    now = timezone.now()
    Coupon.objects.filter(code="B").update(points=0)
    Coupon.objects.filter(code="C").update(expires_at=now - timedelta(days=1))
    Coupon.objects.filter(code="D").update(withdrawn_at=now)
    listed = shop.admin.ok("GET", f"programs/{coupons['id']}/coupons")["results"]
    assert {one["code"]: one["status"] for one in listed} == {
        "A": "usable",
        "B": "used_up",
        "C": "expired",
        "D": "withdrawn",
    }


def test_more_than_a_thousand_codes_of_ones_own_are_to_be_split(shop, coupons):
    for body in ({"codes": [f"C{n}" for n in range(1001)]},):
        problem = refuse(shop, coupons, **body)
        assert (shop.admin.status, problem["code"]) == (422, "too_many_coupons")
        assert problem["facts"] == {"asked": 1001, "most": 1000}


@pytest.mark.parametrize(
    ("body", "pointer", "code"),
    [
        ({}, "", "one_of_two"),
        ({"count": 1, "codes": ["A"]}, "", "one_of_two"),
        ({"count": 0}, "/count", "out_of_range"),
        ({"codes": []}, "/codes", "required"),
        ({"codes": ["A", "- "]}, "/codes/1", "invalid"),
        ({"codes": ["A", "B" * 65]}, "/codes/1", "invalid"),
        ({"codes": ["A", "b-1", "B1"]}, "/codes/2", "duplicate"),
        ({"count": 1, "points": "0"}, "/points", "out_of_range"),
        ({"count": 1, "points": "x"}, "/points", "invalid"),
        ({"count": 1, "partner": "nobody"}, "/partner", "unknown_partner"),
        ({"count": 1, "expires_at": "soon"}, "/expires_at", "invalid_date"),
        ({"count": 1, "amount": 5}, "/amount", "unknown_field"),
    ],
)
def test_a_batch_that_cannot_be_is_refused_where_it_is_wrong(shop, coupons, body, pointer, code):
    problem = refuse(shop, coupons, **body)
    assert shop.admin.status == 400
    assert [(one["pointer"], one["code"]) for one in problem["errors"]] == [(pointer, code)]


def test_a_code_in_use_is_refused_by_name(shop, coupons):
    issue(shop, coupons, codes=["USED"])
    shop.program("promo_code", rules=[{"code": "RULE"}], rewards=[discount("5")])
    shop.admin.ok("PUT", "loyalty-programs/club", {"name": "Club"})
    shop.admin.ok("PUT", "cards/CARD", {"loyalty_program": "club"})
    problem = refuse(shop, coupons, codes=["free", "us-ed", "Rule", "card"])
    assert (shop.admin.status, problem["code"]) == (409, "code_taken")
    assert problem["facts"]["codes"] == ["us-ed", "Rule", "card"]


def test_a_code_that_was_used_up_is_not_issued_again(shop, coupons):
    issue(shop, coupons, codes=["ONCE"])
    Coupon.objects.update(points=0)
    assert refuse(shop, coupons, codes=["once"])["code"] == "code_taken"


@pytest.mark.parametrize("program_type", ["promotion", "loyalty", "buy_x_get_y"])
def test_programs_that_no_coupon_could_serve_have_none(shop, program_type):
    made = shop.program(program_type, publish=False)
    problem = refuse(shop, made, count=1)
    assert (shop.admin.status, problem["code"]) == (422, "coupons_not_for_program")


def test_a_promotion_for_a_later_order_has_coupons(shop):
    made = shop.program("next_order_coupons", rewards=[discount("5")])
    assert issue(shop, made, count=2)["count"] == 2


def test_a_gift_card_is_a_card_that_holds_what_it_is_worth(shop):
    made = shop.program("gift_card", ref="gift")
    answer = issue(shop, made, codes=["GIFT 1", "GIFT 2"], points="50", expires_at="2030-12-31")
    assert (answer["codes"], answer["points"]) == (["GIFT 1", "GIFT 2"], "50")
    cards = LoyaltyCard.objects.select_related("loyalty_program")
    assert {(c.code_key, c.points, c.loyalty_program.ref, c.partner_id) for c in cards} == {
        ("G1FT1", Decimal(50), "gift", None),
        ("G1FT2", Decimal(50), "gift", None),
    }
    ends = datetime.fromisoformat("2030-12-31T23:59:59.999999+00:00")
    assert {card.expires_at for card in cards} == {ends}
    assert set(PointOperation.objects.values_list("kind", "points")) == {("earn", Decimal(50))}
    assert not Coupon.objects.exists()


def test_a_gift_card_says_what_it_is_worth(shop):
    made = shop.program("gift_card")
    problem = refuse(shop, made, count=1)
    assert [(one["pointer"], one["code"]) for one in problem["errors"]] == [("/points", "required")]


def test_a_gift_card_does_not_begin_expired(shop):
    made = shop.program("gift_card")
    problem = refuse(shop, made, count=1, points="5", expires_at="2020-01-01")
    assert problem["errors"][0]["code"] == "in_the_past"


def test_a_gift_cards_code_is_not_one_in_use(shop, coupons):
    issue(shop, coupons, codes=["USED"])
    gift = shop.program("gift_card")
    issue(shop, gift, codes=["G1"], points="5")
    for code in ("used", "g-1"):
        assert refuse(shop, gift, codes=[code], points="5")["code"] == "code_taken"


def test_an_ewallet_is_one_members(shop):
    shop.member("ann")
    made = shop.program("ewallet", ref="wallet")
    for body in ({"count": 1}, {"count": 2, "partner": "ann"}):
        problem = refuse(shop, made, points="10", **body)
        assert problem["errors"][0]["pointer"] == "/partner"
    issue(shop, made, codes=["W-ANN"], points="10", partner="ann")
    assert LoyaltyCard.objects.filter(partner__ref="ann").count() == 1
    assert refuse(shop, made, count=1, points="10", partner="ann")["code"] == "card_already_held"


def test_a_coupon_of_an_order_names_it(coupons):
    issued = issue_coupons(program_id=coupons["id"], count=1, at=timezone.now())
    (one,) = issued.coupons
    (event,) = Event.objects.filter(type="CouponIssued")
    assert event.key == f"program:{coupons['id']}"
    assert event.payload == {
        "program_id": coupons["id"],
        "order_id": None,
        "coupon_id": one.coupon_id,
        "card_id": None,
        "points": "1",
    }
