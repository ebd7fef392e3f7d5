"""Evaluate all members whose period ends."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from django.db import OperationalError

from core.db import refusal_of
from core.errors import Busy
from loyalty.queries import partners_whose_term_ends
from promotions.services.evaluate_member import evaluate_member

_BATCH = 500


@dataclass(frozen=True, slots=True)
class MembershipsEvaluated:
    """How many members were evaluated, and with which outcome. `busy`: left for the next run."""

    evaluated: int
    outcomes: Mapping[str, int]
    busy: int


def evaluate_memberships(*, at: datetime) -> MembershipsEvaluated:
    """Evaluate every member whose term is over: renewed, lowered, ended, or still in grace.

    Each in a transaction of its own, so a run that was cut off is gone on with by the next one.
    Raises: nothing of its own.
    Writes: what `evaluate_member` writes.
    Safe under: replay, as what was done no longer matches; concurrency by the partners' row locks.
    """
    outcomes: Counter[str] = Counter()
    busy = 0
    last = 0
    while batch := partners_whose_term_ends(at, after=last, limit=_BATCH):
        for partner_id in batch:
            try:
                outcomes[evaluate_member(partner_id=partner_id, at=at).outcome.value] += 1
            except OperationalError as error:
                if not isinstance(refusal_of(error), Busy):
                    raise
                busy += 1
        last = batch[-1]
    return MembershipsEvaluated(outcomes.total(), dict(outcomes), busy)
