"""Decide a basket and write nothing."""

from dataclasses import dataclass
from datetime import datetime

from promotions.engine import evaluate
from promotions.engine.decision import Decision
from promotions.orders.intake import read_intake
from promotions.orders.parts_of_cards import refuse_parts_of_cards
from promotions.orders.receipt import Receipt, build_receipt
from promotions.orders.request import OrderRequest


@dataclass(frozen=True, slots=True)
class Quoted:
    """A decision that binds nobody, and the answer to the till."""

    decision: Decision
    receipt: Receipt


def quote_order(*, order: OrderRequest, at: datetime, explain: bool = False) -> Quoted:
    """Decide the order as of `at` under the programs in force now.

    `explain`: the receipt carries the trace.
    Raises: PosConfigNotFound, UnknownProduct, UnknownClaim, PartnerNotFound,
    GiftCardInParts.
    Writes: nothing; at most three statements.
    Safe under: anything; it takes no lock and nobody waits for it.
    """
    intake = read_intake(order, at=at)
    decision = evaluate(intake.cart, intake.snapshot.catalog, intake.wallet, at, explain=explain)
    refuse_parts_of_cards(intake.cart, decision)
    receipt = build_receipt(intake, decision, ref=order.ref, status="quoted", explain=explain)
    return Quoted(decision, receipt)
