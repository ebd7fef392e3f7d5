"""The answer to a till for what was read from the database."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.utils.translation import get_language

from promotions.descriptions import describe_reward
from promotions.engine.answer import Names, write_answer
from promotions.engine.decision import Decision
from promotions.orders.intake import Intake

if TYPE_CHECKING:
    from promotions.offline.charge import Charge

Receipt = dict[str, Any]


def build_receipt(
    intake: Intake,
    decision: Decision,
    *,
    ref: str | None,
    status: str,
    explain: bool = False,
    charge: Charge | None = None,
) -> Receipt:
    """Return the JSON answer for a decision; `status` is `quoted` or an order's status.

    `charge`: the till had charged already; then it also says how that differs from what was
    decided.
    """
    programs = intake.snapshot.catalog.programs
    language = get_language()
    currency = decision.currency

    def describe(program_id: int, reward_id: int) -> str:
        return describe_reward(programs[program_id], reward_id, currency, language)

    cards = (*intake.loyalty.cards, *intake.loyalty.cards_by_code.values())
    names = Names(
        programs=programs,
        points_refs=intake.snapshot.points_refs,
        card_codes={card.id: card.code for card in cards},
        describe=describe,
    )
    receipt = write_answer(intake.cart, decision, names, ref=ref, status=status, explain=explain)
    if charge is not None:
        receipt["charge"] = _compared(charge)
    return receipt


def _compared(charge: Charge) -> Receipt:
    return {
        "charged_total": str(charge.charged.total),
        "decided_total": str(charge.decided_total),
        "difference": str(charge.charged.total - charge.decided_total),
        "programs_left_out": list(charge.left_out),
    }
