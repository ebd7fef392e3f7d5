"""Fifty programs of the grocer's own, of every type and every kind of reward.

The data knows none. They are here so that a replay shows what many programs at once do to real
baskets: they overlap, exclude each other, run out, and make coupons, cards and points.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any

from demo.groceries.source import STORE_ZONE, GrocerySource
from demo.groceries.stocking import CURRENCY, POINTS
from demo.programs import ensure_programs
from loyalty.services.upsert_loyalty_program import upsert_loyalty_program
from promotions.catalog.input import ProductInput
from promotions.services.upsert_products import upsert_products

PREFIX = "journey-own-"
GIFT, TOP_UP = "journey-gift", "journey-top-up"
MOST = 50
WALLET = f"{PREFIX}wallet"
PROMO_CODES = tuple(f"JOURNEY{n}" for n in range(1, 7))
_EXTRA_POINTS = "journey-stars"

Body = dict[str, Any]


def open_offers(source: GrocerySource, start: datetime, count: int) -> None:
    """Make the first `count` of the fifty programs, the goods they sell and the points they move.

    Those that are there are left as they are.
    """
    upsert_products(
        products=[
            ProductInput(sku=GIFT, name="Gift card", price=Decimal(25), tags=("gift",)),
            ProductInput(sku=TOP_UP, name="Top-up", price=Decimal(20), tags=("top-up",)),
        ]
    )
    for ref, name in (
        (f"{PREFIX}gift", "Gift cards"),
        (WALLET, "E-wallet"),
        (_EXTRA_POINTS, "Stars"),
    ):
        upsert_loyalty_program(ref=ref, name=name, point_decimals=2, time_zone=STORE_ZONE)
    bodies = list(_offers(source.favourite_products(40), source.favourite_categories(20)))
    assert len(bodies) == MOST
    common = {"currency": CURRENCY, "date_from": start.isoformat()}
    # In the order of a hand of cards dealt by type, so that any first few are of many types.
    ensure_programs((body | common for body in bodies[:count]), at=start)


def _offers(products: Sequence[str], categories: Sequence[str]) -> Iterator[Body]:
    """Yield the programs, one of each kind in turn."""
    kinds = [
        _category_percent(categories),
        _free_units(products),
        _promo_codes(),
        _special_prices(products),
        _sets(categories),
        _steps(categories),
        _later(categories),
        _points(categories),
        _money(),
        _referrals(),
        _whole_orders(),
    ]
    made = 0
    while kinds:
        for kind in list(kinds):
            body = next(kind, None)
            if body is None:
                kinds.remove(kind)
                continue
            made += 1
            yield {"ref": f"{PREFIX}{made}", **body}


def _reward(kind: str, fields: Body, **more: Any) -> Body:
    return {kind: fields, **more}


def _off(mode: str, value: str, applies_to: str = "order", **more: Any) -> Body:
    return {"discount": {"mode": mode, "value": value, "applies_to": applies_to, **more}}


def _category_percent(categories: Sequence[str]) -> Iterator[Body]:
    limits: list[Body] = [
        {},
        {"limit_usage": 100},
        {"budget": "250.00"},
        {"limit_per_partner": 2},
        {"schedule": [{"weekdays": [0, 1, 2], "start": "09:00", "end": "12:00"}]},
        {"schedule": [{"weekdays": [5, 6], "start": "22:00", "end": "02:00"}]},
        {"limit_usage": 300, "budget": "120.00", "limit_per_partner": 1},
    ]
    for place, limit in enumerate(limits):
        yield {
            "name": f"{5 + place} % off {categories[place]}",
            "program_type": "promotion",
            "rules": [{"categories": [categories[place]], "minimum_amount": str(place)}],
            "rewards": [
                _off("percent", str(5 + place), "specific", categories=[categories[place]])
            ],
            **limit,
        }


def _free_units(products: Sequence[str]) -> Iterator[Body]:
    for place in range(5):
        some = list(products[4 * place : 4 * place + 4])
        placement = "extra" if place == 4 else "in_cart"
        yield {
            "name": f"Buy {place + 1}, get one",
            "program_type": "buy_x_get_y",
            "rules": [{"products": some, "reward_point_mode": "unit"}],
            "rewards": [
                {
                    "required_points": str(place + 1),
                    "product": {"products": some[:1], "placement": placement},
                }
            ],
        }


def _promo_codes() -> Iterator[Body]:
    rewards = [
        _off("percent", "10"),
        _off("fixed", "3"),
        _off("percent", "50", "cheapest"),
        _off("percent", "15", max_amount="4.00"),
        _off("fixed", "1.50", "specific", tags=["national"]),
        _off("percent", "33.3", "specific", tags=["private"]),
    ]
    for code, reward in zip(PROMO_CODES, rewards, strict=True):
        yield {
            "name": f"Code {code}",
            "program_type": "promo_code",
            "limit_per_partner": 3,
            "rules": [{"code": code, "minimum_amount": "5"}],
            "rewards": [reward],
        }


def _special_prices(products: Sequence[str]) -> Iterator[Body]:
    for place in range(4):
        yield {
            "name": f"Special price {place + 1}",
            "program_type": "promotion",
            "rewards": [
                _reward(
                    "special_price",
                    {
                        "products": list(products[20 + 4 * place : 24 + 4 * place]),
                        "price": f"0.{79 + 5 * place}",
                        "max_qty": str(place) if place else None,
                    },
                )
            ],
        }


def _sets(categories: Sequence[str]) -> Iterator[Body]:
    for place in range(3):
        slots = [
            {"categories": [categories[7 + place]], "qty": "1"},
            {"categories": [categories[8 + place]], "qty": str(1 + place)},
        ]
        yield {
            "name": f"Set {place + 1}",
            "program_type": "promotion",
            "stacking": "exclusive" if place == 2 else "stackable",
            "rewards": [
                _reward("special_set", {"slots": slots, "price": "2.50", "max_sets": place + 1})
            ],
        }


def _steps(categories: Sequence[str]) -> Iterator[Body]:
    for place, (mode, by) in enumerate(
        (("tier", "qty"), ("tier", "amount"), ("cascade", "qty"), ("cascade", "amount"))
    ):
        steps = [{"from": str(2 + 3 * n), "percent": str(3 + 2 * n)} for n in range(3)]
        yield {
            "name": f"The more the better {place + 1}",
            "program_type": "promotion",
            "exclusion_group": "steps",
            "rules": [{"categories": [categories[12 + place]]}],
            "rewards": [
                _reward(
                    "steps",
                    {
                        "mode": mode,
                        "by": by,
                        "steps": steps,
                        "categories": [categories[12 + place]],
                    },
                )
            ],
        }


def _later(categories: Sequence[str]) -> Iterator[Body]:
    rules: list[Body] = [
        {"minimum_amount": "40"},
        {"categories": [categories[0]], "minimum_amount": "15"},
        {"minimum_qty": "25", "reward_point_amount": "2"},
    ]
    for place, rule in enumerate(rules):
        yield {
            "name": f"Come again {place + 1}",
            "program_type": "next_order_coupons",
            "limit_usage": 400 if place else None,
            "rules": [rule],
            "rewards": [_off("fixed", str(1 + place))],
        }


def _points(categories: Sequence[str]) -> Iterator[Body]:
    yield {
        "name": "Stars",
        "program_type": "loyalty",
        "loyalty_program": _EXTRA_POINTS,
        "rules": [{"reward_point_mode": "unit", "categories": [categories[1]]}],
        "rewards": [_off("per_point", "0.05") | {"required_points": "5"}],
    }
    yield {
        "name": "A star for every order",
        "program_type": "loyalty",
        "loyalty_program": _EXTRA_POINTS,
        "rules": [{"reward_point_mode": "order", "minimum_amount": "10"}],
        "rewards": [],
    }
    for place, points in enumerate(({"amount": "25"}, {"multiplier": "2"})):
        yield {
            "name": f"More points {place + 1}",
            "program_type": "promotion",
            "loyalty_program": POINTS,
            "rules": [{"categories": [categories[16 + place]], "minimum_amount": "3"}],
            "rewards": [_reward("points", points)],
        }


def _money() -> Iterator[Body]:
    for kind, ref, sku in (("gift_card", f"{PREFIX}gift", GIFT), ("ewallet", WALLET, TOP_UP)):
        yield {
            "name": "Gift card" if kind == "gift_card" else "E-wallet",
            "program_type": kind,
            "loyalty_program": ref,
            "rules": [{"products": [sku], "reward_point_mode": "money"}],
        }


def _referrals() -> Iterator[Body]:
    yield {
        "name": "Bring a friend",
        "program_type": "referral",
        "loyalty_program": POINTS,
        "rules": [{"minimum_amount": "10"}],
        "rewards": [_off("percent", "5"), _reward("points", {"amount": "100"})],
    }
    yield {
        "name": "Both save",
        "program_type": "referral",
        "pending_days": 7,
        "exclusion_group": None,
        "rules": [{"minimum_amount": "30"}],
        "rewards": [_off("fixed", "1")],
    }


def _whole_orders() -> Iterator[Body]:
    for place in range(10):
        yield {
            "name": f"{place + 1} off from {20 * (place + 1)}",
            "program_type": "promotion",
            "rules": [{"minimum_amount": str(20 * (place + 1))}],
            "rewards": [
                _off("fixed", str(place + 1)) if place % 2 else _off("percent", str(1 + place))
            ],
            "stacking": "exclusive" if place == 9 else "stackable",
            "limit_usage": 150 if place == 4 else None,
        }
