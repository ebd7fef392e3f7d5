"""What all rewards have in common."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from promotions.engine.amounts import to_e4
from promotions.engine.definition import Reward
from promotions.engine.filters import EVERYTHING, FilterNode
from promotions.engine.standing import Parts, Standing, Step

Key = tuple[int, int, int, int]

if TYPE_CHECKING:
    from promotions.engine.candidates import Candidate


class Turn:
    """One reward of one candidate, waiting for its place in the order of application.

    `times`: how often it is claimed, None for as often as it can be. `points`: how many points
    to use (ten-thousandths), None for all. `product`: the choice among free products. `claim`:
    index of the customer's claim, None if the engine takes the reward by itself.
    """

    __slots__ = (
        "candidate",
        "claim",
        "key",
        "points",
        "product",
        "program_id",
        "purse",
        "reward",
        "targets",
        "times",
    )

    def __init__(
        self,
        candidate: Candidate,
        reward: CompiledReward,
        targets: Sequence[int],
        times: int | None = None,
        points: int | None = None,
        product: int | None = None,
        claim: int | None = None,
    ) -> None:
        """Plan a reward; turns are ordered by the reward's place, then by what pays for it."""
        self.candidate = candidate
        self.reward = reward
        self.targets = targets
        self.times = times
        self.points = points
        self.product = product
        self.claim = claim
        self.program_id = candidate.program.id
        self.purse = candidate.purse
        self.key = (reward.key, candidate.source_id, product or 0)


class Taken:
    """What a turn gave: `amount` in minor units, split over positions in `parts`.

    `cost` in points, `units` free units to add, `bonus` points for the card: ten-thousandths.
    """

    __slots__ = ("amount", "bonus", "cost", "parts", "product", "times", "turn", "units")

    def __init__(
        self,
        turn: Turn,
        amount: int,
        cost: int,
        parts: Parts,
        *,
        times: int = 1,
        units: int = 0,
        product: int = 0,
        bonus: int = 0,
    ) -> None:
        """Hold the result of one turn."""
        self.turn = turn
        self.amount = amount
        self.cost = cost
        self.parts = parts
        self.times = times
        self.units = units
        self.product = product
        self.bonus = bonus


class CompiledReward:
    """A reward with its numbers as ints and its target as a shared filter."""

    __slots__ = ("definition", "id", "key", "kind", "node", "required", "stage")

    needs_choice = False
    sums_only = False
    """Whether the amount depends on the sum left of the targets alone, and grows with it."""

    def __init__(self, reward: Reward, stage: int, node: FilterNode = EVERYTHING) -> None:
        """Take what every reward has; `stage` is its default place in the order of application."""
        self.definition = reward
        self.id = reward.id
        self.kind = reward.reward_type
        self.key: Key = (stage, stage, 0, reward.id)
        self.required = to_e4(reward.required_points)
        self.stage = stage
        self.node = node

    def place(self, program_id: int, sequence: int | None) -> None:
        """Fix the reward's place in the order of application: sequence, stage, program, id."""
        stage = self.stage
        self.key = (stage if sequence is None else sequence, stage, program_id, self.id)

    def take(self, turn: Turn, standing: Standing, steps: list[Step] | None) -> Taken | None:
        """Take the reward off `standing` as often as the turn says; None if it gives nothing.

        Arithmetic steps are appended to `steps` when the caller wants them.
        """
        raise NotImplementedError
