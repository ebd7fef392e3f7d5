"""Counting an order against the limits and budgets of the programs that it used.

Only programs with a limit or a budget are counted, so no others make orders wait for each other.
Each counter is raised by one conditional statement that says by its row count whether the
condition held: a limit holds whatever happens at the same time.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping
from decimal import Decimal

from core.db import prepared_cursor
from promotions.engine.decision import Decision
from promotions.engine.definition import Program
from promotions.models import CountedUse
from promotions.orders.records import Recorded
from promotions.orders.stale import Stale

# `held` takes the locks in the order of the counters, so that no two orders wait in a circle.
# The UPDATE then reads its condition from the rows as they are after the wait.
_COUNT_USE = """
WITH wanted AS (
  SELECT * FROM unnest(%s::bigint[], %s::int[], %s::bigint[], %s::numeric[],
                       %s::numeric[]) AS s(id, times, most, amount, budget)
), held AS MATERIALIZED (
  SELECT u.program_id FROM promotions_programusage u
  WHERE u.program_id IN (SELECT id FROM wanted)
  ORDER BY u.program_id FOR NO KEY UPDATE
)
UPDATE promotions_programusage u SET times = u.times + s.times, amount = u.amount + s.amount
FROM wanted s JOIN held ON held.program_id = s.id
WHERE u.program_id = s.id
  AND (s.most IS NULL OR u.times < s.most)
  AND (s.budget IS NULL OR u.amount + s.amount <= s.budget)
"""
_COUNT_PARTNER_USE = """
INSERT INTO promotions_partnerusage AS u (program_id, partner_id, times)
SELECT s.id, %s, 1 FROM unnest(%s::bigint[]) AS s(id) ORDER BY s.id
ON CONFLICT (partner_id, program_id) DO UPDATE SET times = u.times + 1
WHERE u.times < (SELECT s.most FROM unnest(%s::bigint[], %s::bigint[]) AS s(id, most)
                 WHERE s.id = u.program_id)
"""


def used_programs(decision: Decision) -> dict[int, Decimal]:
    """Return what each program used by the order gave in money, by program id."""
    given: dict[int, Decimal] = defaultdict(Decimal)
    for reward in decision.rewards:
        given[reward.program_id] += reward.amount
    for payment in decision.payments:
        given[payment.program_id] += payment.amount
    for free in decision.free_items:
        given[free.program_id] += 0
    for coupon in decision.coupons_to_issue:
        given[coupon.program_id] += 0
    for points in decision.points:
        if points.earned:
            given[points.program_id] += 0
    for referral in decision.referrals:
        given[referral.program_id] += 0
    return dict(given)


def counted_programs(decision: Decision, programs: Mapping[int, Program]) -> set[int]:
    """Return the programs that the order is one more use of.

    Spending a coupon or a card that an earlier order made or bought is none: that order was
    counted (see `Program.keeps_its_word`).
    """
    counted = {coupon.program_id for coupon in decision.coupons_to_issue}
    counted.update(points.program_id for points in decision.points if points.earned)
    counted.update(referral.program_id for referral in decision.referrals)
    for reward in decision.rewards:
        if reward.coupon_id is None or not programs[reward.program_id].keeps_its_word:
            counted.add(reward.program_id)
    return counted


def count_uses(order: Recorded, decision: Decision, programs: Mapping[int, Program]) -> None:
    """Count the order against the limits and budgets of the programs that have any.

    Writes: promotions_programusage, promotions_partnerusage, promotions_counteduse.
    Raises: Stale if a limit or a budget was reached meanwhile.
    """
    used = used_programs(decision)
    totals = [programs[one] for one in sorted(used) if _has_total_limit(programs[one])]
    by_partner = [programs[one] for one in sorted(used) if programs[one].limit_per_partner]
    if not (totals or by_partner):
        return
    once_more = counted_programs(decision, programs)
    by_partner = [one for one in by_partner if one.id in once_more]
    if totals:
        _count_totals(totals, used, once_more)
    if by_partner and order.partner_id is not None:
        _count_for_partner(by_partner, order.partner_id)
    of_partner = {one.id for one in by_partner}
    counted = {one.id: one for one in (*totals, *by_partner)}
    if counted:
        CountedUse.objects.bulk_create(
            CountedUse(
                order_id=order.id,
                program_id=key,
                partner_id=order.partner_id if key in of_partner else None,
                total=_has_total_limit(one),
                times=int(key in once_more),
                amount=used[key],
            )
            for key, one in counted.items()
        )


def _count_totals(
    limited: list[Program], used: Mapping[int, Decimal], once_more: Collection[int]
) -> None:
    with prepared_cursor() as cursor:
        cursor.execute(
            _COUNT_USE,
            (
                [one.id for one in limited],
                [int(one.id in once_more) for one in limited],
                [one.limit_usage if one.id in once_more else None for one in limited],
                [used[one.id] for one in limited],
                [one.budget for one in limited],
            ),
        )
        if cursor.rowcount != len(limited):
            raise Stale


def _count_for_partner(limited: list[Program], partner_id: int) -> None:
    keys = [one.id for one in limited]
    most = [one.limit_per_partner for one in limited]
    with prepared_cursor() as cursor:
        cursor.execute(_COUNT_PARTNER_USE, (partner_id, keys, keys, most))
        if cursor.rowcount != len(limited):
            raise Stale


def _has_total_limit(program: Program) -> bool:
    return program.limit_usage is not None or program.budget is not None
