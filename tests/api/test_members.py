"""Members and their levels over REST."""

from __future__ import annotations

import pytest

from access.models import IdempotentRequest
from events.models import Event
from loyalty.models import Membership, MembershipLevelPath, MembershipProduct, Partner
from tests.api.conftest import Caller
from tests.shop import Api


@pytest.fixture
def levels(club: Api) -> Api:
    club.ok("PUT", "membership-products/silver", {"name": "Silver", "rank": 1})
    club.ok("PUT", "membership-products/gold", {"name": "Gold", "rank": 2})
    return club


def test_a_member_is_made_and_replaced(admin: Api) -> None:
    body = {"name": "Ana", "email": "ana@shop.test", "phone": "+62 811"}
    made = admin.ok("PUT", "partners/p1", body)
    assert admin.status == 201
    assert made == {
        "id": Partner.objects.get().pk,
        "ref": "p1",
        **body,
        "membership": None,
        "cards": [],
    }
    assert admin.ok("GET", "partners/p1") == made
    again = admin.ok("PUT", "partners/p1", {"name": "Ana B"})
    assert admin.status == 200
    assert (again["name"], again["email"], again["phone"]) == ("Ana B", "", "")
    assert Partner.objects.count() == 1


def test_a_member_is_found_by_reference_before_id(admin: Api) -> None:
    first = admin.ok("PUT", "partners/ana", {"name": "Ana"})
    assert admin.ok("GET", f"partners/{first['id']}")["ref"] == "ana"
    admin.ok("PUT", f"partners/{first['id']}", {"name": "Budi"})
    assert admin.ok("GET", f"partners/{first['id']}")["name"] == "Budi"
    admin.call("GET", "partners/99999999999999999999999")
    assert admin.status == 404


@pytest.mark.parametrize("ref", ["Shop/0042", "a b", "é", "50%25", "membership", "x" * 64])
def test_a_reference_may_hold_nearly_anything(admin: Api, ref: str) -> None:
    made = admin.ok("PUT", f"partners/{ref}", {"name": "Ana"})
    assert made["ref"] == ref.replace("%25", "%")
    assert admin.ok("GET", f"partners/{ref}")["id"] == made["id"]
    assert admin.ok("GET", f"partners/{ref}/membership")["partner"] == made["ref"]


@pytest.mark.parametrize("ref", ["p1/", "/p1", "a%00b", "a%0Ab"])
def test_an_address_that_is_no_reference_is_not_found(admin: Api, ref: str) -> None:
    assert admin.call("PUT", f"partners/{ref}", {"name": "Ana"})["code"] == "address_not_found"
    assert not Partner.objects.exists()


def test_a_reference_that_is_too_long_is_refused(admin: Api) -> None:
    problem = admin.call("PUT", f"partners/{'x' * 65}", {"name": "Ana"})
    assert admin.status == 400
    assert problem["code"] == "invalid_text"
    assert problem["facts"]["field"] == "ref"
    assert not Partner.objects.exists()


@pytest.mark.parametrize(
    ("body", "pointer", "code"),
    [
        ({}, "/name", "required"),
        ({"name": None}, "/name", "null"),
        ({"name": " "}, "/name", "blank"),
        ({"name": "a\0b"}, "/name", "null_characters_not_allowed"),
        ({"name": "x" * 201}, "/name", "max_length"),
        ({"name": ["Ana"]}, "/name", "invalid"),
        ({"name": "Ana", "email": "nobody"}, "/email", "invalid_text"),
        ({"name": "Ana", "points": "5"}, "/points", "unknown_field"),
    ],
)
def test_a_member_that_cannot_be_is_refused(
    admin: Api, body: dict[str, object], pointer: str, code: str
) -> None:
    problem = admin.call("PUT", "partners/p1", body)
    assert admin.status == 400
    assert (pointer, code) in {(one["pointer"], one["code"]) for one in problem["errors"]}
    assert not Partner.objects.exists()


def test_setting_up_a_member_sets_and_ends_the_level(levels: Api) -> None:
    held = levels.ok("PUT", "partners/p1", {"name": "Ana", "membership": "gold"})["membership"]
    assert (held["membership_product"], held["name"], held["rank"]) == ("gold", "Gold", 2)
    kept = levels.ok("PUT", "partners/p1", {"name": "Ana"})["membership"]
    assert kept == held
    ended = levels.ok("PUT", "partners/p1", {"name": "Ana", "membership": None})
    assert ended["membership"] is None
    problem = levels.call("PUT", "partners/p1", {"name": "Zoe", "membership": "tin"})
    assert problem["code"] == "membership_product_not_found"
    assert problem["facts"] == {"membership_product": "tin"}
    assert levels.ok("GET", "partners/p1")["name"] == "Ana"


def test_a_change_of_level_is_told_and_recorded_once(levels: Api) -> None:
    levels.ok("PUT", "partners/p1", {"name": "Ana", "membership": "silver"})
    body = {"membership_product": "gold"}
    changed = levels.ok("POST", "partners/p1/membership/change", body, Idempotency_Key="k")
    assert levels.status == 200
    assert changed == {
        "partner": "p1",
        "from_membership_product": "silver",
        "membership_product": "gold",
        "membership_stop": None,
        "lots_carried": 0,
        "changed": True,
    }
    again = levels.ok("POST", "partners/p1/membership/change", body, Idempotency_Key="k")
    assert again == changed
    assert levels.headers["Idempotent-Replay"] == "true"
    unchanged = levels.ok("POST", "partners/p1/membership/change", body)
    assert unchanged["changed"] is False
    told = levels.ok("GET", "partners/p1/membership")
    assert told["membership"]["membership_product"] == "gold"
    assert Membership.objects.filter(closed_at=None).count() == 1
    assert Event.objects.filter(type="MembershipChanged").count() == 2


def test_a_level_may_be_named_by_id_and_ended_by_null(levels: Api) -> None:
    gold = MembershipProduct.objects.get(ref="gold").pk
    changed = levels.ok("POST", "partners/p1/membership/change", {"membership_product": gold})
    assert changed["membership_product"] == "gold"
    ended = levels.ok("POST", "partners/p1/membership/change", {"membership_product": None})
    assert ended["from_membership_product"] == "gold"
    assert levels.ok("GET", "partners/p1/membership") == {"partner": "p1", "membership": None}


@pytest.mark.parametrize(
    ("partner", "body", "status", "code"),
    [
        ("nobody", {"membership_product": "gold"}, 404, "partner_not_found"),
        ("p1", {"membership_product": "tin"}, 404, "membership_product_not_found"),
        ("p1", {"membership_product": 0}, 400, "invalid"),
        ("p1", {"membership_product": True}, 400, "invalid"),
        ("p1", {"membership_product": ""}, 400, "invalid"),
        ("p1", {"membership_product": 2**63}, 400, "invalid"),
        ("p1", {}, 400, "invalid"),
    ],
)
def test_a_change_that_cannot_be_is_refused(
    levels: Api, partner: str, body: dict[str, object], status: int, code: str
) -> None:
    address = f"partners/{partner}/membership/change"
    problem = levels.call("POST", address, body, Idempotency_Key="k")
    assert (levels.status, problem["code"]) == (status, code)
    assert not Membership.objects.exists()
    assert not IdempotentRequest.objects.exists()


def test_a_level_path_is_made_and_replaced(levels: Api) -> None:
    body = {"membership_product": "gold", "threshold": "1000.00", "sequence": 2}
    made = levels.ok("PUT", "level-paths/to-gold", body)
    assert (levels.status, made["ref"], made["created"]) == (201, "to-gold", True)
    levels.ok("PUT", "level-paths/to-gold", {**body, "threshold": 500, "is_downgradable": False})
    assert levels.status == 200
    path = MembershipLevelPath.objects.get()
    assert (path.threshold, path.sequence, path.is_upgradable, path.is_downgradable) == (
        500,
        2,
        True,
        False,
    )
    problem = levels.call("PUT", "level-paths/x", {**body, "threshold": "-1", "window": "ever"})
    assert {one["pointer"] for one in problem["errors"]} == {"/threshold", "/window"}
    unknown = levels.call("PUT", "level-paths/x", {**body, "membership_product": "tin"})
    assert unknown["code"] == "membership_product_not_found"
    assert MembershipLevelPath.objects.count() == 1


def test_members_are_listed_in_pages_and_searched(admin: Api, caller: Caller) -> None:
    for number in range(5):
        admin.ok("PUT", f"partners/p{number}", {"name": f"Ana {number}", "email": ""})
    admin.ok("PUT", "partners/budi", {"name": "Budi", "phone": "0811"})
    manager = caller("manager")
    seen: list[str] = []
    address: str | None = "partners?page_size=4"
    while address is not None:
        answer = manager.ok("GET", address)
        seen += [row["ref"] for row in answer["results"]]
        address = answer["next"] and answer["next"].partition("/api/v1/")[2]
    assert seen == ["budi", "p4", "p3", "p2", "p1", "p0"]
    found = manager.ok("GET", "partners?q=081+bud")
    assert [row["name"] for row in found["results"]] == ["Budi"]
    assert manager.ok("GET", "partners?q=100%25")["results"] == []


@pytest.mark.parametrize(
    ("query", "code"),
    [
        ("page_size=0", "invalid_query"),
        ("page_size=501", "invalid_query"),
        ("page_size=ten", "invalid_query"),
        ("page_size=-1", "invalid_query"),
        ("page_size=1e3", "invalid_query"),
        ("page_size=²", "invalid_query"),
        ("cursor=nonsense", "invalid_cursor"),
        ("cursor=cD1hYmM%3D", "invalid_cursor"),  # p=abc
        ("cursor=cD0lMDA%3D", "invalid_cursor"),  # p=%00
    ],
)
def test_a_page_that_cannot_be_is_refused(admin: Api, query: str, code: str) -> None:
    admin.ok("PUT", "partners/p1", {"name": "Ana"})
    assert admin.call("GET", f"partners?{query}")["code"] == code
    assert admin.status == 400


def test_reading_a_member_costs_few_queries(club: Api, django_assert_num_queries: object) -> None:
    for number in range(5):
        club.ok("PUT", f"loyalty-programs/k{number}", {"name": "K"})
        club.ok("POST", "cards", {"loyalty_program": f"k{number}", "partner": "p1"})
    with django_assert_num_queries(4):  # type: ignore[operator]
        whole = club.ok("GET", "partners/p1")
    assert len(whole["cards"]) == 6
    assert {card["balance"] for card in whole["cards"]} == {"0"}
