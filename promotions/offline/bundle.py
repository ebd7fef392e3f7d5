"""The catalog of one point of sale as a till without a line keeps it; pure data."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from core import codec
from promotions.engine.cart import PosFacts
from promotions.engine.definition import Program
from promotions.engine.wallet import UsageFacts
from promotions.offline.errors import BundleUnreadable

FORMAT = 1


@dataclass(frozen=True, slots=True)
class BundleCategory:
    """A category. `lineage`: the ids of its ancestors and its own, root first."""

    id: int
    path: str
    lineage: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class BundleProduct:
    """A product with its price. `category`: the id of its category."""

    id: int
    sku: str
    name: str
    price: Decimal
    category: int | None = None
    tags: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Bundle:
    """Everything a quote needs but the customer.

    `programs`: all in force, those of other stores too, whose codes must be told `wrong_pos`.
    `points_refs`: references of kinds of points, by id. `descriptions`: by language, then by
    `program/reward`, of the rewards that staff gave no text of their own. `usage`: how much of
    the limits was gone when the bundle was made.
    """

    format: int
    catalog_version: int
    made_at: datetime
    valid_until: datetime
    pos: PosFacts
    pos_name: str
    programs: tuple[Program, ...]
    points_refs: Mapping[int, str]
    products: tuple[BundleProduct, ...]
    categories: tuple[BundleCategory, ...]
    descriptions: Mapping[str, Mapping[str, str]]
    usage: Mapping[int, UsageFacts]


def write_bundle(bundle: Bundle) -> bytes:
    """Return the bundle as JSON."""
    data = codec.encode(bundle)
    return json.dumps(data, ensure_ascii=False, separators=(",", ":")).encode()


def read_bundle(payload: bytes) -> Bundle:
    """Return the bundle from what `write_bundle` wrote.

    Raises: BundleUnreadable.
    """
    try:
        data = json.loads(payload)
        if data["format"] != FORMAT:
            raise BundleUnreadable(format=data["format"], known=FORMAT)
        return codec.decode(Bundle, data)
    except (KeyError, TypeError, ValueError, AttributeError, ArithmeticError) as error:
        raise BundleUnreadable(reason=f"{type(error).__name__}: {error}"[:200]) from None
