"""Staff see what can be spent, as members and tills do, and what is pending beside it."""

from __future__ import annotations

import re
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.utils import timezone

from loyalty.admin.cards import LoyaltyCardAdmin
from loyalty.held_points import with_points
from loyalty.models import LoyaltyCard
from loyalty.queries import balance_at
from tests.loyalty.book import DAY, Card, card, kind_of_points, member, undo

pytestmark = pytest.mark.django_db


@pytest.fixture
def staff() -> Client:
    """Give the client of an administrator."""
    client = Client()
    client.force_login(User.objects.create_superuser("ana", password="x"))
    return client


@pytest.fixture
def at() -> datetime:
    return timezone.now()


@pytest.fixture
def held(at: datetime) -> Card:
    """A member's card with 500 pending, 60 expired that nobody swept yet, and 7.5 to spend."""
    one = card(kind_of_points(pending_days=14, unit="beans"), member("ann"))
    one.earn("7.5", at=at - 20 * DAY)
    one.earn("60", at=at - 20 * DAY, expires_at=at - DAY)
    one.earn("500", at=at - DAY)
    return one


def pages(held: Card) -> dict[str, str]:
    """Return the addresses of the pages that show the card's points."""
    found = LoyaltyCard.objects.get(pk=held.id)
    return {
        "card": f"/admin/loyalty/loyaltycard/{held.id}/change/",
        "cards": f"/admin/loyalty/loyaltycard/?q={found.code}",
        "member": f"/admin/loyalty/partner/{found.partner_id}/change/",
        "members": "/admin/loyalty/partner/?q=ann",
    }


def test_a_statement_is_in_the_order_of_writing(staff: Client, at: datetime) -> None:
    one = card(kind_of_points(), member("ann"))
    one.earn("100", at=at - DAY)
    one.redeem("30", at=at - 3 * timedelta(hours=1))
    one.earn("5", at=at - 5 * timedelta(hours=1))  # reported late: the balance after it is 75
    text = staff.get(f"/admin/loyalty/loyaltycard/{one.id}/change/").content.decode()
    rows = re.findall(r'data-label="balance">\s*([\d.]+)', text)
    assert rows == ["75", "70", "100"]
    assert 'data-label="time"' in text
    assert 'data-label="Select record"' not in text


@pytest.mark.parametrize("page", ["card", "cards", "member", "members"])
def test_a_page_shows_what_can_be_spent_and_what_is_pending(
    staff: Client, held: Card, page: str
) -> None:
    assert LoyaltyCard.objects.get(pk=held.id).points == Decimal("567.5")  # what it shows not
    text = " ".join(staff.get(pages(held)[page]).content.decode().split())
    assert "7.5 beans, 500 pending" in text
    assert "567.5 beans" not in text


@pytest.mark.parametrize("page", ["card", "cards", "member"])
def test_a_blocked_or_expired_card_has_nothing_to_spend(
    staff: Client, held: Card, at: datetime, page: str
) -> None:
    address = pages(held)[page]
    for change in ({"active": False}, {"active": True, "expires_at": at - DAY}):
        LoyaltyCard.objects.filter(pk=held.id).update(**change)
        text = " ".join(staff.get(address).content.decode().split())
        assert re.search(r"\b0 beans, 500 pending", text)
        assert "7.5 beans" not in text


def owing(at: datetime) -> Card:
    """Return a member's card that owes 7.5."""
    one = card(kind_of_points(unit="beans", negative_balance="allow"), member("eve"))
    earned = one.earn("10", at=at - DAY)
    one.redeem("7.5", at=at - DAY)
    undo(earned, at=at - DAY)
    return one


def test_a_card_that_owes_shows_it(staff: Client, at: datetime) -> None:
    text = staff.get(pages(owing(at))["card"]).content.decode()
    assert "-7.5 beans" in text


def test_lists_and_single_cards_go_by_one_rule(held: Card, at: datetime) -> None:
    others = [card(kind_of_points(), member(name)) for name in ("bob", "cem")]
    others[0].earn("10", at=at - DAY)
    others[1].earn("10", at=at - DAY, expires_at=at + DAY)
    others[1].redeem("4", at=at - DAY)
    LoyaltyCard.objects.filter(pk__in=[others[0].id, owing(at).id]).update(active=False)
    for instant in (at, at + 2 * DAY, at + 30 * DAY):
        rows: list[Any] = [*with_points(LoyaltyCard.objects.all(), instant)]
        assert len(rows) == 4
        for one in rows:
            expected = balance_at(one.pk, instant)
            assert (one.spendable, one.pending) == (expected.spendable, expected.pending)


def test_a_list_can_be_sorted_by_what_it_shows(staff: Client, held: Card, at: datetime) -> None:
    kind = kind_of_points(unit="beans")
    for name, points in (("bob", "100"), ("cem", "1")):
        card(kind, member(name)).earn(points, at=at - timedelta(hours=1))
    place = LoyaltyCardAdmin.list_display.index("balance")
    for order, expected in (("", ["1", "7.5", "100"]), ("-", ["100", "7.5", "1"])):
        page = staff.get(f"/admin/loyalty/loyaltycard/?o={order}{place}").content.decode()
        assert re.findall(r">([\d.]+) beans", page) == expected
