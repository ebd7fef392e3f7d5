"""Quote a cart from a bundle, without a line, a database or Django.

    python -m promotions.engine BUNDLE CART [--public-key FILE] [--wallet FILE]

Needs Python, cryptography and msgspec; nothing else of Punchcard's requirements.
"""

from __future__ import annotations

import argparse
import json
import sys
from datetime import UTC, datetime
from pathlib import Path

from core.errors import PunchcardError
from promotions.engine.answer import Answer
from promotions.offline.bundle import read_bundle
from promotions.offline.errors import BundleUnreadable
from promotions.offline.quote import Till, read_customer
from promotions.offline.signature import read_public_keys, verify
from promotions.orders.request import parse_order

REFUSED, UNREADABLE = 1, 2


def main(arguments: list[str] | None = None) -> int:
    """Print the answer that the server would give; 1: refused, and why on standard error."""
    asked = _parser().parse_args(arguments)
    try:
        answer = _quote(asked)
    except PunchcardError as error:
        print(f"{error.code}: {error}", file=sys.stderr)
        for one in error.facts.get("errors") or ():  # type: ignore[attr-defined]
            print(f"  {one['pointer']}: {one['detail']}", file=sys.stderr)
        return REFUSED
    except OSError as error:
        print(f"{error.filename}: {error.strerror}", file=sys.stderr)
        return UNREADABLE
    print(json.dumps(answer, ensure_ascii=False, indent=2))
    return 0


def _quote(asked: argparse.Namespace) -> Answer:
    keys = None
    if asked.public_key is not None:
        keys = read_public_keys(_read(asked.public_key))
    try:
        document = json.loads(_read(asked.bundle))
    except ValueError:
        raise BundleUnreadable from None
    bundle = read_bundle(verify(document, keys))
    if keys is None:
        print("Not checked who signed the bundle: name --public-key.", file=sys.stderr)
    order = parse_order(_read(asked.cart))
    customer = None if asked.wallet is None else read_customer(_read(asked.wallet))
    if order.partner is not None and customer is None:
        print("Nobody is known without --wallet: quoted as for anybody.", file=sys.stderr)
    return Till(bundle).quote(
        order,
        # The instant comes in here, at the door: the engine reads no clock.
        at=order.at or datetime.now(UTC),
        customer=customer,
        language=asked.language,
        explain=asked.explain,
    )


def _read(name: str) -> bytes:
    return sys.stdin.buffer.read() if name == "-" else Path(name).read_bytes()


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m promotions.engine",
        description="Quote a cart from a bundle of GET /api/v1/offline-bundle, without a line.",
    )
    parser.add_argument("bundle", metavar="BUNDLE", help="file with the signed bundle")
    parser.add_argument(
        "cart",
        metavar="CART",
        help="file with a body of POST /api/v1/orders/quote; -: standard in",
    )
    parser.add_argument(
        "--public-key",
        metavar="FILE",
        help="keys one trusts: the answer of GET /api/v1/offline-bundle/keys, or a PEM file",
    )
    parser.add_argument(
        "--wallet", metavar="FILE", help='what the customer holds: {"partner_id": 7, "wallet": {}}'
    )
    parser.add_argument("--language", choices=["en", "id"], default="en", help="of the texts")
    parser.add_argument("--explain", action="store_true", help="add the trace")
    return parser


if __name__ == "__main__":
    sys.exit(main())
