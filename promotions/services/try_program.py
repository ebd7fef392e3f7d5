"""Trying a program on a basket before any till knows of it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from msgspec import UnsetType

from promotions.coupons.batch import takes_coupons
from promotions.definitions import read_definitions
from promotions.engine import evaluate
from promotions.engine.decision import Decision
from promotions.engine.definition import Program
from promotions.errors import CouponsNotForProgram, ProgramNotFound
from promotions.models import Product
from promotions.orders.intake import Intake, read_intake
from promotions.orders.receipt import Receipt, build_receipt
from promotions.orders.trial import TrialRequest, changed_by, check_coupon, with_coupon
from promotions.programs.body import ProgramInput
from promotions.programs.completing import complete
from promotions.programs.currencies import read_store_currencies
from promotions.services.save_program import save_program
from promotions.trace_text import Explanation, Facts, explain_trace, missing_products


@dataclass(frozen=True, slots=True)
class Tried:
    """What the basket would cost. `explanation`: every program considered, the tried one first.

    `products`: names of the basket's products by SKU.
    """

    program: Program
    decision: Decision
    receipt: Receipt
    explanation: tuple[Explanation, ...]
    products: dict[str, str]

    @property
    def verdict(self) -> Explanation:
        """What became of the program that was tried."""
        return self.explanation[0]


def try_program(*, program_id: int, trial: TrialRequest, at: datetime) -> Tried:
    """Decide a basket as if the program's draft were in force; `trial.at`, else `at`, is now.

    Raises: ProgramNotFound, ProgramIncomplete, CouponsNotForProgram, PosConfigNotFound,
    UnknownProduct, UnknownClaim, PartnerNotFound, InvalidOrder for the coupon; for unsaved
    changes what save_program raises.
    Writes: nothing; unsaved changes are saved and taken back at once, to be checked as if saved.
    Safe under: anything; unsaved changes lock the program's row for that moment.
    """
    when = trial.at or at
    program = _as_published(program_id, trial.draft, at)
    intake = read_intake(trial, at=when, changed=changed_by(program, alone=trial.alone))
    if trial.coupon is not None:
        if not takes_coupons(program.program_type, program.trigger, program.applies_on):
            raise CouponsNotForProgram(program=program.id, program_type=program.program_type)
        check_coupon(program, trial.coupon)
        intake = with_coupon(intake, program, trial.coupon)
    decision = evaluate(
        intake.cart, intake.snapshot.catalog, intake.wallet, when, explain=True, also=[program.id]
    )
    receipt = build_receipt(intake, decision, ref=trial.ref, status="tried", explain=True)
    skus = {line.sku for line in intake.cart.lines}
    products = dict(Product.objects.filter(sku__in=skus).values_list("sku", "name"))
    explanation = _explain(intake, decision, program, products)
    return Tried(program, decision, receipt, explanation, products)


def _as_published(program_id: int, draft: ProgramInput | UnsetType, at: datetime) -> Program:
    """Return the draft as publishing it now would make it."""
    with transaction.atomic():
        if not isinstance(draft, UnsetType):
            save_program(program_id=program_id, data=draft, edited_by=None, at=at)
        found = read_definitions([program_id]).get(program_id)
        transaction.set_rollback(True)
    if found is None:
        raise ProgramNotFound(program=program_id)
    return complete(found, read_store_currencies())


def _explain(
    intake: Intake, decision: Decision, program: Program, products: dict[str, str]
) -> tuple[Explanation, ...]:
    """Return why each program applied or not, the tried one first."""
    names = {key: one.name for key, one in intake.snapshot.catalog.programs.items()}
    facts = Facts(
        currency=decision.currency,
        programs=names,
        lines={line.line_id: products.get(line.sku, line.sku) for line in intake.cart.lines},
        products=missing_products(decision.trace or ()),
    )
    told = explain_trace(decision.trace or (), facts)
    return tuple(sorted(told, key=lambda one: one.program_id != program.id))
