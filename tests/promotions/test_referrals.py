"""The life of a referral: code, friend's first order, reward, and what a return takes back."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from core.codes import is_mistyped
from events.models import Event
from loyalty.models import LoyaltyCard, Partner
from promotions.models import Coupon, Referral, ReferralCode
from promotions.services.give_referral_code import give_referral_code
from promotions.services.reward_referrals import reward_referrals
from promotions.tasks import reward_due_referrals
from tests.promotions.referring import a_shop, bring_a_friend, code_of, points_of
from tests.shop import Json, Shop, discount

pytestmark = pytest.mark.django_db


@pytest.fixture
def shop() -> Shop:
    return a_shop()


def fate(answer: Json) -> tuple[str, str | None]:
    (one,) = answer["codes"]
    return one["status"], one["reason"]


def test_a_member_has_one_code_made_on_first_asking(shop):
    code = code_of(shop)
    assert code_of(shop) == code != code_of(shop, "bob")
    assert ReferralCode.objects.count() == 2
    assert len(code.replace("-", "")) == 14
    assert not is_mistyped(code)
    answer = shop.till.call("GET", "partners/nobody/referral-code")
    assert (shop.till.status, answer["code"]) == (404, "partner_not_found")


def test_asking_again_writes_nothing(shop):
    first = give_referral_code(partner_ref="ann", at=timezone.now())
    again = give_referral_code(partner_ref="ann", at=timezone.now())
    assert (first.made, again.made, first.code) == (True, False, again.code)


def test_the_friend_saves_and_the_referrer_is_rewarded(shop):
    program = bring_a_friend(shop)
    code = code_of(shop)
    # However it is typed.
    quoted = shop.quote(("A", "1"), partner="bob", codes=[code.lower().replace("-", " ")])
    assert (quoted["total"], fate(quoted)) == ("90.00", ("applied", None))
    assert points_of("ann") == 0
    answer = shop.commit(("A", "1"), partner="bob", codes=[code], ref="R")
    assert (answer["total"], fate(answer)) == ("90.00", ("applied", None))
    assert (points_of("ann"), points_of("bob")) == (50, 0)
    referral = Referral.objects.get()
    assert (referral.program_id, referral.status) == (program["id"], "rewarded")
    assert Event.objects.filter(type="ReferralRewarded").count() == 1
    (told,) = shop.admin.ok("GET", "partners/ann/referral-code")["referrals"]
    assert (told["status"], told["points"], told["coupon"]) == ("rewarded", "50", None)


def test_a_customer_is_new_once(shop):
    bring_a_friend(shop)
    code = code_of(shop)
    shop.commit(("A", "1"), partner="bob", codes=[code])
    again = shop.commit(("A", "1"), partner="bob", codes=[code])
    assert (again["total"], fate(again)) == ("100.00", ("rejected", "not_a_new_customer"))
    assert points_of("ann") == 50


def test_the_friend_must_be_known_new_and_somebody_else(shop):
    bring_a_friend(shop)
    code = code_of(shop)
    shop.member("eve")
    shop.commit(("B", "1"), partner="eve")
    for who, reason in (
        ({}, "customer_required"),
        ({"partner": "ann"}, "self_referral"),
        ({"partner": "eve"}, "not_a_new_customer"),
    ):
        answer = shop.commit(("A", "1"), codes=[code], **who)
        assert (answer["total"], fate(answer)) == ("100.00", ("rejected", reason))
    assert not Referral.objects.exists()


@pytest.mark.parametrize("same", ["card", "email", "phone"])
def test_who_shares_a_card_an_email_or_a_phone_is_the_same_person(shop, same):
    bring_a_friend(shop)
    people = {
        "email": {"email": "ann@example.com"},
        "phone": {"phone": "+62 812-3456"},
        "card": {},
    }[same]
    shop.admin.ok("PUT", "partners/ann", {"name": "Ann", **people})
    other = {key: held.upper().replace("-", "") for key, held in people.items()}
    shop.admin.ok("PUT", "partners/bob", {"name": "Bob", **other})
    if same == "card":
        shop.admin.ok("PUT", "cards/family", {"loyalty_program": "club", "partner": "ann"})
        family = LoyaltyCard.objects.get(code="family")
        family.shared_with.add(Partner.objects.get(ref="bob"))
    answer = shop.commit(("A", "1"), partner="bob", codes=[code_of(shop)])
    assert (answer["total"], fate(answer)) == ("100.00", ("rejected", "self_referral"))


def test_of_two_referrers_one_is_rewarded(shop):
    bring_a_friend(shop)
    shop.member("eve")
    codes = [code_of(shop, "ann"), code_of(shop, "eve")]
    answer = shop.commit(("A", "1"), partner="bob", codes=codes)
    assert sorted(one["reason"] or "" for one in answer["codes"]) == ["", "not_combinable"]
    assert points_of("ann") + points_of("eve") == 50


def test_below_the_least_amount_nobody_gets_anything(shop):
    bring_a_friend(shop)
    answer = shop.commit(("B", "1"), partner="bob", codes=[code_of(shop)])
    assert fate(answer) == ("rejected", "below_minimum_amount")
    assert points_of("ann") == 0


def test_without_a_program_in_force_the_code_is_worth_nothing(shop):
    made = bring_a_friend(shop)
    code = code_of(shop)
    shop.admin.ok("POST", f"programs/{made['id']}/pause")
    answer = shop.commit(("A", "1"), partner="bob", codes=[code])
    assert fate(answer) == ("rejected", "unknown")


def test_the_referrer_waits_for_the_days_that_a_return_is_likely(shop):
    bring_a_friend(shop, pending_days=14)
    shop.commit(("A", "1"), partner="bob", codes=[code_of(shop)], ref="R")
    assert (points_of("ann"), Referral.objects.get().status) == (0, "pending")
    assert reward_due_referrals() == {"rewarded": 0}
    later = timezone.now() + timedelta(days=14, minutes=1)
    assert reward_referrals(at=later).rewarded == 1
    assert reward_referrals(at=later).rewarded == 0
    assert (points_of("ann"), Referral.objects.get().status) == (50, "rewarded")


@pytest.mark.parametrize("days", [0, 14])
@pytest.mark.parametrize("way", ["cancel", "return"])
def test_an_order_that_comes_back_takes_the_reward_along(shop, days, way):
    program = bring_a_friend(shop, pending_days=days)
    code = code_of(shop)
    shop.commit(("A", "2"), partner="bob", codes=[code], ref="R")
    if way == "cancel":
        answer = shop.till.ok("POST", "orders/R/cancel")
    else:
        half = shop.back("R", ("1", "1"))
        assert half["referrals"] == []
        assert points_of("ann") == (0 if days else 50)
        answer = shop.back("R", ("1", "1"))
    assert answer["referrals"] == [{"program": program["id"], "what": "withdrawn"}]
    # The referrer's card is nothing that the friend's till learns of.
    assert answer["points"] == []
    assert (points_of("ann"), Referral.objects.get().status) == (0, "withdrawn")
    assert reward_referrals(at=timezone.now() + timedelta(days=99)).rewarded == 0
    # Nothing was bought in the end, so the friend is as new as before.
    assert shop.commit(("A", "1"), partner="bob", codes=[code])["total"] == "90.00"


def test_points_that_the_referrer_spent_stop_no_return(shop):
    shop.admin.ok("PUT", "loyalty-programs/club", {"name": "Club", "negative_balance": "refuse"})
    program = bring_a_friend(shop)
    shop.commit(("A", "1"), partner="bob", codes=[code_of(shop)], ref="R")
    card = LoyaltyCard.objects.get(partner__ref="ann").code
    shop.till.ok("POST", f"cards/{card}/redeem", {"points": "30", "origin": "gift"})
    answer = shop.till.ok("POST", "orders/R/cancel")
    assert answer["refund"] == "90.00"
    assert answer["referrals"] == [{"program": program["id"], "what": "partly_used"}]
    assert points_of("ann") == 0


def test_without_points_the_referrer_gets_a_coupon(shop):
    shop.program("referral", name="Both save", rewards=[discount("10")])
    code = code_of(shop)
    shop.commit(("A", "1"), partner="bob", codes=[code], ref="R")
    (told,) = shop.admin.ok("GET", "partners/ann/referral-code")["referrals"]
    coupon = told["coupon"]
    assert shop.quote(("A", "1"), partner="bob", codes=[coupon])["total"] == "100.00"
    used = shop.commit(("A", "1"), partner="ann", codes=[coupon], ref="S")
    assert used["total"] == "90.00"
    # The friend's order comes back: the coupon was used and stays so.
    answer = shop.till.ok("POST", "orders/R/cancel")
    assert [one["what"] for one in answer["referrals"]] == ["already_used"]
    assert answer["coupons"] == []
    # Even when the order that used it comes back too, it is not good again.
    shop.till.ok("POST", "orders/S/cancel")
    assert shop.quote(("A", "1"), partner="ann", codes=[coupon])["total"] == "100.00"
    assert Coupon.objects.get().points == 1


def test_a_referral_may_reward_the_referrer_alone(shop):
    shop.program(
        "referral",
        name="Thanks",
        loyalty_program="club",
        rewards=[{"reward_type": "point", "points": {"amount": "20"}}],
    )
    answer = shop.commit(("A", "1"), partner="bob", codes=[code_of(shop)])
    assert (answer["total"], fate(answer)) == ("100.00", ("applied", None))
    assert points_of("ann") == 20


def test_a_limit_counts_referrals_and_a_return_gives_it_back(shop):
    bring_a_friend(shop, limit_usage=1)
    shop.member("eve")
    code = code_of(shop)
    shop.commit(("A", "1"), partner="bob", codes=[code], ref="R")
    answer = shop.commit(("A", "1"), partner="eve", codes=[code], ref="E")
    assert fate(answer) == ("rejected", "used_up")
    shop.till.ok("POST", "orders/E/cancel")
    shop.till.ok("POST", "orders/R/cancel")
    answer = shop.commit(("A", "1"), partner="eve", codes=[code])
    assert fate(answer) == ("applied", None)


def test_the_referrers_coupon_is_honoured_when_no_more_friends_count(shop):
    shop.program("referral", name="Friend", limit_usage=1, rewards=[discount("10")])
    code = code_of(shop)
    shop.commit(("A", "1"), partner="bob", codes=[code])
    made = Coupon.objects.get(partner__ref="ann")
    used = shop.commit(("A", "1"), partner="ann", codes=[made.code])
    assert (fate(used), used["total"]) == (("applied", None), "90.00")
    shop.member("eve")
    late = shop.quote(("A", "1"), partner="eve", codes=[code])
    assert (fate(late), late["total"]) == (("rejected", "used_up"), "100.00")


def test_points_for_a_referrer_are_rounded_down_to_what_their_kind_counts_by_then(shop):
    made = shop.program(
        "referral",
        name="Thanks",
        loyalty_program="club",
        pending_days=1,
        rewards=[{"reward_type": "point", "points": {"amount": "20.5"}}],
    )
    shop.commit(("A", "1"), partner="bob", codes=[code_of(shop)])
    shop.admin.ok("POST", f"programs/{made['id']}/pause")
    shop.admin.ok("PUT", "loyalty-programs/club", {"name": "Club", "point_decimals": 0})
    reward_referrals(at=timezone.now() + timedelta(days=2))
    assert points_of("ann") == 20
