"""Codes, limits and referrals after a return: they come back when nothing of the reward is left."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from django.db import connection
from django.db.models import F

from promotions.models import AppliedReward, CountedUse, Coupon, Order, PartnerUsage, Referral
from promotions.orders.receipt import Receipt

_WITHDRAW = """
UPDATE promotions_coupon SET withdrawn_at = %s
WHERE issued_by_id = %s AND program_id = ANY(%s) AND withdrawn_at IS NULL
  AND NOT EXISTS (SELECT 1 FROM promotions_referral r WHERE r.coupon_id = promotions_coupon.id)
RETURNING id, code, points, initial_points
"""
# One statement in the order of the counters, so that two returns never wait for each other.
_GIVE_BACK_TOTAL = """
WITH back AS (
  SELECT one.program_id, one.times, one.amount
  FROM promotions_counteduse one
  WHERE one.id = ANY(%s) AND one.total
), held AS MATERIALIZED (
  SELECT u.program_id FROM promotions_programusage u
  WHERE u.program_id IN (SELECT program_id FROM back)
  ORDER BY u.program_id FOR NO KEY UPDATE
)
UPDATE promotions_programusage u
SET times = u.times - back.times, amount = u.amount - back.amount
FROM back JOIN held USING (program_id) WHERE u.program_id = back.program_id
"""


def revive_codes_and_uses(order: Order, gone: Collection[int], *, at: datetime) -> list[Receipt]:
    """Give back coupons and uses of the programs of which nothing is left, each once.

    Coupons that the order made are withdrawn: nobody can use them from now on. One that was used
    is named; what it gave stays. Returns the coupons as the answer lists them.
    Writes: appliedreward, coupon, counteduse, programusage, partnerusage.
    """
    answered = _revive_coupons(order, gone, at=at)
    answered += _withdraw_issued(order, gone, at=at)
    _give_back_uses(order, gone, at=at)
    return answered


def withdraw_referrals(order: Order, gone: Collection[int], *, at: datetime) -> list[Receipt]:
    """End the referrals that the order stood for, when nothing of their program is left.

    One that waits is never rewarded. Points are taken back by the plan of the return; here a
    coupon is. Returns what became of each, without naming the referrer's card or coupon.
    Writes: referral, coupon.
    """
    ended = list(
        Referral.objects.select_for_update(of=("self",))
        .filter(order=order, program_id__in=gone)
        .exclude(status="withdrawn")
        .select_related("coupon", "points_moved")
        .order_by("pk")
    )
    answered = []
    for one in ended:
        answered.append({"program": one.program_id, "what": _what_became_of(one)})
        if one.coupon_id is not None:
            Coupon.objects.filter(pk=one.coupon_id).update(withdrawn_at=at)
    Referral.objects.filter(pk__in=[one.pk for one in ended]).update(
        status="withdrawn", closed_at=at
    )
    return answered


def _what_became_of(one: Referral) -> str:
    """Return `withdrawn`, or how much of the reward had been used and could not be taken back."""
    if one.points_moved is not None:
        left, whole = one.points_moved.undone, one.points_moved.points
    elif one.coupon is not None:
        left, whole = one.coupon.points, one.coupon.initial_points
    else:
        return "withdrawn"
    return _how_used(left, whole)


def _revive_coupons(order: Order, gone: Collection[int], *, at: datetime) -> list[Receipt]:
    rewards = list(
        order.rewards.filter(program_id__in=gone, given_back_at__isnull=True)
        .select_related("coupon")
        .order_by("coupon_id", "pk")
    )
    answered = []
    for reward in rewards:
        if reward.coupon is not None:
            Coupon.objects.filter(pk=reward.coupon.pk).update(
                points=F("points") + reward.points_cost
            )
            # It may be withdrawn, as the order that made it came back; then it stays so.
            what = "revived" if reward.coupon.withdrawn_at is None else "withdrawn"
            answered.append({"code": reward.coupon.code, "what": what})
    AppliedReward.objects.filter(pk__in=[one.pk for one in rewards]).update(given_back_at=at)
    return answered


def _withdraw_issued(order: Order, gone: Collection[int], *, at: datetime) -> list[Receipt]:
    """Withdraw the coupons that the order made; what is left of one that was used too."""
    with connection.cursor() as cursor:
        cursor.execute(_WITHDRAW, (at, order.pk, list(gone)))
        rows = sorted(cursor.fetchall())
    return [{"code": code, "what": _how_used(points, initial)} for _, code, points, initial in rows]


def _how_used(left: object, whole: object) -> str:
    return "withdrawn" if left == whole else "partly_used" if left else "already_used"


def _give_back_uses(order: Order, gone: Collection[int], *, at: datetime) -> None:
    """Uncount the order from the limits it was counted against, with the money it gave."""
    counted = CountedUse.objects.filter(
        order=order, program_id__in=gone, given_back_at__isnull=True
    )
    keys = [(one.pk, one.program_id, one.partner_id) for one in counted.order_by("program_id")]
    if not keys:
        return
    CountedUse.objects.filter(pk__in=[key for key, _, _ in keys]).update(given_back_at=at)
    with connection.cursor() as cursor:
        cursor.execute(_GIVE_BACK_TOTAL, ([key for key, _, _ in keys],))
    for _, program_id, partner_id in keys:
        if partner_id is not None:
            PartnerUsage.objects.filter(program_id=program_id, partner_id=partner_id).update(
                times=F("times") - 1
            )
