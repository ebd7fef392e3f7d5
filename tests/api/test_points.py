"""Moving points over REST."""

from __future__ import annotations

from datetime import timedelta
from urllib.parse import quote

import pytest
from django.utils import timezone

from loyalty.models import LoyaltyCard, PointHistory, PointOperation
from tests.shop import Api


def untouched(points: str = "0") -> None:
    """Check that the ledger is as it was."""
    assert [str(card.points.normalize()) for card in LoyaltyCard.objects.all()] == [points]
    assert PointOperation.objects.count() == (points != "0")


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
