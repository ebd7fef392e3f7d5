"""The answer of the engine.

Amounts are in major units with the currency's digits, points plain decimals.
"""

from dataclasses import dataclass
from decimal import Decimal

from promotions.engine.terms import CodeStatus, Outcome, Reason, RewardType


@dataclass(frozen=True, slots=True)
class Share:
    """The part of a reward that fell on one line."""

    line_id: str
    amount: Decimal


@dataclass(frozen=True, slots=True)
class AppliedReward:
    """One reward taken: what it took off, what it cost, and where it landed.

    `points_cost` is taken from `card_id`, from `coupon_id`, or (both None) from points that
    existed for this order only, or that this order earns on a card that commit opens.
    `shares` sum to `amount`.
    """

    program_id: int
    version_id: int
    reward_id: int
    reward_type: RewardType
    amount: Decimal
    points_cost: Decimal
    times: int
    shares: tuple[Share, ...] = ()
    card_id: int | None = None
    coupon_id: int | None = None


@dataclass(frozen=True, slots=True)
class Payment:
    """An amount paid by gift card or e-wallet; not a discount."""

    program_id: int
    version_id: int
    reward_id: int
    card_id: int
    amount: Decimal
    points: Decimal


@dataclass(frozen=True, slots=True)
class LineResult:
    """One line after all rewards."""

    line_id: str
    subtotal: Decimal
    discount: Decimal
    total: Decimal


@dataclass(frozen=True, slots=True)
class FreeItem:
    """Units the customer may take on top of the cart."""

    program_id: int
    reward_id: int
    product_id: int
    sku: str
    qty: Decimal


@dataclass(frozen=True, slots=True)
class CardPoints:
    """What one program moves on one card. `card_id` None: a card that commit opens for the partner.

    `spent` counts rewards; what pays the order is in `Payment`. Where several programs move one
    card, each balance_before is the balance_after of the entry before it, and no balance is
    below zero on the way when the entries are carried out in their order, earning first.
    `earned_by_line`: how much of `earned` each line stands for, before rounding, so that a
    return can take back the share of the lines that come back.
    """

    program_id: int
    loyalty_program_id: int
    card_id: int | None
    balance_before: Decimal
    earned: Decimal
    spent: Decimal
    balance_after: Decimal
    earned_by_line: tuple[Share, ...] = ()


@dataclass(frozen=True, slots=True)
class CouponToIssue:
    """A coupon or gift card that commit makes, holding `points`.

    `partner_id` None: for the bearer. `line_ids`: the line that sold a gift card, the lines that
    made a coupon; none: the whole order.
    """

    program_id: int
    points: Decimal
    partner_id: int | None = None
    line_ids: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class ReferrerReward:
    """What commit gives the owner of a referral code, once the friend's order stands.

    `card_points` go on the referrer's card of `loyalty_program_id`; `coupon_points` on a coupon
    of the program. Points not given are zero.
    """

    program_id: int
    referrer_id: int
    card_points: Decimal = Decimal(0)
    loyalty_program_id: int | None = None
    coupon_points: Decimal = Decimal(0)


@dataclass(frozen=True, slots=True)
class CodeFate:
    """What became of one entered code, spelled as it was entered."""

    code: str
    status: CodeStatus
    reason: Reason | None = None
    program_id: int | None = None


@dataclass(frozen=True, slots=True)
class Claimable:
    """A reward that could be claimed now. `products`: SKUs to choose from."""

    program_id: int
    reward_id: int
    required_points: Decimal
    available_points: Decimal
    products: tuple[str, ...] = ()
    card_id: int | None = None


@dataclass(frozen=True, slots=True)
class Hint:
    """What is missing for a program; the numbers that do not matter are None.

    `reward_id` is set where a claimed reward was refused.
    """

    program_id: int
    reason: Reason
    missing_amount: Decimal | None = None
    missing_qty: Decimal | None = None
    product_ids: tuple[int, ...] = ()
    reward_id: int | None = None


@dataclass(frozen=True, slots=True)
class TraceStep:
    """One arithmetic step of a reward: what was taken of what, before and after rounding."""

    program_id: int
    reward_id: int
    operation: str
    basis: Decimal
    rate: Decimal
    exact: Decimal
    rounded: Decimal
    points_cost: Decimal
    shares: tuple[Share, ...] = ()


@dataclass(frozen=True, slots=True)
class ProgramTrace:
    """What became of one program and why. `product_ids`: of what the quantity is missing."""

    program_id: int
    version_id: int
    outcome: Outcome
    reason: Reason | None = None
    points: Decimal = Decimal(0)
    missing_amount: Decimal | None = None
    missing_qty: Decimal | None = None
    steps: tuple[TraceStep, ...] = ()
    product_ids: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Decision:
    """Everything decided about one cart.

    subtotal - discount_total = total; total - payments = amount_due. `optimal`: it is certain
    that no other admissible combination of programs saves the customer more.
    """

    currency: str
    catalog_version: int
    subtotal: Decimal
    discount_total: Decimal
    total: Decimal
    amount_due: Decimal
    lines: tuple[LineResult, ...]
    rewards: tuple[AppliedReward, ...] = ()
    payments: tuple[Payment, ...] = ()
    free_items: tuple[FreeItem, ...] = ()
    points: tuple[CardPoints, ...] = ()
    codes: tuple[CodeFate, ...] = ()
    claimable: tuple[Claimable, ...] = ()
    hints: tuple[Hint, ...] = ()
    coupons_to_issue: tuple[CouponToIssue, ...] = ()
    refused_claims: tuple[Hint, ...] = ()
    referrals: tuple[ReferrerReward, ...] = ()
    optimal: bool = True
    trace: tuple[ProgramTrace, ...] | None = None
