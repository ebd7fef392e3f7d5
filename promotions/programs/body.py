"""What marketing sends to make or change a program: typed plain data.

A field that is UNSET was left out: on a new program the preset of its type fills it, on an
existing one it stays as it is. Amounts, quantities and points are Decimals in major units.
A reference is the caller's own string (ref, SKU, category path) or our numeric id.
"""

from __future__ import annotations

from decimal import Decimal
from typing import Annotated, Any

from msgspec import UNSET, Meta, Struct, UnsetType

from core.numbers import PlainDecimal
from promotions.engine.terms import (
    MAX_PENDING_DAYS,
    AppliesOn,
    AppliesTo,
    DiscountMode,
    Placement,
    PointMode,
    ProgramType,
    RewardType,
    Stacking,
    StepsBy,
    StepsMode,
    Trigger,
)

# PostgreSQL has no text with a NUL, and nothing here needs the other control characters.
# `\Z`, as `$` would let one line break through at the end.
_NO_CONTROL = r"^[^\x00-\x1f\x7f]*\Z"
_VISIBLE = r"^[^\x00-\x1f\x7f]*[^\x00-\x20\x7f][^\x00-\x1f\x7f]*\Z"
# An address ends in a reference, so one neither begins nor ends with a space or a slash.
_REF = r"^[^\x00-\x20\x7f/]([^\x00-\x1f\x7f]*[^\x00-\x20\x7f/])?\Z"
#: What the patterns ask for, in words.
PATTERNS = {
    _NO_CONTROL: "without control characters",
    _VISIBLE: "with at least one visible character, without control characters",
    _REF: "that neither begins nor ends with a space or slash, without control characters",
}
Ref = Annotated[str, Meta(min_length=1, max_length=64, pattern=_REF)]
Code = Annotated[str, Meta(min_length=1, max_length=64, pattern=_NO_CONTROL)]
Id = Annotated[int, Meta(gt=0, le=2**63 - 1)]
AnyRef = Ref | Id
Path = Annotated[str, Meta(min_length=1, max_length=400, pattern=_NO_CONTROL)]
Tag = Annotated[str, Meta(min_length=1, max_length=64, pattern=_NO_CONTROL)]
Name = Annotated[str, Meta(min_length=1, max_length=200, pattern=_VISIBLE)]
ShortName = Annotated[str, Meta(min_length=1, max_length=120, pattern=_VISIBLE)]
Days = Annotated[int, Meta(ge=0, le=MAX_PENDING_DAYS)]
Count = Annotated[int, Meta(gt=0, le=2**31 - 1)]
Products = Annotated[tuple[AnyRef, ...], Meta(max_length=20_000)]
Categories = Annotated[tuple[Path | Id, ...], Meta(max_length=1_000)]
Tags = Annotated[tuple[Tag, ...], Meta(max_length=1_000)]


class Input(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Base of everything read from a body; an unknown field is refused, not ignored."""


class RuleInput(Input, frozen=True, kw_only=True):
    """A rule. `id`: the rule that it replaces; without, the one at the same position."""

    id: Id | None = None
    minimum_amount: PlainDecimal = Decimal(0)
    minimum_qty: PlainDecimal = Decimal(0)
    products: Products = ()
    categories: Categories = ()
    tags: Tags = ()
    membership: AnyRef | None = None
    reward_point_mode: PointMode | None = None
    reward_point_amount: PlainDecimal = Decimal(1)
    code: Code | None = None


class DiscountInput(Input, frozen=True, kw_only=True):
    """Fields of a discount. `value`: percent, money, or money per point."""

    mode: DiscountMode
    value: PlainDecimal
    applies_to: AppliesTo = AppliesTo.ORDER
    products: Products = ()
    categories: Categories = ()
    tags: Tags = ()
    max_amount: PlainDecimal | None = None


class FreeProductInput(Input, frozen=True, kw_only=True):
    """Fields of a product reward."""

    products: Products
    qty: PlainDecimal = Decimal(1)
    placement: Placement = Placement.IN_CART


class SpecialPriceInput(Input, frozen=True, kw_only=True):
    """Fields of a special price."""

    price: PlainDecimal
    products: Products = ()
    categories: Categories = ()
    tags: Tags = ()
    max_qty: PlainDecimal | None = None


class SlotInput(Input, frozen=True, kw_only=True):
    """One place of a set."""

    qty: PlainDecimal
    products: Products = ()
    categories: Categories = ()
    tags: Tags = ()


class SpecialSetInput(Input, frozen=True, kw_only=True):
    """Fields of a set for one price."""

    slots: Annotated[tuple[SlotInput, ...], Meta(max_length=50)]
    price: PlainDecimal
    max_sets: Count | None = None


class StepInput(Input, frozen=True, kw_only=True, rename={"threshold": "from"}):
    """One step; spelled `from` in JSON."""

    percent: PlainDecimal
    threshold: PlainDecimal = Decimal(0)


class StepsInput(Input, frozen=True, kw_only=True):
    """Fields of a discount in steps."""

    mode: StepsMode
    steps: Annotated[tuple[StepInput, ...], Meta(max_length=50)]
    by: StepsBy = StepsBy.QTY
    products: Products = ()
    categories: Categories = ()
    tags: Tags = ()


class BonusPointsInput(Input, frozen=True, kw_only=True):
    """Fields of bonus points: one of the two."""

    amount: PlainDecimal | None = None
    multiplier: PlainDecimal | None = None


class RewardInput(Input, frozen=True, kw_only=True):
    """A reward. `id`: the reward that it replaces; without, the one at the same position.

    Without `reward_type` it is the kind of the one field group that is given.
    """

    id: Id | None = None
    reward_type: RewardType | None = None
    required_points: PlainDecimal = Decimal(1)
    description: Annotated[str, Meta(max_length=200, pattern=_NO_CONTROL)] | None = None
    discount: DiscountInput | None = None
    product: FreeProductInput | None = None
    special_price: SpecialPriceInput | None = None
    special_set: SpecialSetInput | None = None
    steps: StepsInput | None = None
    points: BonusPointsInput | None = None


class WindowInput(Input, frozen=True, kw_only=True):
    """A weekly window. `weekdays`: 0 = Monday, none = every day; times as `HH:MM`, end excluded."""

    weekdays: tuple[Annotated[int, Meta(ge=0, le=6)], ...] = ()
    start: str = "00:00"
    end: str = "24:00"


class ProgramInput(Input, frozen=True, kw_only=True):
    """A program to make, or the changes to one."""

    ref: Ref | UnsetType | None = UNSET
    name: Name | UnsetType = UNSET
    program_type: ProgramType | UnsetType = UNSET
    trigger: Trigger | UnsetType = UNSET
    applies_on: AppliesOn | UnsetType = UNSET
    active: bool | UnsetType = UNSET
    loyalty_program: AnyRef | UnsetType | None = UNSET
    currency: str | UnsetType | None = UNSET
    date_from: str | UnsetType | None = UNSET
    date_to: str | UnsetType | None = UNSET
    pos_configs: tuple[AnyRef, ...] | UnsetType = UNSET
    schedule: tuple[WindowInput, ...] | UnsetType | None = UNSET
    sequence: Annotated[int, Meta(ge=-(2**31), le=2**31 - 1)] | UnsetType | None = UNSET
    stacking: Stacking | UnsetType = UNSET
    exclusion_group: Tag | UnsetType | None = UNSET
    limit_usage: Count | UnsetType | None = UNSET
    limit_per_partner: Count | UnsetType | None = UNSET
    budget: PlainDecimal | UnsetType | None = UNSET
    pending_days: Days | UnsetType | None = UNSET
    rules: Annotated[tuple[RuleInput, ...], Meta(max_length=200)] | UnsetType = UNSET
    rewards: Annotated[tuple[RewardInput, ...], Meta(max_length=200)] | UnsetType = UNSET


class ProgramBody(ProgramInput, frozen=True, kw_only=True):
    """The body of a request: a program, and whether to publish it.

    The last fields are answered by us; they are taken so that an answer can be changed and sent
    back, and are not read.
    """

    publish: bool = False
    id: Any = UNSET
    state: Any = UNSET
    in_review: Any = UNSET
    version: Any = UNSET
    unpublished_changes: Any = UNSET
    created_at: Any = UNSET
    updated_at: Any = UNSET
