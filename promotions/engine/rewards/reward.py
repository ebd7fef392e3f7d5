"""What all rewards have in common."""

from __future__ import annotations

from collections.abc import Sequence
from enum import Enum
from typing import TYPE_CHECKING, ClassVar

from promotions.engine.amounts import to_e4
from promotions.engine.definition import Reward
from promotions.engine.filters import EVERYTHING, FilterNode
from promotions.engine.standing import Parts, Standing, Step

Key = tuple[int, int, int, int]
TurnKey = tuple[Key, int, int]


class Shape(Enum):
    """What the amount of a reward depends on; see certify.py.

    POOL: on the sum left of its targets, and what it leaves of that sum grows with it.
    UNITS: on each position by itself, and what it leaves of each grows with what was there.
    SET: on the positions together, unit by unit. NOTHING: it takes no money.
    """

    POOL = "pool"
    UNITS = "units"
    SET = "set"
    NOTHING = "nothing"


if TYPE_CHECKING:
    from promotions.engine.candidates import Candidate


class Turn:
    """One reward of one candidate, waiting for its place in the order of application.

    `times`: how often it is claimed, None for as often as it can be. `points`: how many points
    to use (ten-thousandths), None for all. `product`: the choice among free products. `claim`:
    index of the customer's claim, None if the engine takes the reward by itself. `work`: the nodes
    that taking it counts as in a search.
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
        "work",
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
        self.work = 1 + len(targets) // reward.positions_per_node
        self.key: TurnKey = (reward.key, candidate.source_id, product or 0)


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

    frees: ClassVar[bool] = False
    """Whether it frees units of a product, so that others find fewer."""
    shape: ClassVar[Shape] = Shape.POOL
    positions_per_node: ClassVar[int] = 100
    """Of how many positions taking it counts as one more node of a search."""

    def __init__(self, reward: Reward, stage: int, node: FilterNode = EVERYTHING) -> None:
        """Take what every reward has; `stage` is its default place in the order of application."""
        self.definition = reward
        self.id = reward.id
        self.kind = reward.reward_type
        self.key: Key = (stage, stage, 0, reward.id)
        self.required = to_e4(reward.required_points)
        self.stage = stage
        self.node = node

    @property
    def needs_choice(self) -> bool:
        """Whether the customer must say what to give."""
        return False

    def place(self, program_id: int, sequence: int | None) -> None:
        """Fix the reward's place in the order of application: sequence, stage, program, id."""
        stage = self.stage
        self.key = (stage if sequence is None else sequence, stage, program_id, self.id)

    def reach(self, turn: Turn, taken: Taken | None, standing: Standing) -> Sequence[int]:
        """Return the positions that the reward may touch if at most the programs that were taken
        before it are; `taken` is what it gave then.
        """
        return turn.targets

    def most(self, turn: Turn, start: Standing) -> int | None:
        """Return the most it can save in any company, None if that is what it saves alone."""
        return None

    def worth(self, turn: Turn, standing: Standing) -> int | None:
        """Return what it would save now where that is quickly told, else None: take it to see."""
        return None

    def take(self, turn: Turn, standing: Standing, steps: list[Step] | None) -> Taken | None:
        """Take the reward off `standing` as often as the turn says; None if it gives nothing.

        Arithmetic steps are appended to `steps` when the caller wants them.
        """
        raise NotImplementedError
