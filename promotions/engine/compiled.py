"""A program made ready: numbers as ints, filters as shared nodes, switches read once."""

from __future__ import annotations

from collections.abc import Callable

from core.codes import normalise
from promotions.engine.amounts import to_e4
from promotions.engine.definition import Discount, ProductFilter, Program, Reward, Rule
from promotions.engine.filters import FilterNode
from promotions.engine.rewards.bonus_points import CompiledBonusPoints
from promotions.engine.rewards.discount import CheapestDiscount, LinesDiscount
from promotions.engine.rewards.free_product import CompiledFreeProduct
from promotions.engine.rewards.reward import CompiledReward
from promotions.engine.rewards.special_price import CompiledSpecialPrice
from promotions.engine.rewards.special_set import CompiledSpecialSet
from promotions.engine.rewards.steps import CompiledSteps
from promotions.engine.terms import (
    AppliesOn,
    AppliesTo,
    DiscountMode,
    PointMode,
    ProgramType,
    RewardType,
    Stacking,
    Trigger,
)

Intern = Callable[[ProductFilter], FilterNode]

# The stages of engine.md, section 5: the default place of a reward in the order of application.
_SET_PRICE = 10
_FREE_PRODUCT = 20
_LINES = 30
_ORDER = {DiscountMode.PERCENT: 40, DiscountMode.FIXED: 50, DiscountMode.PER_POINT: 60}
_ORDER_STEPS = 40
_BONUS_POINTS = 70


class CompiledRule:
    """A rule. `starts`: it makes points by itself, once its `code`, if it has one, was entered."""

    __slots__ = (
        "amount",
        "code",
        "definition",
        "membership",
        "min_amount",
        "min_qty",
        "mode",
        "node",
        "per_order",
        "per_unit",
        "starts",
    )

    def __init__(self, rule: Rule, *, auto: bool, intern: Intern) -> None:
        """`auto`: the program needs no code."""
        self.definition = rule
        self.code = None if rule.code is None else normalise(rule.code)
        self.membership = rule.membership
        self.min_amount = to_e4(rule.minimum_amount)
        self.min_qty = to_e4(rule.minimum_qty)
        self.mode = rule.reward_point_mode
        self.per_order = self.mode is PointMode.ORDER
        self.per_unit = self.mode is PointMode.UNIT
        self.amount = to_e4(rule.reward_point_amount)
        self.node = intern(rule.filter)
        self.starts = auto or self.code is not None


class CompiledProgram:
    """A program version.

    `gives_now`: its points are spent on the order that makes them. `on_card`: they are kept on
    the partner's card and may be spent at once. `issues`: they are put on a coupon for later.
    `own_rewards`: those for the customer of the order; `sole_reward`: the only one of them, if it
    needs no choice; `only_points`: none of them is anything but points for the customer's card.
    `behind_code`: without a code nothing happens. `scoped`: there is a date, place, window or
    currency to check; `limited`: a use count or a budget.
    `point_unit`: the smallest part of a point, in ten-thousandths. `plain`: what passing rules
    make of this order pays for one reward, taken without being asked for: most programs.
    """

    __slots__ = (
        "behind_code",
        "counts_money",
        "definition",
        "exclusive",
        "gives_now",
        "group",
        "id",
        "is_gift_card",
        "is_payment",
        "is_referral",
        "issues",
        "limited",
        "loyalty_program_id",
        "on_card",
        "only_points",
        "own_rewards",
        "plain",
        "point_unit",
        "rewards",
        "rules",
        "scoped",
        "sole_reward",
        "version_id",
    )

    def __init__(self, program: Program, intern: Intern) -> None:
        """Compile a published version."""
        self.definition = program
        self.id = program.id
        self.loyalty_program_id = program.loyalty_program_id
        self.is_payment = program.is_payment
        self.is_gift_card = program.program_type is ProgramType.GIFT_CARD
        self.is_referral = program.program_type is ProgramType.REFERRAL
        keeps = not program.is_payment and not self.is_referral
        self.gives_now = keeps and program.applies_on is AppliesOn.CURRENT
        self.on_card = (
            keeps
            and program.applies_on is AppliesOn.BOTH
            and program.loyalty_program_id is not None
        )
        self.issues = keeps and program.applies_on is AppliesOn.FUTURE
        self.exclusive = program.stacking is Stacking.EXCLUSIVE
        self.group = program.exclusion_group
        self.version_id = program.version_id
        self.point_unit = 10 ** (4 - program.point_decimals)
        self.scoped = bool(
            program.date_from
            or program.date_to
            or program.pos_configs
            or program.schedule
            or program.currency
        )
        self.limited = (
            program.limit_usage is not None
            or program.limit_per_partner is not None
            or program.budget is not None
        )
        auto = program.trigger is Trigger.AUTO
        self.rules = tuple(CompiledRule(rule, auto=auto, intern=intern) for rule in program.rules)
        self.counts_money = any(rule.mode is PointMode.MONEY for rule in self.rules)
        self.rewards = tuple(
            compile_reward(reward, intern, self.point_unit) for reward in program.rewards
        )
        for reward in self.rewards:
            reward.place(program.id, program.sequence)
        self.own_rewards = self._own_rewards()
        self.sole_reward = None
        if len(self.own_rewards) == 1 and not self.own_rewards[0].needs_choice:
            self.sole_reward = self.own_rewards[0]
        self.only_points = bool(self.own_rewards) and all(
            isinstance(one, CompiledBonusPoints) for one in self.own_rewards
        )
        self.behind_code = self.is_referral or not any(
            rule.starts and rule.code is None for rule in self.rules
        )
        self.plain = self.gives_now and self.sole_reward is not None and not self.counts_money

    def _own_rewards(self) -> tuple[CompiledReward, ...]:
        """Return the rewards for the customer; points of a referral are the referrer's."""
        if not self.is_referral:
            return self.rewards
        return tuple(one for one in self.rewards if not isinstance(one, CompiledBonusPoints))

    def reward(self, reward_id: int) -> CompiledReward | None:
        """Return one of its rewards by id."""
        for reward in self.rewards:
            if reward.id == reward_id:
                return reward
        return None


def compile_reward(reward: Reward, intern: Intern, point_unit: int) -> CompiledReward:
    """Return the reward of the kind that `reward_type` names.

    Raises: ValueError if the field that the type needs is missing.
    """
    kind = reward.reward_type
    if kind is RewardType.DISCOUNT and reward.discount is not None:
        return _compile_discount(reward, reward.discount, intern, point_unit)
    if kind is RewardType.PRODUCT and reward.product is not None:
        return CompiledFreeProduct(reward, reward.product, _FREE_PRODUCT)
    if kind is RewardType.SPECIAL_PRICE and reward.special_price is not None:
        node = intern(reward.special_price.filter)
        return CompiledSpecialPrice(reward, reward.special_price, _SET_PRICE, node)
    if kind is RewardType.SPECIAL_SET and reward.special_set is not None:
        nodes = [intern(slot.filter) for slot in reward.special_set.slots]
        return CompiledSpecialSet(reward, reward.special_set, _SET_PRICE, nodes)
    if kind is RewardType.MULTIPLE_DISCOUNT and reward.steps is not None:
        node = intern(reward.steps.filter)
        stage = _ORDER_STEPS if node.everything else _LINES
        return CompiledSteps(reward, reward.steps, stage, node)
    if kind is RewardType.POINT and reward.points is not None:
        return CompiledBonusPoints(reward, reward.points, _BONUS_POINTS)
    raise ValueError(f"reward {reward.id}: a {kind} reward without its fields")


def _compile_discount(
    reward: Reward, discount: Discount, intern: Intern, point_unit: int
) -> CompiledReward:
    if discount.applies_to is AppliesTo.ORDER:
        everything = intern(ProductFilter())
        stage = _ORDER[discount.mode]
        return LinesDiscount(reward, discount, stage, everything, point_unit)
    node = intern(discount.filter)
    kind = CheapestDiscount if discount.applies_to is AppliesTo.CHEAPEST else LinesDiscount
    return kind(reward, discount, _LINES, node, point_unit)
