"""A scenario as it is written down: one JSON file, read strictly.

Amounts, quantities and points are decimal strings, dates are whole days of the store, both
included. What a file leaves out has the default given here.
"""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Annotated, Literal

import msgspec
from msgspec import Meta

Key = Annotated[str, Meta(min_length=1, max_length=40)]
MAX_DECIMALS = 3


class Struct(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """What all parts of a file share: a field that nobody knows is an error, not a comment."""


class Source(Struct, frozen=True):
    """Where the expectation comes from."""

    repo: str
    path: str
    test: str


class ScenarioProduct(Struct, frozen=True):
    """A product; `price` is what one unit is charged, tax included or not."""

    sku: Key
    price: Decimal
    category: str | None = None
    tags: tuple[str, ...] = ()


class ScenarioPartner(Struct, frozen=True):
    """A member; `card_points` is the balance of their card of the one loyalty program."""

    key: Key
    membership: str | None = None
    card_points: Decimal | None = None


class ScenarioRule(Struct, frozen=True):
    """When points are made, and how many."""

    minimum_amount: Decimal = Decimal(0)
    minimum_qty: Decimal = Decimal(0)
    product_skus: tuple[str, ...] = ()
    categories: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()
    membership: str | None = None
    reward_point_mode: Literal["order", "money", "unit"] = "order"
    reward_point_amount: Decimal = Decimal(1)
    code: str | None = None


class ScenarioDiscount(Struct, frozen=True):
    """Fields of a discount."""

    mode: Literal["percent", "fixed", "per_point"]
    value: Decimal
    applies_to: Literal["order", "cheapest", "specific"] = "order"
    product_skus: tuple[str, ...] = ()
    max_amount: Decimal | None = None


class ScenarioFreeProduct(Struct, frozen=True):
    """Fields of a free product."""

    sku: str
    qty: Decimal = Decimal(1)


class ScenarioSpecial(Struct, frozen=True):
    """Fields of a special price, or of `qty` units out of `product_skus` for one price."""

    price: Decimal
    qty: Decimal | None = None
    product_skus: tuple[str, ...] = ()


class ScenarioReward(Struct, frozen=True):
    """What points buy."""

    reward_type: Literal[
        "discount", "product", "special_price", "special_set", "multiple_discount", "point"
    ]
    required_points: Decimal = Decimal(1)
    discount: ScenarioDiscount | None = None
    product: ScenarioFreeProduct | None = None
    special: ScenarioSpecial | None = None


class ScenarioProgram(Struct, frozen=True):
    """A program; programs are listed in the intended sequence."""

    key: Key
    name: str
    program_type: Literal[
        "promotion",
        "buy_x_get_y",
        "coupons",
        "promo_code",
        "referral",
        "next_order_coupons",
        "loyalty",
        "gift_card",
        "ewallet",
    ]
    rewards: Annotated[tuple[ScenarioReward, ...], Meta(min_length=1)]
    rules: tuple[ScenarioRule, ...] = ()
    trigger: Literal["auto", "with_code"] | None = None
    applies_on: Literal["current", "future", "both"] | None = None
    active: bool = True
    date_from: date | None = None
    date_to: date | None = None
    pos_config_ids: tuple[str | int, ...] = ()
    limit_usage: int | None = None
    stacking_note: str | None = None


class ScenarioCoupon(Struct, frozen=True):
    """A coupon, gift card or e-wallet that exists from the start; `points` is what it holds."""

    program: Key
    code: str
    points: Decimal = Decimal(1)
    partner: Key | None = None
    date_to: date | None = None


class ScenarioLine(Struct, frozen=True):
    """Units of one product."""

    sku: str
    qty: Decimal


class ScenarioClaim(Struct, frozen=True):
    """One claim of a reward, named by its place in the program; listed once per time claimed."""

    program: Key
    reward: Annotated[int, Meta(ge=0)] = 0


class ExpectedLine(Struct, frozen=True):
    """What a line is expected to get."""

    sku: str
    qty: Decimal
    discount: Decimal


class ExpectedCoupons(Struct, frozen=True):
    """Coupons that a commit is expected to make."""

    count: int
    points_each: Decimal | None = None


class Expectation(Struct, frozen=True):
    """What must come out; what is not there is not looked at."""

    total: Decimal | None = None
    discount_total: Decimal | None = None
    lines: tuple[ExpectedLine, ...] | None = None
    free_items: tuple[ScenarioLine, ...] | None = None
    points_earned: dict[str, Decimal] | None = None
    points_spent: dict[str, Decimal] | None = None
    balance: dict[str, Decimal] | None = None
    applied_programs: tuple[str, ...] | None = None
    coupons_generated: dict[str, ExpectedCoupons] | None = None
    rejected_code: str | bool | None = None
    error: str | bool | None = None


class Step(Struct, frozen=True):
    """One basket quoted or committed, or units of an earlier commit given back."""

    do: Literal["quote", "commit", "refund"]
    lines: Annotated[tuple[ScenarioLine, ...], Meta(min_length=1)]
    expect: Expectation = Expectation()
    partner: Key | None = None
    at: datetime | None = None
    codes: tuple[str, ...] = ()
    claim: tuple[ScenarioClaim, ...] = ()
    of_step: int | None = None


class Scenario(Struct, frozen=True):
    """One store over a few steps."""

    id: str
    title: str
    steps: Annotated[tuple[Step, ...], Meta(min_length=1)]
    currency_decimals: Annotated[int, Meta(ge=0, le=MAX_DECIMALS)] = 2
    products: tuple[ScenarioProduct, ...] = ()
    partners: tuple[ScenarioPartner, ...] = ()
    programs: tuple[ScenarioProgram, ...] = ()
    coupons: tuple[ScenarioCoupon, ...] = ()
    depends_on: tuple[str, ...] = ()
    contestable: bool = False
    themes: tuple[str, ...] = ()
    source: Source | None = None
    notes: str = ""


class InvalidScenario(Exception):
    """This file is not a scenario; the message says where and why."""


def read_scenario(path: Path) -> Scenario:
    """Return the scenario in a file.

    Raises: InvalidScenario, which says where and why.
    """
    try:
        scenario = msgspec.json.decode(path.read_bytes(), type=Scenario)
    except OSError as error:
        raise InvalidScenario(f"{path} cannot be read: {error.strerror}.") from error
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise InvalidScenario(f"{path} is not a scenario: {error}.") from error
    _check_references(path, scenario)
    return scenario


def _check_references(path: Path, scenario: Scenario) -> None:
    """Refuse what types cannot: a coupon of no program, a refund of no commit."""
    programs = {program.key for program in scenario.programs}
    if len(programs) != len(scenario.programs):
        raise InvalidScenario(f"{path}: two programs have the same key.")
    for coupon in scenario.coupons:
        if coupon.program not in programs:
            raise InvalidScenario(
                f"{path}: coupon {coupon.code} is of {coupon.program}, which is no program here."
            )
    partners = {partner.key for partner in scenario.partners}
    for place, step in enumerate(scenario.steps, start=1):
        if step.partner is not None and step.partner not in partners:
            raise InvalidScenario(f"{path}: step {place} is of {step.partner}, who is no partner.")
        if step.do == "refund" and not _names_a_commit(scenario, step):
            raise InvalidScenario(
                f"{path}: step {place} refunds; of_step must be the place of a commit before it,"
                " counted from 0."
            )


def _names_a_commit(scenario: Scenario, refund: Step) -> bool:
    earlier = scenario.steps[: scenario.steps.index(refund)]
    place = refund.of_step
    return place is not None and 0 <= place < len(earlier) and earlier[place].do == "commit"
