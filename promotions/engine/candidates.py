"""From programs to candidates: who could give what, paid from which points."""

from __future__ import annotations

from collections.abc import Sequence

from promotions.engine.amounts import E4
from promotions.engine.compiled import CompiledProgram, CompiledRule
from promotions.engine.filters import Matcher
from promotions.engine.points import gross_points, points_of
from promotions.engine.rewards.reward import CompiledReward, Turn, TurnKey
from promotions.engine.standing import Standing
from promotions.engine.wallet import CardFacts, CouponFacts


class Candidate:
    """A program with one source of points: this order's, a coupon's, or a card's.

    It is taken or left as a whole. `groups` is a bit mask: of the candidates that share a bit,
    one at most is taken. `purse` is its index among the purses of the standing. `rules` are
    those that pass; when the points come from a coupon they are conditions only. `by_code`: a
    coupon, or a code that was entered, set it in motion. `keys` are those of its turns, as
    planned. Turns know their candidate and not the other way round, so that what an evaluation
    made is gone when it is over, without the garbage collector.
    """

    __slots__ = (
        "by_code",
        "card",
        "coupon",
        "exclusive",
        "groups",
        "keys",
        "matcher",
        "program",
        "purse",
        "rules",
        "source_id",
    )

    def __init__(
        self,
        program: CompiledProgram,
        matcher: Matcher,
        rules: Sequence[CompiledRule],
        purse: int,
        *,
        coupon: CouponFacts | None = None,
        card: CardFacts | None = None,
    ) -> None:
        """Start without turns."""
        self.program = program
        self.matcher = matcher
        self.rules = rules
        self.purse = purse
        self.coupon = coupon
        self.card = card
        self.source_id = coupon.id if coupon is not None else 0
        self.by_code = coupon is not None or any(rule.code is not None for rule in rules)
        self.exclusive = program.exclusive
        self.groups = 0
        self.keys: list[TurnKey] = []

    def twin(self, groups: int) -> Candidate:
        """Return an alternative to this one, paid from the same points."""
        twin = Candidate(self.program, self.matcher, self.rules, self.purse, coupon=self.coupon)
        twin.groups = groups
        return twin

    def plan(
        self,
        reward: CompiledReward,
        times: int | None = None,
        points: int | None = None,
        product: int | None = None,
        claim: int | None = None,
    ) -> Turn:
        """Plan to take a reward."""
        targets = self.matcher.positions(reward.node)
        turn = Turn(self, reward, targets, times, points, product, claim)
        self.keys.append(turn.key)
        return turn

    @property
    def later(self) -> frozenset[Candidate]:
        """Return itself if it has more than one turn, so that leaving it out must be kept."""
        return frozenset() if len(self.keys) == 1 else frozenset((self,))

    def points_now(self, standing: Standing) -> int:
        """Return the points of this order, money counted as what is left at this moment."""
        total = 0
        left, basket = standing.left, standing.basket
        for rule in self.rules:
            positions = self.matcher.positions(rule.node)
            _, qty = self.matcher.totals(rule.node)
            net = sum([left[one] for one in positions]) + self.matcher.adjustment(rule.node)
            total += points_of(rule, net, qty, basket.scale, self.program.point_unit)
        return total

    def points_lost(self, product: int, freed: int) -> int:
        """Return the points that are gone when `freed` units of a product are given free.

        A unit that pays is not itself free: units given free make no points, and do not count
        towards the least quantity of a rule. For a coupon or a condition that no longer holds,
        all points are gone.
        """
        if not freed or not self.rules:
            return 0
        lost = 0
        still = False
        for rule in self.rules:
            gone = self._rule_loses(rule, product, freed)
            if gone is None:
                still = True
            else:
                lost += gone[0]
                still = still or gone[1]
        if self.coupon is not None:
            return 0 if still else 1 << 60
        return lost

    def _rule_loses(self, rule: CompiledRule, product: int, freed: int) -> tuple[int, bool] | None:
        """Return (points lost, whether the rule still passes); None if it is not concerned."""
        basket = self.matcher.basket
        here = basket.of_product.get(product, ())
        if not here or here[0] not in self.matcher.positions(rule.node):
            return None
        _, qty = self.matcher.totals(rule.node)
        if qty - freed < rule.min_qty:
            return gross_points((rule,), self.matcher, self.program.point_unit), False
        if rule.per_unit:
            return -(-rule.amount * freed // E4), True
        if not rule.per_order:
            return rule.amount * basket.price[here[-1]] * freed // (E4 * E4), True
        return 0, True
