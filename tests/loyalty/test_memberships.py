"""Levels of members: set, changed, evaluated."""

from datetime import UTC, datetime
from decimal import Decimal

import pytest

from events.models import Event
from loyalty.domain.levels import Outcome, SpendingWindow
from loyalty.errors import (
    MembershipProductNotFound,
    PartnerNotFound,
)
from loyalty.models import (
    Membership,
    PointHistory,
    PointMove,
)
from loyalty.services.change_membership import change_membership
from loyalty.services.evaluate_membership import evaluate_membership
from tests.loyalty.book import DAY, NOON, card, kind_of_points, level, member, step, undo

pytestmark = pytest.mark.django_db


@pytest.fixture
def silver() -> int:
    return level("silver", 1)


@pytest.fixture
def gold() -> int:
    return level("gold", 2)


def test_a_change_closes_the_old_level_and_opens_the_new(silver, gold):
    ann = member("ann", "silver")
    change = change_membership(partner_id=ann, membership_product_id=gold, at=NOON, reason="test")
    assert (change.changed, change.from_product_id, change.to_product_id) == (True, silver, gold)
    old, new = Membership.objects.order_by("id")
    assert (old.closed_at, new.closed_at, new.membership_start) == (NOON, None, NOON)
    assert change.membership_id == new.pk
    event = Event.objects.filter(type="MembershipChanged").latest("id")
    assert event.key == f"partner:{ann}"
    assert event.payload == {
        "partner_id": ann,
        "from_product_id": silver,
        "to_product_id": gold,
        "membership_id": new.pk,
        "membership_stop": None,
        "reason": "test",
    }


def test_points_go_over_to_the_new_level_and_the_balance_stays(silver, gold):
    ann = member("ann", "silver")
    held = card(partner_id=ann)
    held.earn("10", expires_at=NOON + DAY)
    spent = held.redeem("4")
    held.earn("20")
    held.earn("7", at=NOON - 9 * DAY, expires_at=NOON - DAY)
    change = change_membership(partner_id=ann, membership_product_id=gold, at=NOON)
    assert change.lots_carried == 2
    assert held.balance() == 26
    products = PointMove.objects.order_by("id").values_list("membership_product_id", flat=True)
    assert list(products) == [gold, gold, silver]  # what had expired stays where it was
    rows = PointHistory.objects.filter(kind="transfer").order_by("sequence")
    moved = rows.values_list(
        "points_amount", "membership_product_id", "status_membership_product_id"
    )
    assert list(moved) == [
        (-6, silver, gold),
        (6, gold, gold),
        (-20, silver, gold),
        (20, gold, gold),
    ]
    held.adds_up()
    assert undo(spent).balance_after == 30
    held.adds_up()


def test_points_of_all_the_members_cards_go_over(silver, gold):
    ann = member("ann", "silver")
    cards = [card(kind_of_points(), ann) for _ in range(3)]
    for held in cards:
        held.earn("5")
    assert change_membership(partner_id=ann, membership_product_id=gold, at=NOON).lots_carried == 3
    for held in cards:
        held.adds_up()


def test_the_level_already_held_is_left_alone(gold):
    ann = member("ann", "gold")
    change = change_membership(partner_id=ann, membership_product_id=gold, at=NOON)
    assert (change.changed, change.lots_carried) == (False, 0)
    assert Membership.objects.count() == 1
    assert Event.objects.filter(type="MembershipChanged").count() == 1


def test_a_membership_can_end(gold):
    ann = member("ann", "gold")
    held = card(partner_id=ann)
    held.earn("5")
    change = change_membership(partner_id=ann, membership_product_id=None, at=NOON)
    assert (change.from_product_id, change.to_product_id, change.membership_id) == (
        gold,
        None,
        None,
    )
    assert not Membership.objects.filter(closed_at=None).exists()
    assert PointMove.objects.get().membership_product_id is None
    held.adds_up()


def test_a_new_level_lasts_the_term_of_its_path(gold):
    step("gold", "1000", 2, term_months=12)
    ann = member("ann")
    change = change_membership(partner_id=ann, membership_product_id=gold, at=NOON)
    assert change.membership_stop == datetime(2027, 3, 3, tzinfo=UTC)


def test_a_change_dated_before_the_held_level_began_leaves_no_negative_time(silver, gold):
    ann = member("ann")
    change_membership(partner_id=ann, membership_product_id=silver, at=NOON)
    change_membership(partner_id=ann, membership_product_id=gold, at=NOON - DAY)
    old = Membership.objects.get(membership_product_id=silver)
    assert old.closed_at == old.membership_start == NOON


def test_a_change_needs_a_known_member_and_level(gold):
    with pytest.raises(PartnerNotFound):
        change_membership(partner_id=-1, membership_product_id=gold, at=NOON)
    ann = member("ann")
    with pytest.raises(MembershipProductNotFound):
        change_membership(partner_id=ann, membership_product_id=-1, at=NOON)
    assert not Membership.objects.exists()
    assert not Event.objects.exists()


class Till:
    """Answers what was spent, and remembers what it was asked."""

    def __init__(self, **spent: int) -> None:
        self.spent = spent
        self.asked: list[tuple[datetime | None, datetime]] = []

    def __call__(self, *, partner_id: int, since: datetime | None, until: datetime) -> Decimal:
        self.asked.append((since, until))
        return Decimal(self.spent["ever" if since is None else "lately"])


def test_spending_lifts_a_member_over_several_levels(silver, gold):
    step("silver", "100", 1, window=SpendingWindow.LIFETIME)
    step("gold", "500", 2, window=SpendingWindow.CALENDAR_YEAR)
    ann = member("ann")
    till = Till(ever=900, lately=600)
    done = evaluate_membership(partner_id=ann, spending=till, at=NOON)
    assert (done.outcome, done.from_product_id, done.to_product_id) == (
        Outcome.UPGRADED,
        None,
        gold,
    )
    assert done.applied
    assert [(one.product_id, one.spent, one.reached) for one in done.figures] == [
        (silver, 900, True),
        (gold, 600, True),
    ]
    assert len(till.asked) == 2
    assert set(till.asked) == {(datetime(2026, 1, 1, tzinfo=UTC), NOON), (None, NOON)}
    assert Membership.objects.get().membership_product_id == gold
    assert Event.objects.get(type="MembershipChanged").payload["reason"] == "upgraded"


def test_evaluating_again_changes_nothing(gold):
    step("gold", "500", 2, window=SpendingWindow.LIFETIME)
    ann = member("ann")
    evaluate_membership(partner_id=ann, spending=Till(ever=500), at=NOON)
    again = evaluate_membership(partner_id=ann, spending=Till(ever=500), at=NOON)
    assert (again.outcome, again.applied) == (Outcome.KEPT, False)
    assert Membership.objects.count() == 1


def test_an_evaluation_can_be_asked_for_without_being_done(gold):
    step("gold", "500", 2, window=SpendingWindow.LIFETIME)
    ann = member("ann")
    told = evaluate_membership(partner_id=ann, spending=Till(ever=500), at=NOON, apply=False)
    assert (told.outcome, told.to_product_id, told.applied) == (Outcome.UPGRADED, gold, False)
    assert not Membership.objects.exists()


def test_a_term_that_is_over_is_renewed_from_where_it_ended_or_lost(silver, gold):
    step("silver", "100", 1, window=SpendingWindow.LIFETIME)
    step("gold", "500", 2, window=SpendingWindow.LIFETIME)
    ann = member("ann")
    change_membership(partner_id=ann, membership_product_id=gold, at=NOON)
    late = datetime(2027, 4, 1, tzinfo=UTC)
    renewed = evaluate_membership(partner_id=ann, spending=Till(ever=500), at=late)
    assert renewed.outcome is Outcome.RENEWED
    assert renewed.membership_stop == datetime(2028, 3, 3, tzinfo=UTC)
    assert Membership.objects.get().membership_stop == renewed.membership_stop
    lost = evaluate_membership(
        partner_id=ann, spending=Till(ever=100), at=datetime(2028, 3, 3, tzinfo=UTC)
    )
    assert (lost.outcome, lost.to_product_id) == (Outcome.DOWNGRADED, silver)


def test_only_a_known_member_is_evaluated():
    with pytest.raises(PartnerNotFound):
        evaluate_membership(partner_id=-1, spending=Till(), at=NOON)
