"""The words of the engine: closed lists, spelled as the API and the database spell them."""

from enum import StrEnum

#: The longest that the reward for a referral may wait.
MAX_PENDING_DAYS = 365


class ProgramType(StrEnum):
    """A preset over trigger, applies_on and the payment flag; the engine reads the switches."""

    PROMOTION = "promotion"
    BUY_X_GET_Y = "buy_x_get_y"
    COUPONS = "coupons"
    PROMO_CODE = "promo_code"
    REFERRAL = "referral"
    NEXT_ORDER_COUPONS = "next_order_coupons"
    LOYALTY = "loyalty"
    GIFT_CARD = "gift_card"
    EWALLET = "ewallet"


class Trigger(StrEnum):
    """What sets a program in motion."""

    AUTO = "auto"
    WITH_CODE = "with_code"


class AppliesOn(StrEnum):
    """Which order may spend the points that this order makes."""

    CURRENT = "current"
    FUTURE = "future"
    BOTH = "both"


class PointMode(StrEnum):
    """What a rule counts."""

    ORDER = "order"
    MONEY = "money"
    UNIT = "unit"


class RewardType(StrEnum):
    """What a reward gives."""

    DISCOUNT = "discount"
    PRODUCT = "product"
    SPECIAL_PRICE = "special_price"
    SPECIAL_SET = "special_set"
    MULTIPLE_DISCOUNT = "multiple_discount"
    POINT = "point"


class DiscountMode(StrEnum):
    """How the size of a discount is said."""

    PERCENT = "percent"
    FIXED = "fixed"
    PER_POINT = "per_point"


class AppliesTo(StrEnum):
    """Which lines a discount is taken from."""

    ORDER = "order"
    CHEAPEST = "cheapest"
    SPECIFIC = "specific"


class Placement(StrEnum):
    """Whether free units are found in the cart or come on top of it."""

    IN_CART = "in_cart"
    EXTRA = "extra"


class StepsMode(StrEnum):
    """How the steps of a multiple discount combine."""

    CASCADE = "cascade"
    TIER = "tier"


class StepsBy(StrEnum):
    """What a tier is chosen by."""

    QTY = "qty"
    AMOUNT = "amount"


class Stacking(StrEnum):
    """Whether other programs may be applied beside this one."""

    STACKABLE = "stackable"
    EXCLUSIVE = "exclusive"


class EarnOn(StrEnum):
    """Which amount a loyalty program's money points count."""

    PAID = "paid"
    BEFORE_OWN_REWARDS = "before_own_rewards"
    GROSS = "gross"


class Rounding(StrEnum):
    """How a discount is rounded to the currency's digits."""

    HALF_UP = "half_up"
    DOWN = "down"


class Outcome(StrEnum):
    """What became of a program that was considered."""

    APPLIED = "applied"
    OFFERED = "offered"
    PASSED_OVER = "passed_over"


class CodeStatus(StrEnum):
    """What became of a code that was entered."""

    APPLIED = "applied"
    REJECTED = "rejected"


class Reason(StrEnum):
    """Why a program or a code gave nothing: a closed list, part of the API."""

    UNKNOWN = "unknown"
    MISTYPED = "mistyped"
    EXPIRED = "expired"
    NOT_STARTED = "not_started"
    OUTSIDE_SCHEDULE = "outside_schedule"
    INACTIVE = "inactive"
    USED_UP = "used_up"
    BUDGET_SPENT = "budget_spent"
    WRONG_CUSTOMER = "wrong_customer"
    CUSTOMER_REQUIRED = "customer_required"
    WRONG_POS = "wrong_pos"
    WRONG_CURRENCY = "wrong_currency"
    CODE_REQUIRED = "code_required"
    BELOW_MINIMUM_AMOUNT = "below_minimum_amount"
    BELOW_MINIMUM_QTY = "below_minimum_qty"
    NO_MATCHING_PRODUCT = "no_matching_product"
    MEMBERSHIP_REQUIRED = "membership_required"
    NOT_COMBINABLE = "not_combinable"
    ALREADY_USED_BY_CUSTOMER = "already_used_by_customer"
    NOT_ENOUGH_POINTS = "not_enough_points"
    NOTHING_TO_DISCOUNT = "nothing_to_discount"
    WAITS_FOR_CLAIM = "waits_for_claim"
    CHOICE_REQUIRED = "choice_required"
    SELF_REFERRAL = "self_referral"
    NOT_A_NEW_CUSTOMER = "not_a_new_customer"
    WHOLE_UNITS_ONLY = "whole_units_only"
