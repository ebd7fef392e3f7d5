"""`manage.py demo`: a basket sent to the running API, and its receipt explained."""

from __future__ import annotations

import json
import os
import shlex
import urllib.error
import urllib.request
from argparse import ArgumentParser
from datetime import UTC, datetime
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from demo.receipt import receipt_lines
from demo.shop.accounts import read_accounts
from demo.shop.assortment import STORES, read_products
from demo.shop.people import REGULAR, member_ref
from demo.shop.programs import coupon_code

_STORE = STORES[1]
_LINES = (
    ("COF-005", 3),
    ("SNA-001", 2),
    ("SNA-007", 1),
    ("BRD-001", 1),
    ("FRU-001", 2),
    ("CLE-003", 2),
)
_SECONDS = 10
# Of so many members about one in eight is Gold.
_MEMBERS_ASKED = 400


class Command(BaseCommand):
    """Quote a basket, or sell it, through the public API alone."""

    help = "Send a basket to the running API and print the receipt with every discount explained."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Declare the arguments."""
        port = os.environ.get("PORT", "8000")
        parser.add_argument("--url", default=f"http://127.0.0.1:{port}", help="where it runs")
        parser.add_argument("--commit", action="store_true", help="sell it, not only quote it")

    def handle(self, *args: Any, **options: Any) -> None:
        """Send it and print what comes back. Raises: CommandError."""
        accounts = read_accounts()
        if accounts is None or _STORE.ref not in accounts.till_tokens:
            raise CommandError("There is no till token. Run manage.py load_demo_shop first.")
        token = accounts.till_tokens[_STORE.ref]
        api = f"{options['url'].rstrip('/')}/api/v1"
        body = _basket(_member_with_a_coupon(api, token))
        url = f"{api}/orders/quote?explain=1"
        if options["commit"]:
            body["ref"] = f"{_STORE.ref}-{datetime.now(UTC):%Y%m%d-%H%M%S}"
            url = url.replace("/quote", "")
        self.stdout.write(_as_curl(url, token, body))
        answer = _send(url, token, body)
        self.stdout.write("")
        self.stdout.write(f"{_STORE.name}, member {body['partner']}")
        names = {product.sku: product.name for product in read_products()}
        for line in receipt_lines(answer, names):
            self.stdout.write(line)
        if not options["commit"]:
            self.stdout.write("\nA quote: nothing was written. To sell it: manage.py demo --commit")


def _member_with_a_coupon(api: str, token: str) -> int:
    """Return the first Gold member whose coupon is not used up: each sold basket spends one.

    With all of them used up it is the first member's, and the receipt says so.
    Raises: CommandError, as `_send`.
    """
    for number in range(REGULAR, _MEMBERS_ASKED):
        try:
            member = _send(f"{api}/partners/{member_ref(number)}", token)
        except CommandError:
            if number == REGULAR:
                raise
            break  # a small shop has no more members
        if (member["membership"] or {}).get("membership_product") != "gold":
            continue
        asked = {**_basket(number), "codes": [coupon_code("thank-you-20", number)]}
        if _send(f"{api}/orders/quote", token, asked)["codes"][0]["status"] == "applied":
            return number
    return REGULAR


def _basket(member: int) -> dict[str, Any]:
    """Return the basket of a member who has a coupon, and mistypes another code."""
    return {
        "pos_config": _STORE.ref,
        "partner": member_ref(member),
        "codes": [coupon_code("thank-you-20", member), "WELCOME1O"],
        "lines": [{"sku": sku, "qty": str(qty)} for sku, qty in _LINES],
    }


def _as_curl(url: str, token: str, body: dict[str, Any]) -> str:
    """Return the call as it can be typed."""
    return (
        f"curl -s {shlex.quote(url)} \\\n"
        f"  -H 'Authorization: Token {token}' -H 'Content-Type: application/json' \\\n"
        f"  -d {shlex.quote(json.dumps(body))}"
    )


def _send(url: str, token: str, body: dict[str, Any] | None = None) -> dict[str, Any]:
    """Return the answer to a POST of the body, or to a GET.

    Raises: CommandError, which says what is wrong and what to do.
    """
    request = urllib.request.Request(  # noqa: S310 - the address is the caller's own
        url,
        data=None if body is None else json.dumps(body).encode(),
        headers={"Authorization": f"Token {token}", "Content-Type": "application/json"},
    )
    try:
        with urllib.request.urlopen(request, timeout=_SECONDS) as answer:  # noqa: S310
            read: dict[str, Any] = json.load(answer)
            return read
    except urllib.error.HTTPError as error:
        problem = error.read().decode(errors="replace")
        raise CommandError(f"The API answered {error.code}: {problem}") from error
    except OSError as error:
        raise CommandError(f"No Punchcard answers at {url}: {error}. Start it: make run") from error
