"""Codes and limits after a return: they come back when nothing of the reward is left."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from decimal import Decimal

from django.db.models import F

from promotions.models import AppliedReward, Coupon, Order, PartnerUsage, ProgramUsage
from promotions.orders.receipt import Receipt


def revive_codes_and_uses(
    order: Order, gone: Collection[int], *, everything: bool, at: datetime
) -> list[Receipt]:
    """Give back coupons and uses of the programs of which nothing is left, each once.

    `everything`: the whole order is back, so coupons it issued are withdrawn; one that was
    already used cannot be, and is named. Returns the coupons as the answer lists them.
    Writes: appliedreward, coupon, programusage, partnerusage.
    """
    rewards = list(
        order.rewards.filter(program_id__in=gone, given_back_at__isnull=True).select_related(
            "coupon"
        )
    )
    answered = []
    for reward in rewards:
        if reward.coupon is not None:
            Coupon.objects.filter(pk=reward.coupon.pk).update(
                points=F("points") + reward.points_cost
            )
            answered.append({"code": reward.coupon.code, "what": "revived"})
    AppliedReward.objects.filter(pk__in=[one.pk for one in rewards]).update(given_back_at=at)
    _give_back_uses(order, rewards)
    if everything:
        answered += _withdraw_issued(order, at=at)
    return answered


def _give_back_uses(order: Order, rewards: list[AppliedReward]) -> None:
    """Count each program's use back once, with all the money its rewards gave."""
    given: dict[int, Decimal] = {}
    for reward in rewards:
        given[reward.program_id] = given.get(reward.program_id, Decimal(0)) + reward.amount
    for program_id in sorted(given):
        ProgramUsage.objects.filter(pk=program_id, times__gt=0).update(
            times=F("times") - 1, amount=F("amount") - given[program_id]
        )
        if order.partner_id is not None:
            PartnerUsage.objects.filter(
                program_id=program_id, partner_id=order.partner_id, times__gt=0
            ).update(times=F("times") - 1)


def _withdraw_issued(order: Order, *, at: datetime) -> list[Receipt]:
    """Withdraw the coupons the order issued; those already used are named, not touched."""
    issued = order.coupons_issued.filter(withdrawn_at__isnull=True)
    unused = issued.filter(points=F("initial_points"))
    codes = list(unused.values_list("code", flat=True))
    used = list(issued.exclude(points=F("initial_points")).values_list("code", flat=True))
    unused.update(withdrawn_at=at)
    return [{"code": code, "what": "withdrawn"} for code in codes] + [
        {"code": code, "what": "already_used"} for code in used
    ]
