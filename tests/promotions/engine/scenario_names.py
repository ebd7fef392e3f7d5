"""The programs and names of a scenario file, as the engine's data.

The settings of a shop that moves over from another engine are set from `depends_on`, as the
table in tests/scenarios/README.md says.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime, time
from decimal import Decimal
from typing import Any

from promotions.engine.definition import (
    Discount,
    FreeProduct,
    ProductFilter,
    Program,
    Reward,
    RewardProduct,
    Rule,
    SetSlot,
    SpecialPrice,
    SpecialSet,
)
from promotions.engine.terms import (
    AppliesOn,
    AppliesTo,
    DiscountMode,
    EarnOn,
    Placement,
    PointMode,
    ProgramType,
    RewardType,
    Stacking,
    Trigger,
)

ZERO = Decimal(0)
JOIN = " > "


def lineage(product: Mapping[str, Any]) -> list[str]:
    """Return the category of a product after those that it is in: Drinks, Drinks > Coffee."""
    names = product["category"].split(JOIN) if product.get("category") else []
    return [JOIN.join(names[: depth + 1]) for depth in range(len(names))]


class Names:
    """The numbers that stand for a scenario's names, and its programs."""

    def __init__(self, scenario: Mapping[str, Any]) -> None:
        self.scenario = scenario
        self.depends = set(scenario.get("depends_on") or ())
        self.products = {
            product["sku"]: (number, product)
            for number, product in enumerate(scenario["products"], 1)
        }
        paths = {one for product in scenario["products"] for one in lineage(product)}
        self.categories = {path: number for number, path in enumerate(sorted(paths), 1)}
        self.partners = {
            partner["key"]: number for number, partner in enumerate(scenario["partners"], 1)
        }
        levels = sorted({partner.get("membership") or "" for partner in scenario["partners"]})
        self.levels = {level: number for number, level in enumerate(levels, 1) if level}
        self.ids = {one["key"]: number for number, one in enumerate(scenario["programs"], 1)}
        self.keys = {number: key for key, number in self.ids.items()}
        self.programs = [self._program(one) for one in scenario["programs"] if one["active"]]

    def _program(self, one: Mapping[str, Any]) -> Program:
        program_id = self.ids[one["key"]]
        kind = ProgramType(one["program_type"])
        applies_on = AppliesOn(one["applies_on"])
        is_payment = kind in (ProgramType.GIFT_CARD, ProgramType.EWALLET)
        rewards = tuple(
            self._reward(program_id * 100 + number, reward)
            for number, reward in enumerate(one["rewards"])
        )
        rules = tuple(
            self._rule(program_id * 100 + number, made) for number, made in enumerate(one["rules"])
        )
        if "several_rewards_of_one_program" in self.depends:
            # There all rewards of a program are given; here each is paid for.
            needed = sum((reward.required_points for reward in rewards), ZERO)
            rules = tuple(
                replace(rule, reward_point_amount=max(rule.reward_point_amount, needed))
                if rule.reward_point_mode is PointMode.ORDER
                else rule
                for rule in rules
            )
        note = (one.get("stacking_note") or "").lower()
        group = None
        if "best_promotion_only" in self.depends:
            group = "best"
        elif "one_order_percent_best_wins" in self.depends and _is_order_percent(rewards):
            group = "order"
        keeps_points = is_payment or applies_on is AppliesOn.BOTH
        exclusive = "exclusive_program" in self.depends and "exclusive" in note
        own = "own_reward_does_not_lower_points" in self.depends
        return Program(
            id=program_id,
            version_id=program_id,
            name=one["name"],
            program_type=kind,
            trigger=Trigger(one["trigger"]),
            applies_on=applies_on,
            is_payment=is_payment,
            loyalty_program_id=program_id if keeps_points else None,
            earn_on=EarnOn.BEFORE_OWN_REWARDS if own else EarnOn.PAID,
            date_from=start_of(one["date_from"]),
            date_to=end_of(one["date_to"]),
            sequence=program_id * 10 if "program_priority" in self.depends else None,
            stacking=Stacking.EXCLUSIVE if exclusive else Stacking.STACKABLE,
            exclusion_group=group,
            limit_usage=one["limit_usage"],
            rules=rules,
            rewards=rewards,
        )

    def _rule(self, rule_id: int, made: Mapping[str, Any]) -> Rule:
        return Rule(
            id=rule_id,
            minimum_amount=Decimal(made["minimum_amount"]),
            minimum_qty=Decimal(made["minimum_qty"]),
            filter=ProductFilter(
                frozenset(self.products[sku][0] for sku in made["product_skus"]),
                frozenset(self.categories[name] for name in made["categories"]),
                frozenset(made["tags"]),
            ),
            membership=self.levels[made["membership"]] if made["membership"] else None,
            reward_point_mode=PointMode(made["reward_point_mode"]),
            reward_point_amount=Decimal(made["reward_point_amount"]),
            code=made["code"],
        )

    def _reward(self, reward_id: int, made: Mapping[str, Any]) -> Reward:
        kind = RewardType(made["reward_type"])
        reward = Reward(reward_id, kind, Decimal(made["required_points"]))
        if kind is RewardType.DISCOUNT:
            size = made["discount"]
            return replace(
                reward,
                discount=Discount(
                    DiscountMode(size["mode"]),
                    Decimal(size["value"]),
                    AppliesTo(size["applies_to"]),
                    self._filter(size["product_skus"]),
                    Decimal(size["max_amount"]) if size["max_amount"] else None,
                ),
            )
        if kind is RewardType.PRODUCT:
            product_id, product = self.products[made["product"]["sku"]]
            extra = "free_unit_is_extra" in self.depends
            return replace(
                reward,
                product=FreeProduct(
                    (RewardProduct(product_id, product["sku"], Decimal(product["price"])),),
                    Decimal(made["product"]["qty"]),
                    Placement.EXTRA if extra else Placement.IN_CART,
                ),
            )
        special = made["special"]
        if kind is RewardType.SPECIAL_PRICE:
            most = Decimal(special["qty"]) if special.get("qty") else None
            return replace(
                reward,
                special_price=SpecialPrice(
                    Decimal(special["price"]), self._filter(special["product_skus"]), most
                ),
            )
        slot = SetSlot(Decimal(special["qty"]), self._filter(special["product_skus"]))
        most_sets = 1 if "once_per_order" in self.depends else None
        price = Decimal(special["price"])
        return replace(reward, special_set=SpecialSet(price, (slot,), most_sets))

    def _filter(self, skus: list[str]) -> ProductFilter:
        return ProductFilter(frozenset(self.products[sku][0] for sku in skus))


def _is_order_percent(rewards: tuple[Reward, ...]) -> bool:
    return any(
        reward.discount is not None
        and reward.discount.applies_to is AppliesTo.ORDER
        and reward.discount.mode is DiscountMode.PERCENT
        for reward in rewards
    )


def start_of(day: str | None) -> datetime | None:
    return None if day is None else datetime.fromisoformat(day).replace(tzinfo=UTC)


def end_of(day: str | None) -> datetime | None:
    if day is None:
        return None
    return datetime.combine(datetime.fromisoformat(day).date(), time.max, tzinfo=UTC)
