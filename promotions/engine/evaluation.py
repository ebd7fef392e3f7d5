"""The one function that decides."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime

from promotions.engine.cart import Cart, Claim
from promotions.engine.case import Case
from promotions.engine.catalog import Catalog
from promotions.engine.combine import Combination, Effort
from promotions.engine.decision import Decision
from promotions.engine.outcome import Outcome
from promotions.engine.payments import pay
from promotions.engine.propose import Proposal
from promotions.engine.report import write_decision
from promotions.engine.rewards.discount import CompiledDiscount
from promotions.engine.rewards.reward import CompiledReward, Turn
from promotions.engine.search import best_combination
from promotions.engine.settle import Earnings, overdrawn
from promotions.engine.standing import Standing
from promotions.engine.terms import DiscountMode, Reason
from promotions.engine.wallet import Wallet


def evaluate(
    cart: Cart,
    catalog: Catalog,
    wallet: Wallet,
    now: datetime,
    *,
    explain: bool = False,
    also: Collection[int] = (),
) -> Decision:
    """Decide what a cart costs and what its customer gains.

    The same arguments always give the same Decision, whatever the order of lines, codes and
    programs. `now` is aware. With `explain` the Decision carries the trace. `also`: ids of
    programs to explain although nothing in the cart leads to them.
    """
    case = Case(cart, catalog, wallet, now, also)
    proposal = Proposal(case)
    start = Standing(case.basket, proposal.purses, proposal.budgets)
    found, earned = _best_affordable(case, proposal, start)
    payments = pay(case, proposal, found)
    outcome = Outcome(case, proposal, start, found, earned, payments)
    return write_decision(outcome, explain=explain)


def _best_affordable(
    case: Case, proposal: Proposal, start: Standing
) -> tuple[Combination, Earnings]:
    """Return the best combination whose claims the cards can pay for.

    What an order earns is known only when all discounts are. A point reward that then gives no
    point is left out, so that it uses up no code, no limit and no points; and if claims spent
    more points of this same order than it makes, the last claim on that card is cut back.
    """
    found = best_combination(proposal.candidates, proposal.turns(), start)
    earned = Earnings(case, proposal, found)
    effort = Effort()  # one budget for all searches that this takes
    while True:
        if earned.idle:
            _leave_out(earned.idle, case, proposal)
            found = best_combination(proposal.candidates, proposal.turns(), start, effort)
            earned = Earnings(case, proposal, found)
            continue
        purse = overdrawn(case, proposal, found, earned)
        if purse is None:
            return found, earned
        turn = max(
            (taken.turn for taken in found.taken if taken.turn.purse == purse),
            key=lambda turn: turn.key,
        )
        found, earned = _cut_back(turn, case, proposal, start, found, effort)


def _leave_out(turns: Sequence[Turn], case: Case, proposal: Proposal) -> None:
    """Take rewards that give nothing out of the plan, and say so where they were claimed."""
    reason = Reason.NOTHING_TO_DISCOUNT
    if case.cart.partner_id is None:
        reason = Reason.CUSTOMER_REQUIRED
    for turn in turns:
        proposal.drop(turn)
        if turn.claim is not None:
            proposal.refuse([(turn.claim, case.cart.claims[turn.claim])], reason)


def _cut_back(
    turn: Turn,
    case: Case,
    proposal: Proposal,
    start: Standing,
    found: Combination,
    effort: Effort,
) -> tuple[Combination, Earnings]:
    """Cut one claim back to the most that its card can pay for, found by halving."""
    assert turn.claim is not None  # nothing is paid from a card unless it is claimed
    claim = case.cart.claims[turn.claim]
    required, asked = turn.reward.required, turn.times or 1
    spent = sum(taken.cost for taken in found.taken if taken.turn is turn)
    low, high = 0, -(-spent // required) - 1
    while low < high:
        most = (low + high + 1) // 2
        _limit(turn, most, asked)
        found = best_combination(proposal.candidates, proposal.turns(), start, effort)
        if overdrawn(case, proposal, found, Earnings(case, proposal, found)) == turn.purse:
            high = most - 1
        else:
            low = most
    _limit(turn, low, asked)
    if not low:
        proposal.drop(turn)
    if not (low and _is_open(turn.reward, claim)):
        proposal.refuse([(turn.claim, claim)], Reason.NOT_ENOUGH_POINTS)
    found = best_combination(proposal.candidates, proposal.turns(), start, effort)
    # Leaving out a discount might let the order earn the points that the claim lacks.
    if any(one.purse != turn.purse for one in proposal.candidates):
        found.optimal = False
    return found, Earnings(case, proposal, found)


def _is_open(reward: CompiledReward, claim: Claim) -> bool:
    """Tell whether a claim leaves open how many points to use, so that fewer are no refusal."""
    per_point = isinstance(reward, CompiledDiscount) and reward.mode is DiscountMode.PER_POINT
    return per_point and claim.points is None


def _limit(turn: Turn, multiples: int, asked: int) -> None:
    """Let a turn that is claimed so many times use at most so many times its required points."""
    turn.points = multiples * turn.reward.required
    turn.times = min(asked, multiples)
