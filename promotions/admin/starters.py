"""Starting points for a new program: the ones shops ask for most, ready to be adjusted."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

Values = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Starter:
    """A starting point: what its card says, and the first values of the three forms."""

    key: str
    icon: str
    title: str | Promise
    text: str | Promise
    program: Values
    rules: tuple[Values, ...] = ({},)
    rewards: tuple[Values, ...] = ({},)


EVENINGS = [{"weekdays": [0, 1, 2, 3, 4], "start": "17:00", "end": "19:00"}]

STARTERS: tuple[Starter, ...] = (
    Starter(
        key="ten_percent",
        icon="percent",
        title=_("10% over 50"),
        text=_("A percent off the whole order, from an amount on."),
        program={"name": _("10% over 50"), "program_type": "promotion"},
        rules=({"minimum_amount": 50},),
        rewards=({"reward_type": "discount", "discount_mode": "percent", "discount_value": 10},),
    ),
    Starter(
        key="buy_two",
        icon="redeem",
        title=_("Buy 2, get 1 free"),
        text=_("Choose what is bought and what is free; it may be the same product."),
        program={"name": _("Buy 2, get 1 free"), "program_type": "buy_x_get_y"},
        rules=({"reward_point_mode": "unit"},),
        rewards=({"reward_type": "product", "required_points": 2, "free_qty": 1},),
    ),
    Starter(
        key="happy_hour",
        icon="schedule",
        title=_("Happy hour"),
        text=_("A percent off chosen categories, on weekdays from five to seven."),
        program={
            "name": _("Happy hour"),
            "program_type": "promotion",
            "schedule": EVENINGS,
        },
        rewards=(
            {
                "reward_type": "discount",
                "discount_mode": "percent",
                "discount_value": 20,
                "discount_applies_to": "specific",
            },
        ),
    ),
    Starter(
        key="welcome",
        icon="waving_hand",
        title=_("Welcome coupon"),
        text=_("Codes for new customers, each good for one discount."),
        program={
            "name": _("Welcome coupon"),
            "program_type": "coupons",
            "trigger": "with_code",
            "limit_per_partner": 1,
        },
        rules=(),
        rewards=({"reward_type": "discount", "discount_mode": "fixed", "discount_value": 5},),
    ),
    Starter(
        key="promo_code",
        icon="sell",
        title=_("Promo code"),
        text=_("One code for everybody, for a poster or a newsletter."),
        program={
            "name": _("Promo code"),
            "program_type": "promo_code",
            "trigger": "with_code",
            "limit_per_partner": 1,
        },
        rules=({"code": "SUMMER10"},),
        rewards=({"reward_type": "discount", "discount_mode": "percent", "discount_value": 10},),
    ),
    Starter(
        key="club",
        icon="loyalty",
        title=_("Points for members"),
        text=_("Members earn a point for every unit of money and buy discounts with points."),
        program={
            "name": _("Members' club"),
            "program_type": "loyalty",
            "applies_on": "both",
        },
        rules=({"reward_point_mode": "money", "reward_point_amount": 1},),
        rewards=(
            {
                "reward_type": "discount",
                "required_points": 100,
                "discount_mode": "fixed",
                "discount_value": 5,
            },
        ),
    ),
)
BLANK = Starter(
    key="blank",
    icon="edit_note",
    title=_("From nothing"),
    text=_("An empty form with every type of program and reward."),
    program={"program_type": "promotion"},
)
BY_KEY: Mapping[str, Starter] = {one.key: one for one in (*STARTERS, BLANK)}
