"""One evaluation opened up, for tests of what no Decision tells: bounds, budgets, running state."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from promotions.engine.cart import Cart
from promotions.engine.case import Case
from promotions.engine.catalog import Catalog
from promotions.engine.combine import Combination, in_order, take_all, take_turn
from promotions.engine.definition import Program
from promotions.engine.propose import Proposal
from promotions.engine.rewards.reward import Taken, Turn
from promotions.engine.standing import Standing
from promotions.engine.wallet import EMPTY_WALLET, Wallet
from tests.promotions.engine.shop import NOON


@dataclass
class Opened:
    """What an evaluation holds before anything is taken; `turns` in the order of application."""

    case: Case
    proposal: Proposal
    start: Standing
    turns: list[Turn]

    def take(self, place: int = 0, standing: Standing | None = None) -> Taken | None:
        """Let one turn take its reward off a standing, or off the start."""
        return take_turn(self.turns[place], self.start if standing is None else standing)

    def take_all(self) -> Combination:
        """Let all turns take, on a copy of the start."""
        chosen = frozenset(self.proposal.candidates)
        return take_all(self.turns, chosen, self.start)


def opened(
    the_cart: Cart, programs: Program | Iterable[Program], wallet: Wallet = EMPTY_WALLET
) -> Opened:
    programs = (programs,) if isinstance(programs, Program) else programs
    case = Case(the_cart, Catalog.build(programs, 1), wallet, NOON)
    proposal = Proposal(case)
    start = Standing(case.basket, proposal.purses, proposal.budgets)
    return Opened(case, proposal, start, in_order(proposal.turns(), proposal.candidates))
