"""The programs of the demo shop, as the API would be told of them."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from typing import Any

from core.codes import ALPHABET
from demo.shop.assortment import STORES

Body = dict[str, Any]

CLUB = "club"
NEXT_ORDER = "come-back-3"
E_WALLET = "e-wallet"


@dataclass(frozen=True, slots=True)
class Held:
    """What members of some levels hold from the start: a coupon, a gift card or an e-wallet.

    `points`: what it holds, None: one use. `in_name`: of the member alone, not of the bearer.
    """

    prefix: str
    levels: tuple[str, ...]
    points: Decimal | None = None
    in_name: bool = True


# By program.
HELD = {
    "thank-you-20": Held("THANKS", ("gold", "silver")),
    "birthday-cake": Held("CAKE", ("gold",)),
    "gift-card": Held("GIFT", ("silver",), points=Decimal(25), in_name=False),
    E_WALLET: Held("WALLET", ("gold",), points=Decimal(40)),
}


@dataclass(frozen=True, slots=True)
class CodeSeason:
    """A promo code, the days of the shop's year on which it holds, counted from 0, and for what.

    `minimum` is counted on the products with the tag, or in the category, that it names.
    """

    code: str
    first: int
    last: int
    minimum: Decimal
    tag: str = ""
    category: str = ""

    def holds(self, day: int) -> bool:
        """Tell whether the code holds on a day of the year."""
        return self.first <= day <= self.last


_WELCOME = CodeSeason("WELCOME10", 0, 10_000, Decimal(40))
_PICNIC = CodeSeason("PICNIC15", 60, 190, Decimal(0), tag="summer")
_CLEAN = CodeSeason("CLEAN5", 250, 10_000, Decimal(20), category="Household")
CODE_SEASONS = (_WELCOME, _PICNIC, _CLEAN)
# Who knows a buy-x-get-y offer takes so many.
MULTIPLES = {"COF-005": 3, "PAS-001": 2, "PAS-002": 2, "PAS-003": 2}


def coupon_code(program: str, member: int) -> str:
    """Return the code of what a member holds: the same for every load, and not easily guessed."""
    digest = hashlib.sha256(f"{program} {member}".encode()).digest()
    return f"{HELD[program].prefix}-" + "".join(
        ALPHABET[byte % len(ALPHABET)] for byte in digest[:8]
    )


def shop_programs(first_day: date) -> list[Body]:
    """Return the programs of a shop whose year began on this day; they hold in its stores."""
    stores = [store.ref for store in STORES]
    programs = [*_AUTOMATIC, *_PRICES, *_promo_codes(first_day), *_COUPONS, *_PAYMENTS, _LOYALTY]
    return [{**program, "pos_configs": stores} for program in programs]


def _off(mode: str, value: str, applies_to: str = "order", **details: object) -> list[Body]:
    """Return the one reward of a program that takes something off."""
    discount = {"mode": mode, "value": value, "applies_to": applies_to, **details}
    return [{"discount": discount}]


_AUTOMATIC: list[Body] = [
    {
        "ref": "ten-off-50",
        "name": "10 % off from 50",
        "program_type": "promotion",
        "rules": [{"minimum_amount": "50"}],
        "rewards": _off("percent", "10", max_amount="25"),
    },
    {
        "ref": "coffee-2-plus-1",
        "name": "Coffee: buy 2, get 1 free",
        "program_type": "buy_x_get_y",
        "rules": [{"products": ["COF-005"], "minimum_qty": "2"}],
        "rewards": [{"required_points": "2", "product": {"products": ["COF-005"]}}],
    },
    {
        "ref": "pasta-and-sauce",
        "name": "2 packs of pasta, 1 tomato sauce on top",
        "program_type": "buy_x_get_y",
        "rules": [{"products": ["PAS-001", "PAS-002", "PAS-003"], "minimum_qty": "2"}],
        "rewards": [
            {"required_points": "2", "product": {"products": ["SAU-001"], "placement": "extra"}}
        ],
    },
    {
        "ref": "bakery-happy-hour",
        "name": "Bakery happy hour: 20 % off, weekdays 17 to 19",
        "program_type": "promotion",
        "schedule": [{"weekdays": [0, 1, 2, 3, 4], "start": "17:00", "end": "19:00"}],
        "rules": [{"categories": ["Bakery"]}],
        "rewards": _off("percent", "20", "specific", categories=["Bakery"]),
    },
    {
        "ref": "three-snacks",
        "name": "3 from snacks: the cheapest at half price",
        "program_type": "promotion",
        "rules": [{"categories": ["Snacks"], "minimum_qty": "3"}],
        "rewards": _off("percent", "50", "cheapest", categories=["Snacks"]),
    },
    {
        "ref": "gold-fresh",
        "name": "Gold members: 5 % off fresh food",
        "program_type": "promotion",
        "rules": [{"categories": ["Fresh"], "membership": "gold"}],
        "rewards": _off("percent", "5", "specific", categories=["Fresh"]),
    },
]
_PRICES: list[Body] = [
    {
        "ref": "banana-price",
        "name": "Bananas at 1.49",
        "program_type": "promotion",
        "rules": [{"products": ["FRU-001"]}],
        "rewards": [{"special_price": {"price": "1.49", "products": ["FRU-001"], "max_qty": "3"}}],
    },
    {
        "ref": "breakfast-set",
        "name": "Breakfast for 9.90: a bread, a milk or yoghurt, and something for it",
        "program_type": "promotion",
        "rewards": [
            {
                "special_set": {
                    "price": "9.90",
                    "slots": [
                        {"qty": "1", "categories": ["Bakery > Bread"]},
                        {"qty": "1", "categories": ["Dairy and eggs > Milk and yoghurt"]},
                        {"qty": "1", "categories": ["Pantry > Breakfast"]},
                    ],
                }
            }
        ],
    },
    {
        "ref": "paper-steps",
        "name": "Paper and foil: 5 % off from 2, 10 % from 4",
        "program_type": "promotion",
        "rules": [{"categories": ["Household > Paper and foil"]}],
        "rewards": [
            {
                "steps": {
                    "mode": "tier",
                    "by": "qty",
                    "categories": ["Household > Paper and foil"],
                    "steps": [{"from": "2", "percent": "5"}, {"from": "4", "percent": "10"}],
                }
            }
        ],
    },
    {
        "ref": "tea-points",
        "name": "20 bonus points with tea",
        "program_type": "promotion",
        "loyalty_program": CLUB,
        "rules": [{"categories": ["Drinks > Tea"]}],
        "rewards": [{"points": {"amount": "20"}}],
    },
]
_PAYMENTS: list[Body] = [
    {"ref": "gift-card", "name": "Gift card", "program_type": "gift_card"},
    {"ref": E_WALLET, "name": "E-wallet", "program_type": "ewallet"},
]
_COUPONS: list[Body] = [
    {
        "ref": NEXT_ORDER,
        "name": "Come back: 3 off the next order, after one from 60",
        "program_type": "next_order_coupons",
        "exclusion_group": None,
        "rules": [{"minimum_amount": "60"}],
        "rewards": _off("fixed", "3"),
    },
    {
        "ref": "thank-you-20",
        "name": "Thank you: 20 % off one order",
        "program_type": "coupons",
        "rewards": _off("percent", "20", max_amount="30"),
    },
    {
        "ref": "birthday-cake",
        "name": "A birthday cake on the house",
        "program_type": "coupons",
        "rewards": [{"product": {"products": ["CAK-012"], "placement": "extra"}}],
    },
]
# A point for every unit of money, half as much again for Gold.
_LOYALTY: Body = {
    "ref": "punchcard-club",
    "name": "Punchcard Club",
    "program_type": "loyalty",
    "loyalty_program": CLUB,
    "exclusion_group": None,
    "rules": [
        {"reward_point_mode": "money", "reward_point_amount": "1"},
        {"reward_point_mode": "money", "reward_point_amount": "0.5", "membership": "gold"},
    ],
    "rewards": [
        {
            "required_points": "200",
            "discount": {"mode": "fixed", "value": "5"},
            "description": "5 off for 200 points",
        },
        {
            "required_points": "300",
            "product": {"products": ["KIT-006"], "placement": "extra"},
            "description": "A coffee mug for 300 points",
        },
    ],
}


def _promo_codes(first_day: date) -> list[Body]:
    """Return the programs of the codes in season."""
    return [
        {
            "ref": "welcome-10",
            "name": "Welcome: 10 off from 40",
            "program_type": "promo_code",
            "limit_per_partner": 1,
            "rules": [_rule_of(_WELCOME)],
            "rewards": _off("fixed", "10"),
        },
        {
            "ref": "picnic-15",
            "name": "Picnic weeks: 15 % off everything for the summer",
            "program_type": "promo_code",
            "date_from": _start(first_day, _PICNIC.first),
            "date_to": _start(first_day, _PICNIC.last + 1),
            "rules": [_rule_of(_PICNIC)],
            "rewards": _off("percent", "15", "specific", tags=[_PICNIC.tag]),
        },
        {
            "ref": "clean-5",
            "name": "Spring cleaning: 5 off household goods from 20",
            "program_type": "promo_code",
            "date_from": _start(first_day, _CLEAN.first),
            "budget": "5000",
            "rules": [_rule_of(_CLEAN)],
            "rewards": _off("fixed", "5", "specific", categories=[_CLEAN.category]),
        },
    ]


def _rule_of(season: CodeSeason) -> Body:
    return {
        "code": season.code,
        "minimum_amount": str(season.minimum),
        "tags": [season.tag] if season.tag else [],
        "categories": [season.category] if season.category else [],
    }


def _start(first_day: date, day: int) -> str:
    """Return the first instant of a day of the year."""
    return datetime.combine(first_day + timedelta(days=day), time.min, UTC).isoformat()
