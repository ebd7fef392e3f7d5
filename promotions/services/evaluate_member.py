"""Evaluate a member's level by what they spent."""

from datetime import datetime

from loyalty.services.evaluate_membership import MembershipEvaluation, evaluate_membership
from promotions.members.spending import last_order_at, spent_by


def evaluate_member(*, partner_id: int, at: datetime, apply: bool = True) -> MembershipEvaluation:
    """Compare the member's orders with the level paths; with `apply` do what follows.

    An order that is reported late is judged together with those sold after it, so as of the
    latest of them. Raises: PartnerNotFound.
    Writes: with `apply`, what `evaluate_membership` writes.
    Safe under: replay and concurrency, as `evaluate_membership` is.
    """
    latest = last_order_at(partner_id)
    return evaluate_membership(
        partner_id=partner_id,
        spending=spent_by,
        at=at if latest is None else max(at, latest),
        apply=apply,
    )
