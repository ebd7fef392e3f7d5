"""The trace as people read it."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest
from django.utils import translation

from promotions.engine.decision import ProgramTrace, Share, TraceStep
from promotions.engine.terms import Outcome, Reason
from promotions.models import Order, Product
from promotions.trace_text import REASONS, Facts, explain_order, explain_trace
from tests.shop import Shop, discount

FACTS = Facts("USD", programs={1: "Ten off", 2: "Gold"}, lines={"a": "Espresso", "b": "Cake"})


def step(
    operation: str, basis: str, rate: str, exact: str, rounded: str, cost: str = "0"
) -> TraceStep:
    """Return a step that lands on two lines."""
    shares = (Share("a", Decimal(rounded) - 1), Share("b", Decimal(1)))
    return TraceStep(
        1,
        1,
        operation,
        Decimal(basis),
        Decimal(rate),
        Decimal(exact),
        Decimal(rounded),
        Decimal(cost),
        shares,
    )


def said(one: TraceStep) -> str:
    """Return the sentence of one step."""
    trace = ProgramTrace(1, 1, Outcome.APPLIED, points=Decimal(1), steps=(one,))
    (explained,) = explain_trace((trace,), FACTS)
    return explained.steps[0]


@pytest.mark.parametrize(
    ("one", "sentence"),
    [
        (
            step("percent", "23.33", "10", "2.333", "2.33", "1"),
            (
                "10% of $23.33 is $2.33; rounded from 2.333; costs 1 point; "
                "taken off Espresso $1.33, Cake $1.00"
            ),
        ),
        (
            step("percent", "100.00", "50", "50", "20.00"),
            "50% of $100.00 is $20.00; limited from 50; taken off Espresso $19.00, Cake $1.00",
        ),
        (
            step("fixed", "30.00", "5", "5", "5.00"),
            "$5.00 off $30.00: $5.00; taken off Espresso $4.00, Cake $1.00",
        ),
        (
            step("free_units", "2", "2", "4.80", "4.80", "4"),
            "2 in the basket are free: $4.80; costs 4 points; taken off Espresso $3.80, Cake $1.00",
        ),
        (
            step("payment", "12", "1", "12.00", "12.00", "12"),
            "12 points pay $12.00; taken off Espresso $11.00, Cake $1.00",
        ),
    ],
)
def test_a_step_says_its_arithmetic(one: TraceStep, sentence: str) -> None:
    assert said(one) == sentence


def test_what_was_missing_is_said_in_the_language_of_the_page() -> None:
    trace = ProgramTrace(
        2,
        1,
        Outcome.PASSED_OVER,
        Reason.BELOW_MINIMUM_AMOUNT,
        missing_amount=Decimal("2.40"),
    )
    (english,) = explain_trace((trace,), FACTS)
    assert english.why == "The basket is below the minimum amount. $2.40 more is needed."
    with translation.override("id"):
        (indonesian,) = explain_trace((trace,), FACTS)
    assert indonesian.why == "Keranjang di bawah jumlah minimum. Kurang US$2,40 lagi."
    assert indonesian.outcome_label == "Tidak diterapkan"


@pytest.mark.parametrize(
    ("product_ids", "said"),
    [
        ((7,), "1 more of Espresso needed."),
        ((7, 8), "1 more of Espresso / Latte needed."),
        ((7, 8, 9, 10), "1 more needed."),  # too many to name
        ((), "1 more needed."),
    ],
)
def test_what_more_is_needed_of_is_named(product_ids: tuple[int, ...], said: str) -> None:
    trace = ProgramTrace(
        *(2, 1, Outcome.PASSED_OVER, Reason.BELOW_MINIMUM_QTY),
        missing_qty=Decimal(1),
        product_ids=product_ids,
    )
    named = {7: "Espresso", 8: "Latte", 9: "Mocha", 10: "Tea"}
    (told,) = explain_trace((trace,), replace(FACTS, products=named))
    assert told.why == f"The basket is below the minimum quantity. {said}"


def test_every_reason_has_a_sentence_in_every_language() -> None:
    for language in ("en", "id"):
        with translation.override(language):
            assert {reason for reason in Reason if not str(REASONS[reason])} == set()


@pytest.mark.django_db
def test_a_stored_order_is_explained_with_applied_programs_first() -> None:
    shop = Shop(currency="USD")
    shop.products(A="10.00", B="5.00")
    shop.program(
        "promotion", name="Big", rules=[{"minimum_amount": "50"}], rewards=[discount("20")]
    )
    shop.percent_off("10", name="Ten off")
    ref = shop.commit(("A", "1"), ("B", "1"))["ref"]
    explained = explain_order(Order.objects.get(ref=ref))
    assert [(one.program, one.outcome) for one in explained] == [
        ("Ten off", "applied"),
        ("Big", "passed_over"),
    ]
    assert explained[0].steps == (
        "10% of $15.00 is $1.50; costs 1 point; taken off A $1.00, B $0.50",
    )
    assert explained[1].why.endswith("$35.00 more is needed.")


@pytest.mark.django_db
def test_a_till_and_an_order_are_told_of_which_product_more_is_needed() -> None:
    shop = Shop(currency="USD")
    shop.products(A="10.00", B="5.00")
    rules = [{"minimum_qty": "3", "products": ["A"]}]
    shop.program("promotion", name="Three", rules=rules, rewards=[discount("20")])
    product = Product.objects.get(sku="A")
    (hint,) = shop.quote(("A", "2"))["hints"]
    assert (hint["missing_qty"], hint["product_ids"]) == ("1", [product.pk])
    quoted = shop.till.ok("POST", "orders/quote?explain=1", shop.order(("A", "2")))
    assert quoted["explanation"][0]["why"].endswith("1 more of A needed.")
    ref = shop.commit(("A", "2"))["ref"]
    (told,) = explain_order(Order.objects.get(ref=ref))
    assert told.why.endswith("1 more of A needed.")
