"""Every reason has its words: in English and Indonesian, for people and at the till."""

from __future__ import annotations

import re

import pytest
from django.test import Client
from django.utils import translation

from config.local_services import BASE_DIR
from promotions.engine.terms import Reason
from promotions.trace_text import REASONS
from tests.shop import Json, Shop, discount

# What the design of the engine names; ours may be more, never fewer.
NAMED = """unknown expired not_started used_up wrong_customer wrong_pos below_minimum_amount
below_minimum_qty no_matching_product membership_required not_combinable already_used_by_customer
nothing_to_discount""".split()


def test_the_closed_list_holds_what_was_promised() -> None:
    assert set(NAMED) <= {one.value for one in Reason}
    assert set(REASONS) == set(Reason)


@pytest.mark.parametrize("reason", Reason)
def test_a_reason_is_said_in_both_languages(reason: Reason) -> None:
    with translation.override("en"):
        english = str(REASONS[reason])
    with translation.override("id"):
        indonesian = str(REASONS[reason])
    assert english.endswith(".")
    assert indonesian.endswith(".")
    assert indonesian != english


@pytest.mark.parametrize("reason", Reason)
def test_a_reason_is_documented_with_its_words(reason: Reason) -> None:
    page = (BASE_DIR / "docs" / "engine.md").read_text()
    with translation.override("en"):
        assert f"| `{reason.value}` | {REASONS[reason]} |" in page


@pytest.mark.django_db
def test_the_till_says_every_reason_in_both_languages() -> None:
    script = (BASE_DIR / "static" / "punchcard" / "till" / "words.js").read_text()
    said = dict(re.findall(r'^  (\w+): gettext\("(.*)"\),$', script, re.MULTILINE))
    assert said.keys() == {one.value for one in Reason}
    client = Client()
    client.cookies["django_language"] = "id"
    catalog = client.get("/till/words.js", headers={"Accept-Language": "id"}).content.decode()
    assert [one for one in said.values() if f'"{one}": "' not in catalog] == []


@pytest.fixture
def shop(db: None) -> Shop:
    shop = Shop()
    shop.admin.ok("PUT", "products/A", {"name": "Espresso", "price": "23.33"})
    shop.percent_off("10", name="Ten off")
    shop.program(name="Big", rules=[{"minimum_amount": "100"}], rewards=[discount("20")])
    return shop


def words(answer: Json) -> dict[str, Json]:
    return {one["name"]: one for one in answer["explanation"]}


def test_explain_tells_every_step_in_the_language_that_was_asked_for(shop: Shop) -> None:
    body = shop.order(("A", "1"))
    english = words(shop.till.ok("POST", "orders/quote?explain=1", body))
    assert english["Ten off"]["outcome"] == "applied"
    assert english["Ten off"]["steps"] == [
        "10% of $23.33 is $2.33; rounded from 2.333; costs 1 point; taken off Espresso $2.33"
    ]
    assert english["Big"]["why"] == (
        "The basket is below the minimum amount. $76.67 more is needed."
    )
    asked = shop.till.ok("POST", "orders/quote?explain=1", body, Accept_Language="id")
    indonesian = words(asked)
    (step,) = indonesian["Ten off"]["steps"]
    assert step == (
        "10% dari US$23,33 adalah US$2,33; dibulatkan dari 2,333; seharga 1 poin; "
        "dipotong dari Espresso US$2,33"
    )
    assert indonesian["Big"]["why"] != english["Big"]["why"]
    assert "explanation" not in shop.till.ok("POST", "orders/quote", body)


def test_a_committed_order_is_explained_alike_then_and_later(shop: Shop) -> None:
    body = shop.order(("A", "1"), ref="R")
    quoted = shop.till.ok("POST", "orders/quote?explain=1", body)
    committed = shop.till.ok("POST", "orders?explain=1", body)
    shop.percent_off("50")
    read = shop.till.ok("GET", "orders/R?explain=1")
    assert committed["explanation"] == quoted["explanation"] == read["explanation"]
    assert committed["trace"] == read["trace"]
