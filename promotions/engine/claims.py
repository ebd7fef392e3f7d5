"""Rewards that the customer asks for: placed on the sources of points that can pay for them."""

from __future__ import annotations

from collections.abc import Sequence

from promotions.engine.amounts import to_e4
from promotions.engine.candidates import Candidate
from promotions.engine.cart import Claim
from promotions.engine.rewards.discount import CompiledDiscount
from promotions.engine.rewards.free_product import CompiledFreeProduct
from promotions.engine.rewards.reward import CompiledReward, Turn
from promotions.engine.terms import DiscountMode, Reason

Refused = list[tuple[int, Reason]]


def place_claims(
    claims: Sequence[tuple[int, Claim]], sources: Sequence[Candidate], purses: list[int]
) -> tuple[list[Turn], Refused]:
    """Plan a turn for each claim on a source that has the points; return those refused too.

    A claim is taken once unless it says how often or how many points; one that can be paid in
    part is taken in part. The order in which claims arrive changes nothing.
    """
    refused: Refused = []
    left = {
        source: purses[source.purse] if purses[source.purse] >= 0 else None for source in sources
    }
    planned: dict[tuple[int, int, int, bool], _Plan] = {}
    for index, claim in sorted(claims, key=_canonical):
        reward = sources[0].program.reward(claim.reward_id)
        reason = _unfit(reward, claim)
        if reward is None or reason is not None:
            refused.append((index, reason or Reason.UNKNOWN))
            continue
        reason = _plan(index, claim, reward, sources, left, planned)
        if reason is not None:
            refused.append((index, reason))
    turns = [
        plan.source.plan(
            plan.reward,
            times=plan.times,
            points=plan.points,
            product=plan.product,
            claim=plan.claim,
        )
        for plan in planned.values()
    ]
    return turns, refused


class _Plan:
    """Claims of one reward on one source, together."""

    __slots__ = ("claim", "points", "product", "reward", "source", "times")

    def __init__(
        self, source: Candidate, reward: CompiledReward, product: int | None, claim: int
    ) -> None:
        self.source = source
        self.reward = reward
        self.product = product
        self.claim = claim
        self.times = 0
        self.points: int | None = None


def _plan(
    index: int,
    claim: Claim,
    reward: CompiledReward,
    sources: Sequence[Candidate],
    left: dict[Candidate, int | None],
    planned: dict[tuple[int, int, int, bool], _Plan],
) -> Reason | None:
    """Add a claim to the plans; return why it could not be, wholly or in part."""
    per_point = isinstance(reward, CompiledDiscount) and reward.mode is DiscountMode.PER_POINT
    points = None if claim.points is None else to_e4(claim.points)
    times = claim.times or 1
    if points is not None and not per_point:
        times = points // reward.required
        if not times:
            return Reason.NOT_ENOUGH_POINTS  # no more is taken than was said
    asked = points if points is not None and per_point else reward.required * times
    source = _best_source(sources, left, asked)
    purse = left[source]
    if purse is not None and purse < reward.required:
        return Reason.NOT_ENOUGH_POINTS
    plan = planned.setdefault(
        (source.source_id, reward.id, claim.product_id or 0, points is None),
        _Plan(source, reward, claim.product_id, index),
    )
    short = purse is not None and purse < asked
    if per_point:
        plan.times = plan.times + times if points is None else 1
        if points is not None:
            plan.points = (plan.points or 0) + points
            if purse is not None:
                left[source] = max(0, purse - points)
    else:
        if purse is not None and short:
            times = purse // reward.required
        plan.times += times
        if purse is not None:
            left[source] = purse - times * reward.required
    return Reason.NOT_ENOUGH_POINTS if short else None


def _best_source(
    sources: Sequence[Candidate], left: dict[Candidate, int | None], asked: int
) -> Candidate:
    """Return the first source that can pay, else the one with most points."""
    for source in sources:
        points = left[source]
        if points is None or points >= asked:
            return source
    return max(sources, key=lambda source: left[source] or 0)


def _unfit(reward: CompiledReward | None, claim: Claim) -> Reason | None:
    """Return what is wrong with a claim by itself."""
    if reward is None:
        return Reason.UNKNOWN
    if isinstance(reward, CompiledFreeProduct):
        if claim.product_id is None:
            return Reason.CHOICE_REQUIRED if reward.needs_choice else None
        if claim.product_id not in reward.products:
            return Reason.CHOICE_REQUIRED
    return None


def _canonical(entry: tuple[int, Claim]) -> tuple[int, int, int, int, int, int]:
    """Sort claims by what they say; those that leave the points open come last."""
    index, claim = entry
    points = -1 if claim.points is None else to_e4(claim.points)
    return (points < 0, claim.reward_id, claim.product_id or 0, points, claim.times or 1, index)
