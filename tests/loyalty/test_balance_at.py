"""Balances as of any instant, and the statement."""

import pytest

from loyalty.errors import CardNotFound
from loyalty.models import LoyaltyCard
from loyalty.queries import balance_at, membership_at, statement
from loyalty.services.expire_points import expire_points
from tests.loyalty.book import DAY, NOON, card, kind_of_points, level, member, undo

pytestmark = pytest.mark.django_db


def test_the_past_is_told_as_it_was():
    held = card()
    held.earn("10", at=NOON)
    spent = held.redeem("4", at=NOON + DAY)
    undo(spent, at=NOON + 2 * DAY)
    held.earn("5", at=NOON + 3 * DAY, expires_at=NOON + 5 * DAY)
    expire_points(at=NOON + 9 * DAY)
    days = [held.balance(NOON + n * DAY) for n in range(-1, 7)]
    assert days == [0, 10, 6, 10, 15, 15, 10, 10]


def test_the_future_knows_what_becomes_available_and_what_expires():
    held = card(kind_of_points(pending_days=2))
    held.earn("10", expires_at=NOON + 5 * DAY)
    now = balance_at(held.id, NOON)
    assert (now.spendable, now.pending, now.next_change_at) == (0, 10, NOON + 2 * DAY)
    later = balance_at(held.id, NOON + 2 * DAY)
    assert (later.spendable, later.pending, later.next_change_at) == (10, 0, NOON + 5 * DAY)
    end = balance_at(held.id, NOON + 5 * DAY)
    assert (end.spendable, end.pending, end.next_change_at) == (0, 0, None)


def test_a_sale_reported_late_counts_from_its_own_time():
    held = card()
    held.earn("10", at=NOON - 2 * DAY)
    held.redeem("3", at=NOON)
    held.redeem("4", at=NOON - DAY)
    assert [held.balance(NOON - n * DAY) for n in (2, 1, 0)] == [10, 6, 3]
    held.adds_up()


def test_what_is_owed_is_below_zero():
    held = card(kind_of_points(negative_balance="allow"))
    earned = held.earn("10")
    held.redeem("10")
    undo(earned, at=NOON + DAY)
    assert held.balance(NOON) == 0
    owing = balance_at(held.id, NOON + DAY)
    assert (owing.spendable, owing.debt) == (-10, 10)


def test_a_card_that_cannot_be_used_has_nothing_to_spend():
    held = card()
    held.earn("10")
    LoyaltyCard.objects.filter(pk=held.id).update(expires_at=NOON + DAY)
    assert balance_at(held.id, NOON).next_change_at == NOON + DAY
    assert [held.balance(NOON), held.balance(NOON + DAY)] == [10, 0]
    LoyaltyCard.objects.filter(pk=held.id).update(active=False)
    assert held.balance(NOON) == 0


def test_an_unknown_card_is_missing():
    with pytest.raises(CardNotFound):
        balance_at(-1, NOON)


def test_a_statement_is_read_newest_first_in_pages():
    held = card()
    for _ in range(5):
        held.earn("1")
    first = statement(held.id, limit=2)
    assert [row.sequence for row in first] == [5, 4]
    assert [row.balance for row in statement(held.id, before=4)] == [3, 2, 1]
    assert (first[0].kind, first[0].points, first[0].origin) == ("earn", 1, "order")


def test_the_membership_of_an_instant():
    level("gold")
    partner = member("ann", "gold")
    found = membership_at(partner, NOON)
    assert found is not None
    assert found.membership_product.ref == "gold"
    assert membership_at(partner, NOON - 500 * DAY) is None
