"""Evaluate a member's level."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Protocol

from django.db import transaction

from core.db import lock_rows
from loyalty.domain.levels import Held, LevelFigure, Outcome, Verdict, decide
from loyalty.errors import PartnerNotFound
from loyalty.models import Membership, Partner
from loyalty.queries import level_paths, shop_zone
from loyalty.services.change_membership import change_membership

_INSTANT = timedelta(microseconds=1)


class Spending(Protocol):
    """Answers what a member spent: orders live in an app above this one, which gives its own."""

    def __call__(self, *, partner_id: int, since: datetime | None, until: datetime) -> Decimal:
        """Return the money spent in since <= t <= until; `since` None: from the beginning."""


@dataclass(frozen=True, slots=True)
class MembershipEvaluation:
    """What a member's level should be, the numbers that decided it, and whether it was done."""

    partner_id: int
    at: datetime
    outcome: Outcome
    from_product_id: int | None
    to_product_id: int | None
    figures: tuple[LevelFigure, ...]
    membership_stop: datetime | None
    applied: bool


def evaluate_membership(
    *, partner_id: int, spending: Spending, at: datetime, apply: bool = True
) -> MembershipEvaluation:
    """Compare what a member spent with the level paths; change, renew or end the membership.

    `spending` is asked once for each window, under the partner's lock, so that of two orders at
    once the later evaluation sees both. Raises: PartnerNotFound.
    Writes: with `apply`, loyalty_membership and what `change_membership` writes.
    Safe under: replay, as the second call finds it done; concurrency by the partner's row lock.
    """
    zone = shop_zone()
    with transaction.atomic():
        if not lock_rows(Partner.objects.filter(pk=partner_id).only("pk")):
            raise PartnerNotFound(partner_id=partner_id)
        open_one = Membership.objects.filter(partner_id=partner_id, closed_at=None).first()
        levels = level_paths()
        windows = {level.counts_from(at, zone) for level in levels}
        spent_since = {
            since: spending(partner_id=partner_id, since=since, until=at) for since in windows
        }
        held = None
        if open_one is not None:
            held = Held(open_one.membership_product_id, open_one.membership_stop)
        verdict = decide(
            levels,
            held,
            {level.path_id: spent_since[level.counts_from(at, zone)] for level in levels},
            at,
            zone,
        )
        stop = open_one.membership_stop if open_one else None
        if apply:
            stop = _apply(partner_id, open_one, verdict, at)
    return MembershipEvaluation(
        partner_id=partner_id,
        at=at,
        outcome=verdict.outcome,
        from_product_id=open_one.membership_product_id if open_one else None,
        to_product_id=verdict.product_id,
        figures=verdict.figures,
        membership_stop=stop,
        applied=apply and verdict.outcome is not Outcome.KEPT,
    )


def _apply(
    partner_id: int, held: Membership | None, verdict: Verdict, at: datetime
) -> datetime | None:
    """Do what was decided, and return when the membership now stops."""
    if verdict.outcome is Outcome.KEPT:
        return held.membership_stop if held else None
    if verdict.outcome is Outcome.RENEWED:
        return _renew(held, at)
    change = change_membership(
        partner_id=partner_id,
        membership_product_id=verdict.product_id,
        at=at,
        reason=verdict.outcome,
    )
    return change.membership_stop


def _renew(held: Membership | None, at: datetime) -> datetime | None:
    """Give the membership another term, counted from where the last one ended."""
    assert held is not None, "only what has a term is renewed"
    zone = shop_zone()
    stop = held.membership_stop
    (level,) = [one for one in level_paths() if one.product_id == held.membership_product_id][:1]
    while stop is not None and stop <= at:
        # The last day of the old term counts to the old term.
        stop = level.stops_at(stop - _INSTANT, zone)
    held.membership_stop = stop
    held.save(update_fields=["membership_stop"])
    return stop
