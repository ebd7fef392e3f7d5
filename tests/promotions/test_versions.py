"""Versions: compared in words, gone back to, reviewed by a second person, with a history."""

from __future__ import annotations

from typing import Any

import pytest
from django.utils import timezone

from access.caller import Role
from access.services.create_token import create_token
from events.models import Event
from promotions.errors import ProgramNotFound
from promotions.models import Product, ProgramChange, ProgramVersion, PromotionProgram
from promotions.services.roll_back_program import roll_back_program
from promotions.services.send_back_program import send_back_program
from promotions.services.submit_program import submit_program
from tests.shop import Api, Json, Shop, discount

pytestmark = pytest.mark.django_db


@pytest.fixture
def shop() -> Shop:
    """Give a store with two products."""
    shop = Shop(currency="USD")
    shop.products(A="10.00", B="4.00")
    return shop


def patch(shop: Shop, program: Json, **fields: Any) -> Json:
    """Change a draft."""
    return shop.admin.ok("PATCH", f"programs/{program['id']}", fields)


def act(api: Api, program: Json, verb: str, body: object = None) -> Json:
    """Do something to a program."""
    return api.call("POST", f"programs/{program['id']}/{verb}", body)


def compare(shop: Shop, program: Json, query: str = "") -> Json:
    """Compare two versions."""
    return shop.admin.ok("GET", f"programs/{program['id']}/compare{query}")


def said(found: Json) -> set[tuple[str, str, str, str]]:
    """Return the differences as tuples."""
    return {(d["part"], d["field"], d["before"], d["after"]) for d in found["differences"]}


def test_two_versions_are_compared_in_the_words_of_the_shop(shop: Shop) -> None:
    made = shop.percent_off("10", name="Ten", rules=[{"minimum_amount": "50"}])
    patch(
        shop,
        made,
        name="Twenty",
        rules=[{"minimum_amount": "80", "products": ["A"]}],
        rewards=[discount("20", max_amount="5")],
        limit_usage=100,
        publish=True,
    )
    found = compare(shop, made, "?from=1&to=2")
    assert (
        found["sentence_before"] == "10% off the order on orders of $50.00 or more, at all stores"
    )
    assert found["sentence_after"].startswith("20% off the order (at most $5.00) when A is bought")
    assert said(found) == {
        ("", "Name", "Ten", "Twenty"),
        ("", "Most uses", "", "100"),
        ("Condition 1", "Minimum amount", "$50.00", "$80.00"),
        ("Condition 1", "Products", "every product", "A"),
        ("Reward 1", "Discount", "10%", "20%"),
        ("Reward 1", "At most", "", "$5.00"),
    }
    assert said(compare(shop, made, "?from=2&to=1")) == {
        (part, field, after, before) for part, field, before, after in said(found)
    }


def test_the_draft_is_compared_with_what_is_in_force(shop: Shop) -> None:
    made = shop.percent_off("10")
    same = compare(shop, made)
    assert (same["before"], same["after"], same["differences"]) == (1, None, [])
    patch(
        shop,
        made,
        rules=[{}, {"minimum_qty": "3"}],
        rewards=[discount("10"), discount("5", "fixed")],
    )
    found = said(compare(shop, made))
    assert ("Condition 2", "Minimum quantity", "", "3") in found
    assert ("Reward 2", "Discount", "", "$5.00") in found
    # An amount has a currency, a percent has none.
    assert ("", "Currency", "any", "USD") in found
    assert {part for part, *_ in found} == {"", "Condition 2", "Reward 2"}


def test_long_lists_of_products_tell_what_only_one_has(shop: Shop) -> None:
    skus = [f"P{number:02}" for number in range(30)]
    shop.products(**dict.fromkeys(skus, "1"))
    made = shop.percent_off("10", rules=[{"products": skus}])
    patch(shop, made, rules=[{"products": [*skus[1:], "A"]}])
    (found,) = said(compare(shop, made))
    assert found == (
        "Condition 1",
        "Products",
        "30 in all; only here: P00",
        "30 in all; only here: A",
    )


@pytest.mark.parametrize(
    ("query", "status", "code"),
    [
        ("?from=7", 404, "version_not_found"),
        ("?from=x", 400, "invalid_query"),
        ("?to=99999999999", 400, "invalid_query"),
    ],
)
def test_what_is_not_there_is_not_compared(shop: Shop, query: str, status: int, code: str) -> None:
    made = shop.percent_off("10")
    problem = shop.admin.call("GET", f"programs/{made['id']}/compare{query}")
    assert (shop.admin.status, problem["code"]) == (status, code)


def test_a_version_is_read_by_its_number(shop: Shop) -> None:
    made = shop.percent_off("10")
    patch(shop, made, rewards=[discount("20")], publish=True)
    one = shop.admin.ok("GET", f"programs/{made['id']}/versions/1")
    assert (one["number"], one["in_force"], one["published_by"]) == (1, False, "root")
    assert one["sentence"] == "10% off the order, at all stores"
    shop.admin.call("GET", f"programs/{made['id']}/versions/3")
    assert shop.admin.status == 404


def everything(shop: Shop) -> Json:
    """Make a program that uses many fields, and change all of them."""
    made = shop.percent_off(
        "10",
        name="First",
        ref="deal",
        date_from="2020-01-01",
        schedule=[{"weekdays": [0, 1], "start": "10:00", "end": "12:00"}],
        limit_usage=5,
        budget="100",
        rules=[{"products": ["A"], "tags": ["hot"]}, {"minimum_qty": "2", "code": "HELLO"}],
    )
    patch(
        shop,
        made,
        name="Second",
        ref="deal2",
        date_from=None,
        schedule=None,
        limit_usage=None,
        budget=None,
        rules=[{}],
        rewards=[{"product": {"products": ["B"]}}],
        publish=True,
    )
    return made


def test_going_back_makes_the_old_version_the_draft_and_a_new_version_of_it(shop: Shop) -> None:
    made = everything(shop)
    back = act(shop.admin, made, "roll-back", {"version": 1})
    assert (shop.admin.status, back["state"], back["version"]) == (200, "published", 3)
    assert back["unpublished_changes"] is False
    assert (back["name"], back["ref"]) == ("First", "deal2")
    assert compare(shop, made, "?from=1&to=3")["differences"] == []
    assert [rule["code"] for rule in back["rules"]] == [None, "HELLO"]
    answer = shop.quote(("A", "2"), codes=["hello"])
    assert answer["codes"][0]["program"] == made["id"]
    numbers = ProgramVersion.objects.order_by("number").values_list("number", "catalog_to")
    assert [(number, to is None) for number, to in numbers] == [(1, False), (2, False), (3, True)]


def test_going_back_can_stop_at_the_draft(shop: Shop) -> None:
    made = everything(shop)
    back = act(shop.admin, made, "roll-back", {"version": 1, "publish": False})
    assert (back["version"], back["unpublished_changes"], back["name"]) == (2, True, "First")
    assert ProgramVersion.objects.count() == 2
    assert compare(shop, made, "?from=1&to=draft")["differences"] == []


def test_a_version_that_names_what_is_gone_is_not_gone_back_to(shop: Shop) -> None:
    made = shop.percent_off("10", rules=[{"products": ["A"]}])
    patch(shop, made, rules=[{}], publish=True)
    gone = Product.objects.get(sku="A")
    gone_id = gone.pk
    gone.delete()
    before = ProgramChange.objects.count(), Event.objects.count()
    problem = act(shop.admin, made, "roll-back", {"version": 1})
    assert (shop.admin.status, problem["code"]) == (422, "version_not_restorable")
    assert problem["facts"]["missing"] == {"products": [gone_id]}
    assert (ProgramChange.objects.count(), Event.objects.count()) == before
    assert act(shop.admin, made, "roll-back", {"version": 9})["code"] == "version_not_found"
    act(shop.admin, made, "archive")
    assert act(shop.admin, made, "roll-back", {"version": 2})["code"] == "program_archived"


def test_a_draft_is_reviewed_published_paused_and_archived(shop: Shop) -> None:
    body = {"name": "Ten", "program_type": "promotion", "rewards": [discount("10")]}
    made = shop.admin.ok("POST", "programs", body)
    sent = act(shop.admin, made, "submit")
    assert (sent["state"], sent["in_review"]) == ("review", True)
    assert act(shop.admin, made, "submit")["state"] == "review"
    back = act(shop.admin, made, "send-back", {"note": "Ten is too much"})
    assert (back["state"], back["in_review"]) == ("draft", False)
    act(shop.admin, made, "submit")
    assert patch(shop, made, name="Five")["state"] == "draft"  # what was looked at is gone
    act(shop.admin, made, "submit")
    assert patch(shop, made, name="Five")["state"] == "review"  # nothing changed
    states = [act(shop.admin, made, verb)["state"] for verb in ("publish", "pause", "archive")]
    assert states == ["published", "paused", "archived"]
    assert act(shop.admin, made, "submit")["code"] == "program_archived"
    history = shop.admin.ok("GET", f"programs/{made['id']}/history")["results"]
    assert [one["action"] for one in reversed(history)] == [
        "created", "submitted", "sent_back", "submitted", "edited", "submitted",
        "published", "paused", "archived",
    ]  # fmt: skip
    assert {one["by"] for one in history} == {"root"}
    (edit,) = [one for one in history if one["action"] == "edited"]
    assert edit["differences"] == [{"part": "", "field": "Name", "before": "Ten", "after": "Five"}]
    assert [one["note"] for one in history if one["note"]] == ["Ten is too much"]


def test_a_program_in_force_stays_in_force_under_review(shop: Shop) -> None:
    made = shop.percent_off("10")
    patch(shop, made, rewards=[discount("20")])
    sent = act(shop.admin, made, "submit")
    assert (sent["state"], sent["in_review"]) == ("published", True)
    assert shop.quote(("A", "1"))["total"] == "9.00"
    assert act(shop.admin, made, "publish")["in_review"] is False
    assert shop.quote(("A", "1"))["total"] == "8.00"


def test_a_draft_with_gaps_is_not_sent_for_review(shop: Shop) -> None:
    made = shop.admin.ok("POST", "programs", {"name": "Empty", "program_type": "promotion"})
    problem = act(shop.admin, made, "submit")
    assert (shop.admin.status, problem["code"]) == (422, "program_incomplete")
    assert PromotionProgram.objects.get().state == "draft"


def test_who_edited_may_not_publish_where_two_persons_are_asked_for(
    shop: Shop, settings: Any
) -> None:
    settings.TWO_PERSON_RULE = True
    ann = Api(create_token(username="ann", role=Role.MARKETING).key)
    bob = Api(create_token(username="bob", role=Role.MARKETING).key)
    body = {"name": "Ten", "program_type": "promotion", "rewards": [discount("10")]}
    made = ann.ok("POST", "programs", body)
    bob.ok("PATCH", f"programs/{made['id']}", {"name": "Tenner"})
    events = Event.objects.count()
    for editor in (ann, bob):
        problem = act(editor, made, "publish")
        assert (editor.status, problem["code"]) == (422, "second_person_needed")
    problem = ann.call("POST", "programs", {**body, "publish": True})
    assert (ann.status, problem["code"]) == (422, "second_person_needed")
    assert (PromotionProgram.objects.count(), Event.objects.count()) == (1, events)
    assert act(shop.admin, made, "publish")["state"] == "published"
    # Nothing was edited since: pausing and resuming, and going back, are anybody's.
    act(ann, made, "pause")
    assert act(ann, made, "publish")["state"] == "published"
    bob.ok("PATCH", f"programs/{made['id']}", {"name": "Mine"})
    assert act(bob, made, "publish")["code"] == "second_person_needed"
    assert act(bob, made, "roll-back", {"version": 1})["name"] == "Tenner"


def test_the_services_say_what_they_did_and_do_it_once(shop: Shop) -> None:
    key = shop.percent_off("10")["id"]
    shop.admin.ok("PATCH", f"programs/{key}", {"name": "New"})
    at = timezone.now()
    assert submit_program(program_id=key, submitted_by=None, at=at).changed
    assert not submit_program(program_id=key, submitted_by=None, at=at).changed
    assert send_back_program(program_id=key, sent_back_by=None, at=at).changed
    assert not send_back_program(program_id=key, sent_back_by=None, at=at).changed
    back = roll_back_program(program_id=key, number=1, publish=True, rolled_back_by=None, at=at)
    # The draft is again what is in force, so there was nothing to publish.
    assert (back.state, back.published) == ("published", 1)
    with pytest.raises(ProgramNotFound):
        submit_program(program_id=0, submitted_by=None, at=at)
    assert ProgramChange.objects.filter(action__in=("submitted", "sent_back")).count() == 2
