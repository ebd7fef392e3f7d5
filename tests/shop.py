"""A shop set up and used through the public API, as a till and a marketing script would."""

from __future__ import annotations

import itertools
from decimal import Decimal
from typing import Any

import orjson
from django.test import Client

from access.caller import Role
from access.services.create_token import create_token

Json = dict[str, Any]


class Api:
    """A client with one token. Answers are parsed JSON; `status` is the last HTTP status."""

    def __init__(self, token: str) -> None:
        self._client = Client(raise_request_exception=True)
        self._headers = {"Authorization": f"Token {token}"}
        self.status = 0
        self.headers: Any = {}

    def call(self, method: str, path: str, body: object = None, **headers: str) -> Json:
        """Send one request to /api/v1/."""
        content = b"" if body is None else orjson.dumps(body, default=str)
        response = self._client.generic(
            method,
            f"/api/v1/{path}",
            content,
            content_type="application/json",
            headers=self._headers | {key.replace("_", "-"): held for key, held in headers.items()},
        )
        self.status, self.headers = response.status_code, response.headers
        return orjson.loads(response.content) if response.content else {}

    def ok(self, method: str, path: str, body: object = None, **headers: str) -> Json:
        """Send one request that must succeed."""
        answer = self.call(method, path, body, **headers)
        assert self.status < 300, f"{method} {path}: {self.status} {answer}"
        return answer


class Shop:
    """One store `main` with an admin and a till; every helper returns the API's own answer."""

    def __init__(self, **pos: str) -> None:
        self.admin = Api(create_token(username="root", role=Role.ADMIN).key)
        self.admin.ok("PUT", "pos-configs/main", {"name": "Main street", **pos})
        self.till_token = create_token(username="till", role=Role.POS, pos_ref="main").key
        self.till = Api(self.till_token)
        self._refs = itertools.count(1)

    def products(self, **prices: str) -> None:
        """Make products: `shop.products(A="10.00")`."""
        self.admin.ok(
            "POST",
            "products/bulk",
            [{"sku": sku, "name": sku, "price": price} for sku, price in prices.items()],
        )

    def member(self, ref: str = "ann", points: str | None = None, club: str = "club") -> None:
        """Make a member, with a card of the club holding points if asked."""
        self.admin.ok("PUT", f"partners/{ref}", {"name": ref.title()})
        if points is not None:
            self.admin.ok("PUT", f"loyalty-programs/{club}", {"name": "Club"})
            self.admin.ok("PUT", f"cards/{club}-{ref}", {"loyalty_program": club, "partner": ref})
            if Decimal(points):
                self.admin.ok(
                    "POST", f"cards/{club}-{ref}/earn", {"points": points, "origin": "gift"}
                )

    def balance(self, ref: str = "ann", club: str = "club", card: str | None = None) -> Decimal:
        """Return what the member can spend now."""
        code = card or f"{club}-{ref}"
        return Decimal(self.admin.ok("GET", f"cards/{code}/balance")["balance"])

    def program(self, program_type: str = "promotion", **fields: Any) -> Json:
        """Make and publish a program."""
        body = {"name": program_type, "program_type": program_type, "publish": True, **fields}
        return self.admin.ok("POST", "programs", body)

    def percent_off(self, value: str, **fields: Any) -> Json:
        """Make a program with a percent off the order."""
        return self.program(rewards=[discount(value)], **fields)

    def order(self, *lines: tuple[str, str], **fields: Any) -> Json:
        """Return the body of an order: `shop.order(("A", "2"), partner="ann")`."""
        return {
            "pos_config": "main",
            "lines": [{"sku": sku, "qty": qty} for sku, qty in lines],
            **fields,
        }

    def quote(self, *lines: tuple[str, str], **fields: Any) -> Json:
        """Quote a basket."""
        return self.till.ok("POST", "orders/quote", self.order(*lines, **fields))

    def commit(self, *lines: tuple[str, str], **fields: Any) -> Json:
        """Commit a basket under a new ref, or the one given."""
        fields.setdefault("ref", f"order-{next(self._refs)}")
        return self.till.ok("POST", "orders", self.order(*lines, **fields))

    def back(self, ref: str, *lines: tuple[str, str]) -> Json:
        """Return units of lines of an order."""
        body = {"lines": [{"line_id": line_id, "qty": qty} for line_id, qty in lines]}
        return self.till.ok("POST", f"orders/{ref}/returns", body)


def discount(value: str, mode: str = "percent", applies_to: str = "order", **fields: Any) -> Json:
    """Return a discount reward."""
    return {
        "reward_type": "discount",
        "discount": {"mode": mode, "value": value, "applies_to": applies_to, **fields},
    }
