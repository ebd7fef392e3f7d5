"""Points from card to card, and what is owed in points, over REST."""

from __future__ import annotations

import pytest

from loyalty.models import LoyaltyCard, PointOperation
from tests.shop import Api


@pytest.fixture
def friend(club: Api) -> Api:
    """Give another member the card CARD-2; return the admin's client."""
    club.ok("PUT", "partners/p2", {"name": "Budi"})
    club.ok("PUT", "cards/CARD-2", {"loyalty_program": "club", "partner": "p2"})
    return club


def test_a_till_moves_points_to_another_card(friend: Api, hundred: Api) -> None:
    moved = hundred.ok("POST", "cards/CARD-1/transfer", {"to": "CARD-2", "points": "30.5"})
    assert hundred.status == 201
    given, received = PointOperation.objects.filter(kind="transfer").order_by("id")
    assert moved == {
        "operation": given.pk,
        "card": "CARD-1",
        "kind": "transfer",
        "points": "-30.5",
        "balance_before": "100",
        "balance_after": "69.5",
        "expired": "0",
        "withheld": "0",
        "to": {"operation": received.pk, "card": "CARD-2", "points": "30.5"},
    }
    assert friend.ok("GET", "cards/CARD-2")["balance"] == "30.5"


def test_a_repeated_transfer_moves_nothing_more(friend: Api, hundred: Api) -> None:
    body, key = {"to": "CARD-2", "points": "10"}, {"Idempotency_Key": "t-1"}
    first = hundred.ok("POST", "cards/CARD-1/transfer", body, **key)
    assert hundred.ok("POST", "cards/CARD-1/transfer", body, **key) == first
    other = hundred.call("POST", "cards/CARD-1/transfer", body | {"points": "11"}, **key)
    assert (hundred.status, other["code"]) == (409, "idempotency_key_reused")
    assert PointOperation.objects.filter(kind="transfer").count() == 2


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ({"to": "CARD-2", "points": "101"}, "insufficient_points"),
        ({"to": "CARD-1", "points": "1"}, "same_card"),
        ({"to": "GIFT", "points": "1"}, "cards_of_different_kinds"),
        ({"to": "NOBODYS", "points": "1"}, "card_not_found"),
        ({"to": "CARD-2", "points": "-1"}, "invalid_points"),
        ({"points": "1"}, "invalid"),
    ],
)
def test_what_cannot_be_transferred_is_refused(
    friend: Api, hundred: Api, body: dict[str, str], code: str
) -> None:
    friend.ok("PUT", "loyalty-programs/gift", {"name": "Gift"})
    friend.ok("PUT", "cards/GIFT", {"loyalty_program": "gift", "partner": None})
    assert hundred.call("POST", "cards/CARD-1/transfer", body)["code"] == code
    assert not PointOperation.objects.filter(kind="transfer").exists()


def test_an_admin_merges_two_cards(friend: Api, hundred: Api) -> None:
    merged = friend.ok("POST", "cards/CARD-1/merge", {"into": "CARD-2"})
    assert (merged["points"], merged["to"]["points"]) == ("-100", "100")
    assert not LoyaltyCard.objects.get(code="CARD-1").active
    refused = hundred.call("POST", "cards/CARD-1/redeem", {"points": "1", "origin": "x"})
    assert refused["code"] == "card_inactive"


def test_what_is_owed_is_told_with_its_schedule(club: Api, hundred: Api) -> None:
    expires = {"points": "5", "origin": "x", "expires_at": "2126-03-31T12:00:00Z"}
    hundred.ok("POST", "cards/CARD-1/earn", expires)
    found = club.ok("GET", "loyalty-programs/club/liability")
    assert (found["spendable"], found["pending"], found["debt"]) == ("105", "0", "0")
    assert found["expiring"] == [
        {"month": "2126-03-01", "points": "5"},
        {"month": None, "points": "100"},
    ]
    assert (
        club.ok("GET", "loyalty-programs/club/liability?at=2020-01-01T00:00:00Z")["expiring"] == []
    )
