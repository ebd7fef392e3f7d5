"""The trace of an answer in words: what `?explain=1` adds to it, in the caller's language."""

from __future__ import annotations

from core import codec
from promotions.engine.decision import ProgramTrace
from promotions.models import Product, ProgramVersion
from promotions.orders.receipt import Receipt
from promotions.trace_text import Explanation, Facts, explain_trace, missing_products


def explained(receipt: Receipt) -> Receipt:
    """Return an answer that has its trace with the same in words beside it.

    Reads: the names of the programs and of the products, one statement each.
    """
    trace = tuple(codec.decode(ProgramTrace, one) for one in receipt["trace"])
    # The names of then: a program may have been renamed since the order.
    versions = ProgramVersion.objects.filter(pk__in={one.version_id for one in trace})
    lines = receipt["lines"]
    products = Product.objects.filter(sku__in={line["sku"] for line in lines})
    names = dict(products.values_list("sku", "name"))
    facts = Facts(
        currency=receipt["currency"],
        programs=dict(versions.values_list("program_id", "definition__name")),
        lines={line["line_id"]: names.get(line["sku"], line["sku"]) for line in lines},
        products=missing_products(trace),
    )
    said = [present_explanation(one) for one in explain_trace(trace, facts)]
    return {**receipt, "explanation": said}


def present_explanation(one: Explanation) -> Receipt:
    """Return what became of one program as answers have it."""
    return {
        "id": one.program_id,
        "name": one.program,
        "outcome": one.outcome,
        "why": one.why,
        "steps": list(one.steps),
    }
