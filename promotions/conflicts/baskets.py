"""A basket made for a program: the least that it asks for, and what its rewards take from.

It need not be right: whether the program applies to it is decided by the engine. It has to be
good enough that a program which applies to no such basket is worth a look.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from decimal import ROUND_CEILING, Decimal

from promotions.engine.definition import ProductFilter, Program, Reward, Rule
from promotions.engine.terms import AppliesTo, PointMode, StepsBy

EVERYTHING = ProductFilter()


@dataclass(frozen=True, slots=True)
class Goods:
    """A product that can be put into a basket. `categories`: with all above them."""

    id: int
    sku: str
    name: str
    price: Decimal
    categories: frozenset[int]
    tags: frozenset[str]

    def matches(self, wanted: ProductFilter) -> bool:
        """Tell whether a filter finds it."""
        return wanted == EVERYTHING or bool(
            self.id in wanted.products
            or self.categories & wanted.categories
            or self.tags & wanted.tags
        )


@dataclass(frozen=True, slots=True)
class Basket:
    """Whole units of goods, and the rule that they were put together for."""

    units: Mapping[Goods, int]
    rule: Rule | None

    def times(self, factor: int) -> Basket:
        """Return the basket with so many times the units."""
        return Basket({goods: count * factor for goods, count in self.units.items()}, self.rule)


Shelf = Callable[[ProductFilter], Goods | None]


def filters_of(program: Program) -> Iterator[ProductFilter]:
    """Yield every filter for which a basket may need goods."""
    yield from (rule.filter for rule in program.rules)
    for reward in program.rewards:
        yield from (wanted for wanted, _units in _targets(reward))


def baskets_for(program: Program, shelf: Shelf) -> Iterator[Basket]:
    """Yield a basket for each pair of a rule and a reward for which there are goods."""
    for rule in program.rules or (None,):
        for reward in program.rewards or (None,):
            units = _least(rule, reward, shelf)
            if units:
                yield Basket(units, rule)


def _least(rule: Rule | None, reward: Reward | None, shelf: Shelf) -> dict[Goods, int]:
    """Return the goods that meet a rule and those that a reward takes from; none if sold out."""
    units: dict[Goods, int] = {}
    goods = shelf(EVERYTHING if rule is None else rule.filter)
    if goods is None:
        return {}
    units[goods] = 1 if rule is None else _enough(rule, reward, goods)
    for wanted, count in [] if reward is None else _targets(reward):
        found = shelf(wanted)
        if found is None:
            return {}
        there = sum(one for held, one in units.items() if held.matches(wanted))
        adds = count if reward is not None and reward.product is not None else count - there
        if adds > 0:
            units[found] = units.get(found, 0) + adds
    return units


def _enough(rule: Rule, reward: Reward | None, goods: Goods) -> int:
    """Return the units that meet a rule's minimums and make the points that a reward costs."""
    least = [Decimal(1), rule.minimum_qty, rule.minimum_amount / goods.price]
    if reward is not None and rule.reward_point_amount > 0:
        points = reward.required_points / rule.reward_point_amount
        if rule.reward_point_mode is PointMode.UNIT:
            least.append(points)
        elif rule.reward_point_mode is PointMode.MONEY:
            least.append(points / goods.price)
    return _whole(max(least))


def _targets(reward: Reward) -> Iterator[tuple[ProductFilter, int]]:
    """Yield what a reward takes from, and how many units it needs there."""
    if reward.discount is not None:
        if reward.discount.applies_to is not AppliesTo.ORDER:
            yield reward.discount.filter, 1
    elif reward.product is not None:
        given = frozenset({reward.product.products[0].id})
        yield ProductFilter(products=given), _whole(reward.product.qty)
    elif reward.special_price is not None:
        yield reward.special_price.filter, 1
    elif reward.special_set is not None:
        for slot in reward.special_set.slots:
            yield slot.filter, _whole(slot.qty)
    elif reward.steps is not None:
        most = max((step.threshold for step in reward.steps.steps), default=Decimal(1))
        by_units = reward.steps.by is StepsBy.QTY
        yield reward.steps.filter, max(1, _whole(most)) if by_units else 1


def _whole(number: Decimal) -> int:
    return int(number.to_integral_value(ROUND_CEILING))
