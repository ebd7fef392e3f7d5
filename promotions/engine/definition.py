"""A published program as data: what a version stores and what the engine compiles.

`core.codec` turns a Program into JSON and back; that JSON is what `ProgramVersion.definition`
and the offline bundle hold. Numbers are decimal strings, instants ISO 8601, ids the database's.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, time
from decimal import Decimal

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
    StepsBy,
    StepsMode,
    Trigger,
)


@dataclass(frozen=True, slots=True)
class ProductFilter:
    """Products by id, by category (children included) or by tag; empty matches everything."""

    products: frozenset[int] = frozenset()
    categories: frozenset[int] = frozenset()
    tags: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Rule:
    """When points are made, and how many. `membership`: id of a MembershipProduct."""

    id: int
    minimum_amount: Decimal = Decimal(0)
    minimum_qty: Decimal = Decimal(0)
    filter: ProductFilter = ProductFilter()
    membership: int | None = None
    reward_point_mode: PointMode = PointMode.ORDER
    reward_point_amount: Decimal = Decimal(1)
    code: str | None = None


@dataclass(frozen=True, slots=True)
class Discount:
    """Fields of a discount reward. `value`: percent, money, or money per point."""

    mode: DiscountMode
    value: Decimal
    applies_to: AppliesTo = AppliesTo.ORDER
    filter: ProductFilter = ProductFilter()
    max_amount: Decimal | None = None


@dataclass(frozen=True, slots=True)
class RewardProduct:
    """A product that may be given. `price`: its list price when the version was published."""

    id: int
    sku: str
    price: Decimal


@dataclass(frozen=True, slots=True)
class FreeProduct:
    """Fields of a product reward: `qty` units per claim of one of `products`."""

    products: tuple[RewardProduct, ...]
    qty: Decimal = Decimal(1)
    placement: Placement = Placement.IN_CART


@dataclass(frozen=True, slots=True)
class SpecialPrice:
    """Fields of a special_price reward."""

    price: Decimal
    filter: ProductFilter = ProductFilter()
    max_qty: Decimal | None = None


@dataclass(frozen=True, slots=True)
class SetSlot:
    """One place of a set: `qty` units that match."""

    qty: Decimal
    filter: ProductFilter = ProductFilter()


@dataclass(frozen=True, slots=True)
class SpecialSet:
    """Fields of a special_set reward."""

    price: Decimal
    slots: tuple[SetSlot, ...]
    max_sets: int | None = None


@dataclass(frozen=True, slots=True)
class Step:
    """One step: from this quantity or amount on, this percent."""

    threshold: Decimal
    percent: Decimal


@dataclass(frozen=True, slots=True)
class Steps:
    """Fields of a multiple_discount reward."""

    mode: StepsMode
    steps: tuple[Step, ...]
    by: StepsBy = StepsBy.QTY
    filter: ProductFilter = ProductFilter()


@dataclass(frozen=True, slots=True)
class BonusPoints:
    """Fields of a point reward: a fixed amount, or a multiplier of what the order earns."""

    amount: Decimal | None = None
    multiplier: Decimal | None = None


@dataclass(frozen=True, slots=True)
class Reward:
    """What points buy. The field that `reward_type` names is set, the others are None."""

    id: int
    reward_type: RewardType
    required_points: Decimal = Decimal(1)
    description: str | None = None
    discount: Discount | None = None
    product: FreeProduct | None = None
    special_price: SpecialPrice | None = None
    special_set: SpecialSet | None = None
    steps: Steps | None = None
    points: BonusPoints | None = None


@dataclass(frozen=True, slots=True)
class Window:
    """A recurring window in the store's time zone; it may cross midnight.

    `weekdays`: those it starts on, 0 = Monday.
    """

    weekdays: frozenset[int]
    start: time
    end: time


@dataclass(frozen=True, slots=True)
class Program:
    """One published version.

    `loyalty_program_id`, `point_decimals`, `earn_on`: of the points it moves. `points_pending`:
    points earned can be spent only days later, so never by the order that earns them.
    `pending_days`: of a referral, until whoever referred the customer is rewarded.
    """

    id: int
    version_id: int
    name: str
    program_type: ProgramType
    trigger: Trigger
    applies_on: AppliesOn
    is_payment: bool = False
    loyalty_program_id: int | None = None
    point_decimals: int = 2
    earn_on: EarnOn = EarnOn.PAID
    points_pending: bool = False
    ref: str | None = None
    currency: str | None = None
    date_from: datetime | None = None
    date_to: datetime | None = None
    pos_configs: frozenset[int] = frozenset()
    schedule: tuple[Window, ...] = ()
    sequence: int | None = None
    stacking: Stacking = Stacking.STACKABLE
    exclusion_group: str | None = None
    limit_usage: int | None = None
    limit_per_partner: int | None = None
    budget: Decimal | None = None
    pending_days: int = 0
    rules: tuple[Rule, ...] = ()
    rewards: tuple[Reward, ...] = field(default=())

    @property
    def keeps_its_word(self) -> bool:
        """Whether its coupons and cards stand for something an earlier order was counted for.

        Using them is then no use of the program: a limit says how many are given out, and who
        was given one may use it.
        """
        return (
            self.is_payment
            or self.applies_on is AppliesOn.FUTURE
            or self.program_type is ProgramType.REFERRAL
        )
