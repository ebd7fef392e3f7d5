"""The search for the best admissible combination, exact within a budget of nodes.

Candidates that exclude nothing are taken; certify.py says when that is certain to be best, and
which of them to try without (refine.py). Where candidates exclude each other every choice is
tried (choices.py). A node is one turn taken, or
more than one if its reward looks at many positions. When the budget is used up the best combination
found so far stands, never worse than the greedy one, and the decision says that it is not
certainly the best.
"""

from __future__ import annotations

from collections.abc import Sequence

from promotions.engine.candidates import Candidate
from promotions.engine.certify import is_wild
from promotions.engine.choices import Choices
from promotions.engine.combine import Combination, Effort, in_order, take_all
from promotions.engine.refine import Refiner
from promotions.engine.rewards.reward import Turn
from promotions.engine.standing import Standing

MOST_WILD = 12
"""Up to so many candidates that depend on one another, every combination of them is tried."""


def best_combination(
    candidates: list[Candidate],
    turns: Sequence[Turn],
    start: Standing,
    effort: Effort | None = None,
) -> Combination:
    """Return the best admissible combination of the candidates; `turns` are theirs.

    `effort`: what was spent before, where several searches share one budget.
    """
    together = frozenset([one for one in candidates if not one.exclusive])
    best = _search(together, in_order(turns, together), start, effort or Effort())
    certain = best.optimal
    if len(together) < len(candidates):
        own: dict[Candidate, list[Turn]] = {}
        for turn in in_order(turns, frozenset(candidates) - together):
            own.setdefault(turn.candidate, []).append(turn)
        for one in candidates:
            if one.exclusive:
                alone = _search(frozenset((one,)), own.get(one, []), start, effort or Effort())
                certain = certain and alone.optimal
                if alone.beats(best):
                    best = alone
    best.optimal = certain
    return best


def _search(
    candidates: frozenset[Candidate], turns: Sequence[Turn], start: Standing, effort: Effort
) -> Combination:
    """Return the best combination of candidates that do not exclude each other altogether.

    `turns`: theirs, in the order of application.
    """
    wild = len(turns) > 1 and is_wild(turns, start)
    optional = _optional(candidates, effort, wild=wild)
    refiner = Refiner(turns, start, effort, wild=wild)
    if optional:
        best = Choices(turns, optional, refiner, effort).best_of_all(start)
    else:
        best = refiner.refined(take_all(turns, candidates, start))
    best.optimal = effort.certain
    return best


def _optional(
    candidates: frozenset[Candidate], effort: Effort, *, wild: bool
) -> frozenset[Candidate]:
    """Return the candidates that there is a choice about."""
    if wild:
        if len(candidates) <= MOST_WILD:
            return candidates
        effort.certain = False
    once = twice = 0
    for one in candidates:
        if one.groups:
            twice |= once & one.groups
            once |= one.groups
    if not twice:
        return frozenset()
    return frozenset([one for one in candidates if one.groups & twice])
