"""Cards and points over REST."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from urllib.parse import quote

import pytest
from django.utils import timezone

from loyalty.models import LoyaltyCard, LoyaltyProgram, PointHistory, PointOperation
from tests.shop import Api, Json


def untouched(points: str = "0") -> None:
    """Check that the ledger is as it was."""
    assert [str(card.points.normalize()) for card in LoyaltyCard.objects.all()] == [points]
    assert PointOperation.objects.count() == (points != "0")


@pytest.fixture
def hundred(club: Api, till: Api) -> Api:
    """Put 100 points on CARD-1; return the till's client."""
    till.ok("POST", "cards/CARD-1/earn", {"points": "100", "origin": "welcome"})
    return till


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


def test_points_are_earned_and_redeemed(hundred: Api) -> None:
    spent = hundred.ok("POST", "cards/CARD-1/redeem", {"points": "30.5", "origin": "coffee"})
    assert hundred.status == 201
    operation = PointOperation.objects.get(kind="redeem")
    assert spent == {
        "operation": operation.pk,
        "card": "CARD-1",
        "kind": "redeem",
        "points": "-30.5",
        "balance_before": "100",
        "balance_after": "69.5",
        "expired": "0",
        "withheld": "0",
    }
    assert operation.origin == "coffee"
    assert hundred.ok("GET", "cards/CARD-1")["balance"] == "69.5"
    assert hundred.ok("GET", "partners/p1")["cards"][0]["balance"] == "69.5"


def test_too_few_points_are_refused_with_the_numbers(hundred: Api) -> None:
    card = LoyaltyCard.objects.get()
    problem = hundred.call("POST", "cards/CARD-1/redeem", {"points": "100.01", "origin": "x"})
    assert (hundred.status, problem["code"]) == (422, "insufficient_points")
    assert problem["facts"] == {"required": "100.01", "available": "100", "card_id": card.pk} | {
        name: problem["facts"][name] for name in ("required", "available")
    }
    assert float(problem["facts"]["required"]) == 100.01
    assert float(problem["facts"]["available"]) == 100
    untouched("1E+2")


@pytest.mark.parametrize("verb", ["earn", "redeem"])
@pytest.mark.parametrize(
    ("body", "code"),
    [
        ({"points": "0", "origin": "x"}, "invalid_points"),
        ({"points": "-5", "origin": "x"}, "invalid_points"),
        ({"points": "NaN", "origin": "x"}, "invalid"),
        ({"points": "Infinity", "origin": "x"}, "invalid"),
        ({"points": "1e30", "origin": "x"}, "invalid"),
        ({"points": "1.23456", "origin": "x"}, "invalid"),
        ({"points": "1.234", "origin": "x"}, "points_too_precise"),
        ({"points": "many", "origin": "x"}, "invalid"),
        ({"points": True, "origin": "x"}, "invalid"),
        ({"points": None, "origin": "x"}, "invalid"),
        ({"points": "5"}, "invalid"),
        ({"points": "5", "origin": ""}, "invalid"),
        ({"points": "5", "origin": "x" * 256}, "invalid"),
        ({"points": "5", "origin": "x", "card": "y"}, "invalid"),
    ],
)
def test_points_that_cannot_be_moved_are_refused(
    club: Api, till: Api, verb: str, body: dict[str, object], code: str
) -> None:
    problem = till.call("POST", f"cards/CARD-1/{verb}", body)
    assert (till.status, problem["code"]) == (400, code)
    untouched()


def test_points_may_be_given_an_end_of_their_own(club: Api, till: Api) -> None:
    end = (timezone.now() + timedelta(days=1)).isoformat()
    till.ok("POST", "cards/CARD-1/earn", {"points": "5", "origin": "x", "expires_at": end})
    assert till.ok("GET", "cards/CARD-1/balance")["next_change_at"] is not None
    later = quote((timezone.now() + timedelta(days=2)).isoformat())
    assert till.ok("GET", f"cards/CARD-1/balance?at={later}")["balance"] == "0"
    past = {"points": "5", "origin": "x", "expires_at": "2020-01-01T00:00:00Z"}
    assert till.call("POST", "cards/CARD-1/earn", past)["code"] == "expiry_in_the_past"


@pytest.mark.parametrize("verb", ["earn", "redeem"])
def test_the_ledger_answers_a_key_once(hundred: Api, verb: str) -> None:
    body = {"points": "10", "origin": "order 1"}
    first = hundred.ok("POST", f"cards/CARD-1/{verb}", body, Idempotency_Key="k1")
    assert "Idempotent-Replay" not in hundred.headers
    again = hundred.ok("POST", f"cards/CARD-1/{verb}", body, Idempotency_Key="k1")
    assert (hundred.status, hundred.headers["Idempotent-Replay"]) == (201, "true")
    assert again == first
    other = hundred.call(
        "POST", f"cards/CARD-1/{verb}", {**body, "points": "11"}, Idempotency_Key="k1"
    )
    assert (hundred.status, other["code"]) == (409, "idempotency_key_reused")
    assert other["facts"] == {"idempotency_key": "k1"}
    assert PointOperation.objects.count() == 2


def test_without_a_key_every_request_moves_points(hundred: Api) -> None:
    for _ in range(2):
        hundred.ok("POST", "cards/CARD-1/earn", {"points": "1", "origin": "x"})
    assert hundred.ok("GET", "cards/CARD-1")["balance"] == "102"


def test_an_adjustment_goes_either_way_for_a_reason(hundred: Api, admin: Api) -> None:
    down = admin.ok("POST", "cards/CARD-1/adjust", {"points": "-40", "reason": "misread"})
    assert (down["kind"], down["points"], down["balance_after"]) == ("adjust", "-40", "60")
    up = admin.ok("POST", "cards/CARD-1/adjust", {"points": 5, "reason": "sorry"})
    assert up["balance_after"] == "65"
    assert admin.call("POST", "cards/CARD-1/adjust", {"points": "5"})["code"] == "invalid"
    too_much = admin.call("POST", "cards/CARD-1/adjust", {"points": "-66", "reason": "x"})
    assert (admin.status, too_much["code"]) == (422, "insufficient_points")
    assert PointHistory.objects.filter(origin="sorry").count() == 1


def test_an_operation_is_reversed_in_parts_and_no_further(hundred: Api) -> None:
    spent = hundred.ok("POST", "cards/CARD-1/redeem", {"points": "30", "origin": "coffee"})
    address = f"point-operations/{spent['operation']}/reverse"
    part = hundred.ok("POST", address, {"points": "10"}, Idempotency_Key="r1")
    assert (part["kind"], part["points"], part["balance_after"]) == ("reverse", "10", "80")
    assert part["card"] == "CARD-1"
    assert hundred.ok("POST", address, {"points": "10"}, Idempotency_Key="r1") == part
    rest = hundred.ok("POST", address)
    assert rest["balance_after"] == "100"
    over = hundred.call("POST", address, {"points": "1"})
    assert (hundred.status, over["code"]) == (422, "reversal_exceeds_operation")
    assert hundred.call("POST", "point-operations/999999/reverse")["code"] == (
        "point_operation_not_found"
    )
    huge = hundred.call("POST", f"point-operations/{10**30}/reverse")
    assert (hundred.status, huge["code"]) == (404, "point_operation_not_found")


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


def test_a_till_knows_a_card_by_its_code_alone(hundred: Api, admin: Api) -> None:
    card = LoyaltyCard.objects.get()
    assert admin.ok("GET", f"cards/{card.pk}")["code"] == "CARD-1"
    for verb in ("", "/balance", "/history"):
        assert hundred.call("GET", f"cards/{card.pk}{verb}")["code"] == "card_not_found"
    body = {"points": "1", "origin": "x"}
    assert hundred.call("POST", f"cards/{card.pk}/redeem", body)["code"] == "card_not_found"
    untouched("1E+2")


def test_a_blocked_card_moves_nothing(hundred: Api) -> None:
    LoyaltyCard.objects.update(active=False)
    problem = hundred.call("POST", "cards/CARD-1/redeem", {"points": "1", "origin": "x"})
    assert (hundred.status, problem["code"]) == (422, "card_inactive")
    assert hundred.ok("GET", "cards/CARD-1")["active"] is False
    untouched("1E+2")
