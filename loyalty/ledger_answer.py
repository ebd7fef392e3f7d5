"""What the ledger's database functions answer, and what that means to the caller."""

from __future__ import annotations

import logging
from decimal import Decimal
from typing import NamedTuple

import psycopg
from django.db import DatabaseError

from access.errors import IdempotencyKeyReused
from core.errors import PunchcardError
from loyalty import errors
from loyalty.domain.points import PointsMoved, PointsTransferred

logger = logging.getLogger(__name__)


class Answer(NamedTuple):
    """A row of the type ledger_result."""

    outcome: str
    operation_id: int
    card_id: int
    kind: str
    requested: Decimal
    points: Decimal
    expired: Decimal
    balance_before: Decimal
    balance_after: Decimal
    replayed: bool
    required: Decimal | None
    available: Decimal | None
    terms: str | None

    @classmethod
    def parse(cls, row: str) -> Answer:
        """Read such a row as PostgreSQL writes one: no part holds a comma, a quote or a space.

        The database is asked for the row and not for its columns, as taking it apart there
        costs more than the whole of this.
        """
        (outcome, operation, card, kind, requested, points, expired, before, after, replayed,
         required, available, terms) = row[1:-1].split(",")  # fmt: skip
        return cls(
            outcome=outcome,
            operation_id=int(operation or 0),
            card_id=int(card or 0),
            kind=kind,
            requested=Decimal(requested or 0),
            points=Decimal(points or 0),
            expired=Decimal(expired or 0),
            balance_before=Decimal(before or 0),
            balance_after=Decimal(after or 0),
            replayed=replayed == "t",
            required=Decimal(required) if required else None,
            available=Decimal(available) if available else None,
            terms=terms or None,
        )


def result_of(answer: Answer, about: dict[str, object], key: str) -> PointsMoved:
    """Return what was done, or raise what was refused."""
    if answer.outcome == "done":
        return PointsMoved(
            operation_id=answer.operation_id,
            card_id=answer.card_id,
            kind=answer.kind,
            points=answer.points,
            balance_before=answer.balance_before,
            balance_after=answer.balance_after,
            expired=answer.expired,
            replayed=answer.replayed,
            requested=answer.requested,
        )
    raise _refusal(answer, about, key)


def transferred(rows: list[str], about: tuple[int, int], key: str) -> PointsTransferred:
    """Return both sides of a transfer between these two cards, or raise what was refused."""
    first, *rest = map(Answer.parse, rows)
    if first.outcome != "done":
        if first.outcome == "cards_of_different_kinds":
            raise errors.CardsOfDifferentKinds(card_id=about[0], other_card_id=about[1])
        raise _refusal(first, {"card_id": first.card_id}, key)
    (second,) = rest
    return PointsTransferred(result_of(first, {}, key), result_of(second, {}, key))


def refused_by_the_ledger(error: DatabaseError) -> Exception:
    """Return what the caller is told of an error of the database: itself, or a refusal.

    A card whose lots do not add up to its balance is a fault that staff must see to, and still no
    reason to leave a till without a word.
    """
    if not isinstance(error.__cause__, psycopg.errors.DataCorrupted):
        return error
    logger.error("%s", error)
    return errors.CardDoesNotAddUp()


def _refusal(answer: Answer, about: dict[str, object], key: str) -> PunchcardError:
    match answer.outcome:
        case "card_not_found":
            return errors.CardNotFound(**about)
        case "point_operation_not_found":
            return errors.PointOperationNotFound(**about)
        case "idempotency_key_reused":
            return IdempotencyKeyReused(idempotency_key=key)
        case "insufficient_points":
            return errors.InsufficientPoints(
                required=answer.required, available=answer.available, **about
            )
        case "card_inactive":
            return errors.CardInactive(**about)
        case "card_expired":
            return errors.CardExpired(**about)
        case "points_too_precise":
            decimals = None if answer.available is None else int(answer.available)
            return errors.PointsTooPrecise(decimals=decimals, **about)
        case "point_operation_not_reversible":
            return errors.PointOperationNotReversible(**about)
        case "reversal_exceeds_operation":
            return errors.ReversalExceedsOperation(
                requested=answer.required, reversible=answer.available, **about
            )
    raise ValueError(f"the ledger answered {answer.outcome}, which nobody knows")
