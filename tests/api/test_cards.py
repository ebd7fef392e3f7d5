"""Cards and points over REST."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from urllib.parse import quote

import pytest

from loyalty.models import LoyaltyCard, LoyaltyProgram, PointOperation
from tests.shop import Api, Json


def test_a_kind_of_points_is_made_and_replaced(admin: Api) -> None:
    made = admin.ok("PUT", "loyalty-programs/club", {"name": "Club", "expiry": "none"})
    assert (admin.status, made["created"]) == (201, True)
    body = {
        "name": "Club",
        "unit": "stars",
        "point_decimals": 0,
        "expiry": "months",
        "expiry_length": 12,
        "expiry_round_up": "quarter",
        "pending_days": 14,
        "negative_balance": "refuse",
        "earn_on": "gross",
        "earning_cap": "500",
        "earning_cap_period": "month",
        "time_zone": "Asia/Jakarta",
    }
    admin.ok("PUT", "loyalty-programs/club", body)
    assert admin.status == 200
    kept = LoyaltyProgram.objects.get()
    assert (kept.unit, kept.point_decimals, kept.expiry, kept.expiry_length) == (
        "stars",
        0,
        "months",
        12,
    )
    assert (kept.negative_balance, kept.earn_on, kept.earning_cap) == ("refuse", "gross", 500)


@pytest.mark.parametrize(
    ("fields", "pointer"),
    [
        ({"expiry": "someday"}, "/expiry"),
        ({"expiry": "days"}, "/expiry_length"),
        ({"expiry": "calendar", "expiry_month": 13}, "/expiry_month"),
        ({"point_decimals": 5}, "/point_decimals"),
        ({"negative_balance": "no"}, "/negative_balance"),
        ({"earn_on": "tax"}, "/earn_on"),
        ({"time_zone": "Mars/Olympus"}, "/time_zone"),
        ({"earning_cap": "-1"}, "/earning_cap"),
        ({"earning_cap": "NaN"}, "/earning_cap"),
    ],
)
def test_a_kind_of_points_that_cannot_be_is_refused(
    admin: Api, fields: dict[str, object], pointer: str
) -> None:
    problem = admin.call("PUT", "loyalty-programs/club", {"name": "Club", **fields})
    assert admin.status == 400
    assert pointer in [one["pointer"] for one in problem["errors"]]
    assert not LoyaltyProgram.objects.exists()


def test_a_card_is_opened_with_a_generated_code_and_found_however_it_is_typed(
    club: Api, till: Api
) -> None:
    made = club.ok("POST", "cards", {"loyalty_program": "club"})
    assert club.status == 201
    assert (made["partner"], made["active"], made["expires_at"]) == (None, True, None)
    typed = f" {made['code'].lower().replace('-', ' ').replace('0', 'o')} ".strip()
    read = till.ok("GET", f"cards/{quote(typed)}")
    assert read == {**made, "balance": "0"}


def test_a_card_of_ones_own_code_is_given_to_a_member_once(club: Api) -> None:
    club.ok("PUT", "partners/p2", {"name": "Budi"})
    made = club.ok("PUT", "cards/GIFT-1", {"loyalty_program": "club"})
    assert (club.status, made["partner"]) == (201, None)
    given = club.ok("PUT", "cards/gift 1", {"loyalty_program": "club", "partner": "p2"})
    assert (club.status, given["partner"], given["id"]) == (200, "p2", made["id"])
    problem = club.call("PUT", "cards/GIFT-1", {"loyalty_program": "club", "partner": "p1"})
    assert (club.status, problem["code"]) == (409, "card_belongs_elsewhere")
    second = club.call("POST", "cards", {"loyalty_program": "club", "partner": "p2"})
    assert (club.status, second["code"]) == (409, "card_already_held")
    assert LoyaltyCard.objects.count() == 2


@pytest.mark.parametrize(
    ("body", "status", "code"),
    [
        ({}, 400, "invalid"),
        ({"loyalty_program": "none"}, 404, "loyalty_program_not_found"),
        ({"loyalty_program": 999999}, 404, "loyalty_program_not_found"),
        ({"loyalty_program": "club", "partner": "none"}, 404, "partner_not_found"),
        ({"loyalty_program": "club", "partner": []}, 400, "invalid"),
        ({"loyalty_program": "club", "points": "5"}, 400, "invalid"),
    ],
)
@pytest.mark.parametrize("address", ["cards", "cards/NEW"])
def test_a_card_that_cannot_be_is_refused(
    club: Api, address: str, body: dict[str, object], status: int, code: str
) -> None:
    problem = club.call("POST" if address == "cards" else "PUT", address, body)
    assert (club.status, problem["code"]) == (status, code)
    assert LoyaltyCard.objects.count() == 1


def test_a_code_of_nothing_but_dashes_is_no_card(club: Api) -> None:
    problem = club.call("PUT", "cards/---", {"loyalty_program": "club"})
    assert (club.status, problem["code"]) == (400, "invalid_card_code")


def test_cards_are_listed_by_member_and_kind(club: Api) -> None:
    club.ok("PUT", "loyalty-programs/gift", {"name": "Gift cards"})
    club.ok("POST", "cards", {"loyalty_program": "gift"})
    mine = club.ok("GET", "cards?partner=p1")["results"]
    assert [row["code"] for row in mine] == ["CARD-1"]
    assert len(club.ok("GET", "cards?loyalty_program=gift")["results"]) == 1
    assert len(club.ok("GET", "cards")["results"]) == 2
    assert club.call("GET", "cards?partner=p9")["code"] == "partner_not_found"
    assert club.call("GET", "cards?partner=%00")["code"] == "invalid_query"


def test_the_balance_is_that_of_any_instant(hundred: Api) -> None:
    operation = PointOperation.objects.get()
    before = operation.transaction_time - timedelta(seconds=1)
    assert hundred.ok("GET", f"cards/CARD-1/balance?at={quote(before.isoformat())}") == {
        "card": "CARD-1",
        "at": before.isoformat().replace("+00:00", "+00:00"),
        "balance": "0",
        "pending": "0",
        "debt": "0",
        "next_change_at": None,
    }
    unescaped = before.astimezone(UTC).isoformat()
    assert "+" in unescaped
    assert hundred.ok("GET", f"cards/CARD-1/balance?at={unescaped}")["balance"] == "0"
    assert hundred.ok("GET", "cards/CARD-1/balance")["balance"] == "100"


@pytest.mark.parametrize(
    "at", ["", "now", "2026-01-01", "2026-01-01T00:00:00", "2026-13-01T00:00Z"]
)
def test_an_instant_that_is_none_is_refused(club: Api, at: str) -> None:
    problem = club.call("GET", f"cards/CARD-1/balance?at={at}")
    assert (club.status, problem["code"]) == (400, "invalid_query")
    assert problem["facts"]["parameter"] == "at"


def history(api: Api, query: str = "") -> list[Json]:
    """Read the whole journal, page by page."""
    rows: list[Json] = []
    address: str | None = f"cards/CARD-1/history?{query}"
    while address:
        page = api.ok("GET", address)
        rows += page["results"]
        address = page["next"] and page["next"].partition("/api/v1/")[2]
    return rows


def test_the_journal_is_read_backwards_in_pages(hundred: Api) -> None:
    for number in range(1, 5):
        hundred.ok("POST", "cards/CARD-1/redeem", {"points": number, "origin": f"o{number}"})
    rows = history(hundred, "page_size=2")
    assert [row["sequence"] for row in rows] == [5, 4, 3, 2, 1]
    assert [row["balance"] for row in rows] == ["90", "94", "97", "99", "100"]
    assert rows[0] | {"at": ""} == {
        "sequence": 5,
        "operation": PointOperation.objects.latest("id").pk,
        "kind": "redeem",
        "points": "-4",
        "balance": "90",
        "at": "",
        "origin": "o4",
    }
    assert [row["kind"] for row in history(hundred, "kind=earn")] == ["earn"]
    instant = quote(datetime.fromisoformat(rows[1]["at"]).isoformat())
    assert len(history(hundred, f"from={instant}")) == 2
    assert len(history(hundred, f"until={instant}")) == 3
    assert hundred.call("GET", "cards/CARD-1/history?kind=gift")["code"] == "invalid_query"
