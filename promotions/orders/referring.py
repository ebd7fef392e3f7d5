"""Referrals that an order makes: noted in its transaction, rewarded when they are due."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta

from promotions.engine.decision import Decision
from promotions.engine.definition import Program
from promotions.models import Referral
from promotions.orders.records import Recorded


def record_referrals(
    order: Recorded, decision: Decision, programs: Mapping[int, Program], *, at: datetime
) -> None:
    """Note who brought the customer and what they get for it, and when.

    Writes: promotions_referral. Raises: IntegrityError (`one_referral_per_friend`) if another
    order of the same new customer was faster.
    """
    if not decision.referrals or order.partner_id is None:
        return
    Referral.objects.bulk_create(
        Referral(
            program_id=one.program_id,
            order_id=order.id,
            referrer_id=one.referrer_id,
            friend_id=order.partner_id,
            referred_at=at,
            due_at=at + timedelta(days=programs[one.program_id].pending_days),
            loyalty_program_id=one.loyalty_program_id,
            card_points=one.card_points,
            coupon_points=one.coupon_points,
        )
        for one in decision.referrals
    )
