"""What is sent to set up products and points of sale: typed plain data.

A field that is UNSET was left out: it keeps what is stored, or the default of a new row.
"""

from __future__ import annotations

from decimal import Decimal

from msgspec import UNSET, UnsetType

from promotions.programs.body import Input, Name, Path, Ref, Tags


class ProductInput(Input, frozen=True, kw_only=True):
    """A product. `price`: in major units, as charged. `category`: a path `Drinks > Coffee`."""

    sku: Ref
    name: Name
    price: Decimal
    category: Path | UnsetType | None = UNSET
    tags: Tags | UnsetType = UNSET
    active: bool | UnsetType = UNSET


class PosConfigInput(Input, frozen=True, kw_only=True):
    """A point of sale. `time_zone`: an IANA name; `currency`: an ISO 4217 code."""

    ref: Ref
    name: Name
    time_zone: str | UnsetType = UNSET
    currency: str | UnsetType = UNSET
    discount_rounding: str | UnsetType = UNSET
    return_policy: str | UnsetType = UNSET
