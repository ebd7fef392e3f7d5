"""The trace of a decision in the words of a shop: why each program applied or did not.

The trace itself is data (`promotions/engine/decision.py`); this is the only place that turns it
into sentences, in the active language.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from core import codec
from core.money import currency_digits
from promotions import wording
from promotions.engine.decision import Decision, ProgramTrace, TraceStep
from promotions.engine.terms import Outcome, Reason
from promotions.models import Order, Product, ProgramVersion

NAMED = 3
"""So many products are named as what is missing; of more only the number is told."""
OUTCOMES = {
    Outcome.APPLIED: gettext_lazy("Applied"),
    Outcome.OFFERED: gettext_lazy("Offered"),
    Outcome.PASSED_OVER: gettext_lazy("Not applied"),
}
REASONS = {
    Reason.UNKNOWN: gettext_lazy("The code is unknown."),
    Reason.MISTYPED: gettext_lazy("The code has a typing mistake."),
    Reason.EXPIRED: gettext_lazy("It has ended."),
    Reason.NOT_STARTED: gettext_lazy("It has not started yet."),
    Reason.OUTSIDE_SCHEDULE: gettext_lazy("It does not run at this time of the week."),
    Reason.INACTIVE: gettext_lazy("It is not active."),
    Reason.USED_UP: gettext_lazy("It was used as often as it may be."),
    Reason.BUDGET_SPENT: gettext_lazy("Its budget is spent."),
    Reason.WRONG_CUSTOMER: gettext_lazy("The code belongs to another customer."),
    Reason.CUSTOMER_REQUIRED: gettext_lazy("It is for known members; nobody was named."),
    Reason.WRONG_POS: gettext_lazy("It does not run at this store."),
    Reason.WRONG_CURRENCY: gettext_lazy("It runs at stores of another currency."),
    Reason.CODE_REQUIRED: gettext_lazy("Its code was not entered."),
    Reason.BELOW_MINIMUM_AMOUNT: gettext_lazy("The basket is below the minimum amount."),
    Reason.BELOW_MINIMUM_QTY: gettext_lazy("The basket is below the minimum quantity."),
    Reason.NO_MATCHING_PRODUCT: gettext_lazy("Nothing in the basket is part of it."),
    Reason.MEMBERSHIP_REQUIRED: gettext_lazy("It is for members of another level."),
    Reason.NOT_COMBINABLE: gettext_lazy(
        "It cannot be combined with what was applied, and that saves the customer more."
    ),
    Reason.ALREADY_USED_BY_CUSTOMER: gettext_lazy(
        "This customer has used it as often as they may."
    ),
    Reason.NOT_ENOUGH_POINTS: gettext_lazy("There are not enough points for a reward."),
    Reason.NOTHING_TO_DISCOUNT: gettext_lazy("There was nothing left to take it off."),
    Reason.WAITS_FOR_CLAIM: gettext_lazy("It is given when the customer asks for it."),
    Reason.CHOICE_REQUIRED: gettext_lazy("The customer has to choose a product."),
    Reason.SELF_REFERRAL: gettext_lazy("Nobody can refer themselves."),
    Reason.NOT_A_NEW_CUSTOMER: gettext_lazy("The customer has ordered before."),
    Reason.WHOLE_UNITS_ONLY: gettext_lazy("It is sold in whole units only."),
}


@dataclass(frozen=True, slots=True)
class Facts:
    """What the sentences name: programs by id, the product of each line, products by id."""

    currency: str
    programs: Mapping[int, str] = field(default_factory=dict)
    lines: Mapping[str, str] = field(default_factory=dict)
    products: Mapping[int, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Explanation:
    """What became of one program. `steps`: its arithmetic, a sentence each."""

    program_id: int
    program: str
    outcome: str
    outcome_label: str
    why: str
    steps: tuple[str, ...]


def explain_order(order: Order) -> list[Explanation]:
    """Return why each program applied to an order or not, from what was stored with it.

    Empty for an order whose decision was stored without its trace. Reads: the names of the
    programs and of the order's products, one statement each.
    """
    stored = order.evaluation.get("decision")
    if not stored:
        return []
    decision = codec.decode(Decision, stored)
    trace = decision.trace or ()
    # The names of then: a program may have been renamed since.
    versions = ProgramVersion.objects.filter(pk__in={one.version_id for one in trace})
    facts = Facts(
        currency=order.currency,
        programs=dict(versions.values_list("program_id", "definition__name")),
        lines=dict(order.lines.values_list("line_id", "product__name")),
        products=missing_products(trace),
    )
    return explain_trace(trace, facts)


def missing_products(trace: Iterable[ProgramTrace]) -> dict[int, str]:
    """Return the names of the products that a basket was short of; one statement, or none."""
    ids = {key for one in trace if one.missing_qty is not None for key in one.product_ids}
    return dict(Product.objects.filter(pk__in=ids).values_list("pk", "name")) if ids else {}


def explain_trace(trace: tuple[ProgramTrace, ...], facts: Facts) -> list[Explanation]:
    """Return the explanation of every program considered, applied ones first."""
    order = (Outcome.APPLIED, Outcome.OFFERED, Outcome.PASSED_OVER)
    ranked = sorted(trace, key=lambda one: order.index(one.outcome))
    return [
        Explanation(
            program_id=one.program_id,
            program=facts.programs.get(one.program_id, f"#{one.program_id}"),
            outcome=one.outcome.value,
            outcome_label=str(OUTCOMES[one.outcome]),
            why=_why(one, facts),
            steps=tuple(_step(step, facts) for step in one.steps),
        )
        for one in ranked
    ]


def _why(trace: ProgramTrace, facts: Facts) -> str:
    """Return the reason with what was missing, or how many points an applied one had."""
    parts = [str(REASONS[trace.reason])] if trace.reason else []
    if trace.missing_amount is not None:
        parts.append(
            _("%(amount)s more is needed.")
            % {"amount": wording.money(trace.missing_amount, facts.currency)}
        )
    if trace.missing_qty is not None:
        parts.append(_more(trace.missing_qty, trace.product_ids, facts))
    if trace.outcome is not Outcome.PASSED_OVER and trace.points:
        parts.append(
            ngettext(
                "Its rules made %(points)s point.",
                "Its rules made %(points)s points.",
                1 if trace.points == 1 else 2,
            )
            % {"points": wording.number(trace.points)}
        )
    return " ".join(parts)


def _more(qty: Decimal, product_ids: tuple[int, ...], facts: Facts) -> str:
    """Return how many more are needed, and of what if that can be told in a few words."""
    names = [facts.products[one] for one in product_ids if one in facts.products]
    said = {"qty": wording.number(qty), "products": " / ".join(names)}
    if 0 < len(names) <= NAMED:
        return _("%(qty)s more of %(products)s needed.") % said
    return _("%(qty)s more needed.") % said


def _step(step: TraceStep, facts: Facts) -> str:
    """Return one step of arithmetic: what of what, the rounding, and where it landed."""
    parts = [_operation(step, facts)]
    if step.exact != step.rounded and step.operation not in _NOT_ROUNDED:
        smallest = Decimal(1).scaleb(-currency_digits(facts.currency))
        is_cut = abs(step.exact - step.rounded) >= smallest
        said = _("limited from %(exact)s") if is_cut else _("rounded from %(exact)s")
        parts.append(said % {"exact": _exact(step.exact)})
    if step.points_cost and step.operation != "payment":
        parts.append(
            ngettext(
                "costs %(points)s point",
                "costs %(points)s points",
                1 if step.points_cost == 1 else 2,
            )
            % {"points": wording.number(step.points_cost)}
        )
    places = {line_id: place for place, line_id in enumerate(facts.lines)}
    shares = [
        f"{facts.lines.get(one.line_id, one.line_id)} {wording.money(one.amount, facts.currency)}"
        for one in sorted(step.shares, key=lambda one: places.get(one.line_id, 0))
        if one.amount
    ]
    if shares:
        parts.append(_("taken off %(shares)s") % {"shares": ", ".join(shares)})
    return "; ".join(parts)


def _operation(step: TraceStep, facts: Facts) -> str:
    """Return what was done, in the words of the kind of reward."""
    words = {
        "basis": wording.money(step.basis, facts.currency),
        "units": wording.number(step.basis),
        "rate": wording.number(step.rate),
        "price": wording.money(step.rate, facts.currency),
        "rounded": wording.money(step.rounded, facts.currency),
    }
    match step.operation:
        case "percent":
            return _("%(rate)s%% of %(basis)s is %(rounded)s") % words
        case "fixed":
            return _("%(price)s off %(basis)s: %(rounded)s") % words
        case "per_point":
            return _("%(price)s for each point: %(rounded)s off %(basis)s") % words
        case "free_units":
            return _("%(units)s in the basket are free: %(rounded)s") % words
        case "special_price":
            return _("%(price)s each for goods of %(basis)s: %(rounded)s less") % words
        case "special_set":
            return _("a set worth %(basis)s for %(price)s: %(rounded)s less") % words
        case "bonus_points":
            return _("bonus points: %(rate)s") % words
        case "payment":
            return _("%(units)s points pay %(rounded)s") % words
    return f"{step.operation}: {words['rounded']}"


# Nothing is rounded here, or what is exact is not an amount of money.
_NOT_ROUNDED = frozenset({"bonus_points", "payment", "free_units", "per_point", "fixed"})


def _exact(amount: Decimal) -> str:
    """Return an unrounded amount with as many digits as tell why it was rounded."""
    return wording.number(amount.quantize(Decimal("0.0001")))
