"""Levels that members reach by what they spend: on orders, nightly, over REST."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from events.models import Event
from loyalty.models import Membership, MembershipLevelPath
from promotions.services.evaluate_member import evaluate_member
from promotions.services.evaluate_memberships import evaluate_memberships
from promotions.tasks import SCHEDULE, evaluate_ending_memberships
from tests.shop import Json, Shop

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)


@pytest.fixture
def shop() -> Shop:
    """A shop where 100 make silver, 500 gold and 1000 platinum."""
    shop = Shop()
    shop.products(A="100.00", B="5.00")
    shop.member("ann", points="0")
    for rank, (ref, threshold) in enumerate(
        (("silver", "100"), ("gold", "500"), ("platinum", "1000")), start=1
    ):
        shop.admin.ok("PUT", f"membership-products/{ref}", {"name": ref.title(), "rank": rank})
        body = {"membership_product": ref, "threshold": threshold, "sequence": rank}
        shop.admin.ok("PUT", f"level-paths/{ref}", body)
    return shop


def level(shop: Shop, ref: str = "ann") -> str | None:
    held = shop.admin.ok("GET", f"partners/{ref}/membership")["membership"]
    return held["membership_product"] if held else None


def evaluate(shop: Shop, **body: object) -> Json:
    return shop.admin.ok("POST", "partners/ann/membership/evaluate", body)


def set_level(shop: Shop, ref: str, *, stop: datetime) -> None:
    """Let the member hold a level whose term is over at an instant."""
    body = {"membership_product": ref}
    shop.admin.ok("POST", "partners/ann/membership/change", body)
    Membership.objects.filter(closed_at=None).update(
        membership_start=stop - 365 * DAY, membership_stop=stop
    )


def test_an_order_lifts_its_member_over_several_levels(shop):
    shop.commit(("B", "1"), partner="ann")
    assert level(shop) is None
    shop.commit(("A", "1"), partner="ann")
    assert level(shop) == "silver"
    shop.commit(("A", "9"), partner="ann")
    assert level(shop) == "platinum"
    changes = Event.objects.filter(type="MembershipChanged").order_by("id")
    assert [one.payload["reason"] for one in changes] == ["upgraded", "upgraded"]


def test_an_order_that_changes_no_level_leaves_the_membership_alone(shop):
    shop.commit(("A", "1"), partner="ann")
    shop.commit(("A", "1"), partner="ann")
    assert Membership.objects.count() == 1


def test_where_there_are_no_levels_an_order_asks_for_none(shop):
    MembershipLevelPath.objects.all().delete()
    shop.commit(("A", "1"), partner="ann")
    with CaptureQueriesContext(connection) as taken:
        shop.commit(("A", "1"), partner="ann")
    asked = [one["sql"] for one in taken if "loyalty_membership" in str(one["sql"])]
    assert asked == []


def test_what_came_back_was_not_spent(shop):
    shop.commit(("B", "10"), partner="ann", ref="R")
    shop.back("R", ("1", "10"))
    shop.commit(("B", "10"), partner="ann")
    assert level(shop) is None
    told = evaluate(shop)
    assert [one["spent"] for one in told["figures"]] == ["50", "50", "50"]


def test_a_gift_card_counts_when_it_is_bought_and_not_again_when_it_pays(shop):
    shop.products(CARD="60.00")
    shop.program("gift_card", ref="gift", rules=[{"products": ["CARD"]}])
    sold = shop.commit(("CARD", "1"), partner="ann")
    (issued,) = sold["coupons_issued"]
    paid = shop.commit(("B", "10"), partner="ann", codes=[issued["code"]])
    assert paid["amount_due"] == "0.00"
    assert [one["spent"] for one in evaluate(shop)["figures"]] == ["60", "60", "60"]
    assert level(shop) is None


def test_orders_reported_late_count_together_with_later_ones(shop):
    shop.commit(("B", "12"), partner="ann")
    late = shop.order(("B", "12"), partner="ann", ref="late", at=(timezone.now() - DAY).isoformat())
    shop.till.ok("POST", "orders", late)
    assert level(shop) == "silver"


def test_an_evaluation_tells_the_numbers_and_changes_nothing(shop):
    shop.commit(("A", "1"), partner="ann")
    MembershipLevelPath.objects.filter(ref="silver").update(window="lifetime")
    shop.admin.ok(
        "PUT",
        "level-paths/gold",
        {"membership_product": "gold", "threshold": "90", "sequence": 2, "window": "calendar_year"},
    )
    told = evaluate(shop)
    assert (told["outcome"], told["applied"]) == ("upgraded", False)
    assert (told["from_membership_product"], told["membership_product"]) == ("silver", "gold")
    silver, gold, platinum = told["figures"]
    assert silver == {
        "level_path": "silver",
        "membership_product": "silver",
        "counts_from": None,
        "spent": "100",
        "threshold": "100",
        "missing": "0",
        "reached": True,
    }
    assert gold["counts_from"] == f"{timezone.now().year}-01-01T00:00:00+00:00"
    assert (platinum["missing"], platinum["reached"]) == ("900", False)
    assert level(shop) == "silver"
    assert evaluate(shop, apply=True)["applied"] is True
    assert level(shop) == "gold"
    again = evaluate(shop, apply=True)
    assert (again["outcome"], again["applied"]) == ("kept", False)


def test_an_unknown_member_is_not_evaluated(shop):
    answer = shop.admin.call("POST", "partners/nobody/membership/evaluate", {"apply": True})
    assert (shop.admin.status, answer["code"]) == (404, "partner_not_found")


@pytest.mark.parametrize(
    ("path", "spent", "held"),
    [
        ({}, 6, "gold"),
        ({}, 1, "silver"),
        ({}, 0, None),
        ({"downgrade_to": "one_level"}, 0, "silver"),
        ({"is_downgradable": False}, 0, "gold"),
        ({"grace_days": 30}, 0, "gold"),
    ],
)
def test_a_term_that_is_over_is_renewed_lowered_or_ended_by_night(shop, path, spent, held):
    MembershipLevelPath.objects.filter(ref="gold").update(**path)
    if spent:
        shop.commit(("A", str(spent)), partner="ann")
    set_level(shop, "gold", stop=timezone.now() - DAY)
    done = evaluate_memberships(at=timezone.now())
    assert (done.evaluated, done.busy) == (1, 0)
    assert level(shop) == held
    # Twice does no harm: what was done is not done again.
    memberships = Membership.objects.count()
    evaluate_memberships(at=timezone.now())
    assert (level(shop), Membership.objects.count()) == (held, memberships)


def test_by_night_only_those_are_looked_at_whose_term_is_over(shop):
    set_level(shop, "gold", stop=timezone.now() - DAY)
    shop.member("bob")
    body = {"membership_product": "gold"}
    shop.admin.ok("POST", "partners/bob/membership/change", body)
    assert evaluate_ending_memberships() == {"evaluated": 1, "busy": 0, "ended": 1}
    assert (level(shop), level(shop, "bob")) == (None, "gold")
    assert evaluate_ending_memberships.name in SCHEDULE


def test_a_run_goes_on_behind_the_members_of_one_batch(shop, monkeypatch):
    from promotions.services import evaluate_memberships as module

    monkeypatch.setattr(module, "_BATCH", 2)
    for number in range(5):
        shop.member(f"m{number}")
        shop.admin.ok("PUT", f"partners/m{number}", {"name": "M", "membership": "gold"})
    # In grace, so that all of them still match after they were looked at.
    MembershipLevelPath.objects.filter(ref="gold").update(grace_days=30)
    Membership.objects.update(membership_stop=timezone.now())
    assert evaluate_memberships(at=timezone.now()).outcomes == {"kept": 5}


def test_gold_members_earn_double_from_the_order_after_they_reached_it(shop):
    """The worked example of docs/ledger.md: 1 point per 10, gold members 2."""
    rule = {"reward_point_mode": "money", "reward_point_amount": "0.1"}
    shop.program(
        "loyalty", loyalty_program="club", rules=[rule, rule | {"membership": "gold"}], rewards=[]
    )

    def earned(qty: str) -> str:
        answer = shop.commit(("A", qty), partner="ann")
        return str(answer["points"][0]["earned"])

    assert earned("1") == "10"
    assert earned("4") == "40"
    assert level(shop) == "gold"
    assert earned("1") == "20"
    assert shop.balance() == 70


def test_a_dry_run_of_the_service_writes_nothing(shop):
    shop.commit(("A", "6"), partner="ann")
    Membership.objects.all().delete()
    partner_id = shop.admin.ok("GET", "partners/ann")["id"]
    told = evaluate_member(partner_id=partner_id, at=timezone.now(), apply=False)
    assert told.outcome == "upgraded"
    assert not Membership.objects.exists()
