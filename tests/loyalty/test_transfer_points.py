"""Points from card to card: what goes over, in which order, and what is refused."""

from decimal import Decimal

import pytest

from access.errors import IdempotencyKeyReused
from core.errors import PunchcardError
from events.models import Event
from loyalty.domain.points import PointsTransferred
from loyalty.errors import (
    CardExpired,
    CardInactive,
    CardNotFound,
    CardsOfDifferentKinds,
    InsufficientPoints,
    PointOperationNotReversible,
    PointsTooPrecise,
    SameCard,
)
from loyalty.models import LoyaltyCard, PointMove
from loyalty.services.change_membership import change_membership
from loyalty.services.merge_cards import merge_cards
from loyalty.services.transfer_points import transfer_points
from tests.loyalty.book import (
    DAY,
    NOON,
    Card,
    card,
    fresh,
    kind_of_points,
    level,
    member,
    undo,
    written,
)

pytestmark = pytest.mark.django_db


def send(giver: Card, taker: Card, points: str, at=NOON, key: str | None = None):
    return transfer_points(
        from_card_id=giver.id,
        to_card_id=taker.id,
        points=Decimal(points),
        origin="a present",
        idempotency_key=key or fresh("key"),
        at=at,
    )


def merge(one: Card, into: Card, at=NOON, key: str | None = None) -> PointsTransferred:
    return merge_cards(
        card_id=one.id,
        into_card_id=into.id,
        origin="found again",
        idempotency_key=key or fresh("key"),
        at=at,
    )


def pair(**settings) -> tuple[Card, Card]:
    program = kind_of_points(**settings)
    return card(program), card(program)


def owes(held: Card, points: str) -> None:
    """Let the card owe so many points."""
    earned = held.earn(points)
    held.redeem(points)
    undo(earned)


def test_points_go_over_first_expired_first_and_keep_their_dates():
    ann, bob = pair()
    ann.earn("10", expires_at=NOON + 9 * DAY)
    ann.earn("10", expires_at=NOON + 5 * DAY)
    done = send(ann, bob, "12")
    given, received = done.given, done.received
    assert (given.kind, given.points, given.balance_before, given.balance_after) == (
        "transfer",
        -12,
        20,
        8,
    )
    assert (received.card_id, received.points, received.balance_after) == (bob.id, 12, 12)
    assert (ann.balance(), bob.balance()) == (8, 12)
    assert bob.balance(NOON + 6 * DAY) == 2
    assert bob.journal == [("transfer", 10, 10), ("transfer", 2, 12)]
    assert ann.lots == [(8, "active"), (0, "depleted")]
    events = Event.objects.filter(type="PointsTransferred").order_by("id")
    assert [(one.key, one.payload["points"], one.payload["other_card_id"]) for one in events] == [
        (f"card:{ann.id}", "-12", bob.id),
        (f"card:{bob.id}", "12", ann.id),
    ]
    for held in (ann, bob):
        held.adds_up()


def test_points_take_the_level_of_their_new_owner():
    gold, program = level("gold"), kind_of_points()
    owner = member("bob")
    ann, bob = card(program, member("ann")), card(program, owner)
    ann.earn("10")
    change_membership(partner_id=owner, membership_product_id=gold, at=NOON)
    send(ann, bob, "10")
    assert PointMove.objects.get(card_id=bob.id).membership_product_id == gold


def test_a_debt_is_paid_by_what_arrives():
    ann, bob = pair(negative_balance="allow")
    ann.earn("5", expires_at=NOON + DAY)
    ann.earn("5")
    owes(bob, "7")
    done = send(ann, bob, "10")
    assert (done.received.balance_before, done.received.balance_after) == (-7, 3)
    assert (bob.balance(), bob.row.debt) == (3, 0)
    for held in (ann, bob):
        held.adds_up()


def test_a_repeated_transfer_has_one_effect_and_the_first_answer():
    ann, bob = pair()
    ann.earn("10")
    first = send(ann, bob, "4", key="once")
    ann.redeem("6")
    again = send(ann, bob, "4", key="once")
    assert (again.given.operation_id, again.received.operation_id) == (
        first.given.operation_id,
        first.received.operation_id,
    )
    assert again.given.replayed
    assert again.received.replayed
    with pytest.raises(IdempotencyKeyReused):
        send(ann, bob, "5", key="once")
    LoyaltyCard.objects.filter(pk=ann.id).update(active=False)
    assert send(ann, bob, "4", key="once").received.points == 4
    assert (ann.balance(), bob.balance()) == (0, 4)


@pytest.mark.parametrize(
    ("spoil", "points", "refusal", "facts"),
    [
        ("", "11", InsufficientPoints, {"required": 11, "available": 10}),
        ("", "0.001", PointsTooPrecise, {"decimals": 2}),
        ("from blocked", "1", CardInactive, {}),
        ("to blocked", "1", CardInactive, {}),
        ("from expired", "1", CardExpired, {}),
        ("to expired", "1", CardExpired, {}),
        ("other kind", "1", CardsOfDifferentKinds, {}),
        ("missing", "1", CardNotFound, {}),
        ("same", "1", SameCard, {}),
    ],
)
def test_what_cannot_go_over_is_refused_and_nothing_is_written(spoil, points, refusal, facts):
    ann, bob = pair()
    ann.earn("10")
    ann.earn("5", expires_at=NOON + DAY, at=NOON - 9 * DAY)
    ann.redeem("5")
    about = {"from": ann.id, "to": bob.id}.get(spoil.split(" ")[0], ann.id)
    if "blocked" in spoil:
        LoyaltyCard.objects.filter(pk=about).update(active=False)
    if "expired" in spoil:
        LoyaltyCard.objects.filter(pk=about).update(expires_at=NOON)
    taker = {"other kind": card(), "missing": Card(10**9), "same": ann}.get(spoil, bob)
    before = written()
    with pytest.raises(PunchcardError) as refused:
        send(ann, taker, points)
    assert type(refused.value) is refusal
    expected = {"card_id": taker.id if spoil == "missing" else about} | facts
    assert expected.items() <= refused.value.facts.items()
    assert written() == before


def test_pending_points_stay_until_they_can_be_spent():
    ann, bob = pair(pending_days=2)
    ann.earn("10")
    with pytest.raises(InsufficientPoints):
        send(ann, bob, "1", NOON + DAY)
    send(ann, bob, "10", NOON + 2 * DAY)
    assert bob.balance(NOON + 2 * DAY) == 10


def test_a_transfer_is_not_undone_but_sent_back():
    ann, bob = pair()
    ann.earn("10")
    done = send(ann, bob, "10")
    for side in (done.given, done.received):
        with pytest.raises(PointOperationNotReversible):
            undo(side)
    send(bob, ann, "10")
    assert (ann.balance(), bob.balance()) == (10, 0)


def test_merging_moves_everything_that_is_good_and_blocks_the_card():
    old, new = pair(pending_days=2)
    old.earn("3", at=NOON - 9 * DAY, expires_at=NOON)  # has expired, and is not swept
    old.earn("5", at=NOON - 9 * DAY)
    old.earn("4")
    done = merge(old, new)
    assert (done.given.points, done.given.balance_after) == (-9, 0)
    assert (done.received.balance_before, done.received.balance_after) == (0, 5)
    assert new.balance(NOON + 2 * DAY) == 9
    assert not old.row.active
    assert Event.objects.filter(type="CardsMerged", key=f"card:{old.id}").count() == 1
    for held in (old, new):
        held.adds_up()


def test_merging_moves_a_debt_which_is_paid_there():
    old, new = pair(negative_balance="allow")
    owes(old, "7")
    new.earn("5")
    done = merge(old, new)
    assert (done.given.points, done.given.balance_before, done.given.balance_after) == (7, -7, 0)
    assert (done.received.points, done.received.balance_after) == (-7, -2)
    assert (old.row.debt, new.row.debt, new.balance()) == (0, 2, -2)
    for held in (old, new):
        held.adds_up()


def test_an_empty_card_is_merged_once_and_what_comes_back_later_again():
    old, new = pair()
    old.earn("5")
    spent = old.redeem("5")
    first = merge(old, new, key="once")
    assert (first.given.points, new.balance()) == (0, 0)
    assert merge(old, new, key="once").given.replayed
    undo(spent)
    merge(old, new)
    assert new.balance() == 5
    for held in (old, new):
        held.adds_up()
