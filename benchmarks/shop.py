"""A shop to measure on, set up through the public API: 400 products, 100 programs, 100 members.

Of the 100 programs about 45 give something to a basket of 20 lines. A larger shop has more: for
other products, or out of the basket's reach.
"""

from __future__ import annotations

import json
import random
import urllib.error
import urllib.request
from dataclasses import dataclass
from typing import Any

PRODUCTS = 400
RANGES = 40
RANGE_SIZE = 20
PROGRAMS = 100
MEMBERS = 100
LINES = 20
CARTS = 50
SEED = 7


@dataclass(frozen=True, slots=True)
class Api:
    """The API of a running server, with an admin's token."""

    base: str
    token: str

    def send(self, method: str, path: str, body: object) -> dict[str, Any]:
        """Return the answer. Raises: RuntimeError with the server's words."""
        headers = {"Authorization": f"Token {self.token}", "Content-Type": "application/json"}
        data = json.dumps(body).encode()
        url = f"{self.base}/api/v1/{path}"
        request = urllib.request.Request(url, data, headers, method=method)
        try:
            with urllib.request.urlopen(request, timeout=60) as answer:
                read: dict[str, Any] = json.load(answer)
                return read
        except urllib.error.HTTPError as error:
            raise RuntimeError(f"{method} {path}: {error.code} {error.read().decode()}") from error


def open_shop(api: Api, *, elsewhere: int = 0) -> list[dict[str, Any]]:
    """Set the shop up and return carts for it, the same every time.

    `elsewhere`: how many programs there are besides, none of which concerns the carts.
    """
    chance = random.Random(SEED)
    skus = [f"P{number:03}" for number in range(PRODUCTS)]
    api.send("PUT", "pos-configs/bench", {"name": "Bench", "currency": "USD"})
    _put_on_sale(api, chance, skus)
    api.send("PUT", "loyalty-programs/club", {"name": "Club"})
    for number in range(MEMBERS):
        api.send("PUT", f"partners/m{number}", {"name": f"Member {number}"})
        card = {"loyalty_program": "club", "partner": f"m{number}"}
        api.send("PUT", f"cards/CLUB{number}", card)
    ranges = [chance.sample(skus, RANGE_SIZE) for _ in range(RANGES)]
    for number in range(PROGRAMS - 1):
        api.send("POST", "programs", _program(number, ranges[number % RANGES]))
    api.send("POST", "programs", _club())
    carts = [_cart(chance, skus, number) for number in range(CARTS)]
    _add_elsewhere(api, chance, elsewhere)
    return carts


def _put_on_sale(api: Api, chance: random.Random, skus: list[str]) -> None:
    prices = [
        {"sku": sku, "name": f"Product {sku}", "price": f"{chance.randint(200, 9900) / 100:.2f}"}
        for sku in skus
    ]
    api.send("POST", "products/bulk", prices)


def _add_elsewhere(api: Api, chance: random.Random, count: int) -> None:
    """Add programs of the same kinds for products of their own, or from 100,000 on."""
    if not count:
        return
    skus = [f"Q{number:03}" for number in range(PRODUCTS)]
    _put_on_sale(api, chance, skus)
    for number in range(PROGRAMS, PROGRAMS + count):
        api.send("POST", "programs", _program(number, chance.sample(skus, RANGE_SIZE), 100_000))


def _program(number: int, products: list[str], least: int = 50) -> dict[str, Any]:
    """Return one of four kinds of program, as shops have them."""
    body = {"ref": f"bench-{number}", "name": f"Offer {number}", "publish": True}
    percent = {"mode": "percent", "applies_to": "specific", "products": products}
    kinds: list[dict[str, Any]] = [
        {
            "program_type": "promotion",
            "rules": [{"products": products}],
            "rewards": [_discount(**percent, value=str(5 + number % 20))],
        },
        {
            "program_type": "promotion",
            "rules": [{"minimum_amount": str(least + number)}],
            "rewards": [_discount(mode="fixed", applies_to="order", value=str(1 + number % 5))],
        },
        {
            "program_type": "buy_x_get_y",
            "rules": [{"products": products, "reward_point_mode": "unit"}],
            "rewards": [
                {
                    "reward_type": "product",
                    "required_points": "2",
                    "product": {"products": products[:1], "qty": "1"},
                }
            ],
        },
        {
            "program_type": "promotion",
            "rules": [{"products": products, "minimum_qty": "2"}],
            "rewards": [_discount(mode="percent", applies_to="cheapest", value="50")],
        },
    ]
    return body | kinds[number % 4]


def _discount(**discount: Any) -> dict[str, Any]:
    return {"reward_type": "discount", "discount": discount}


def _club() -> dict[str, Any]:
    rule = {"reward_point_mode": "money", "reward_point_amount": "1"}
    reward = _discount(mode="fixed", applies_to="order", value="5") | {"required_points": "500"}
    return {
        "ref": "bench-club",
        "name": "Club",
        "program_type": "loyalty",
        "loyalty_program": "club",
        "rules": [rule],
        "rewards": [reward],
        "publish": True,
    }


def _cart(chance: random.Random, skus: list[str], number: int) -> dict[str, Any]:
    lines = [{"sku": sku, "qty": str(chance.randint(1, 4))} for sku in chance.sample(skus, LINES)]
    return {"pos_config": "bench", "partner": f"m{number % MEMBERS}", "lines": lines}
