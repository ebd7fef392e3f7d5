"""What is sent to set up products and points of sale: typed plain data.

A field that is UNSET was left out: it keeps what is stored, or the default of a new row.
"""

from __future__ import annotations

from msgspec import UNSET, UnsetType

from core.numbers import PlainDecimal
from promotions.engine.terms import Rounding
from promotions.programs.body import Input, Name, Path, Ref, ShortName, Tags


class ProductFields(Input, frozen=True, kw_only=True):
    """A product. `price`: in major units, as charged. `category`: a path `Drinks > Coffee`."""

    name: Name
    price: PlainDecimal
    category: Path | UnsetType | None = UNSET
    tags: Tags | UnsetType = UNSET
    active: bool | UnsetType = UNSET


class ProductInput(ProductFields, frozen=True, kw_only=True):
    """A product with its SKU."""

    sku: Ref


class PosConfigFields(Input, frozen=True, kw_only=True):
    """A point of sale. `time_zone`: an IANA name; `currency`: an ISO 4217 code."""

    name: ShortName
    time_zone: str | UnsetType = UNSET
    currency: str | UnsetType = UNSET
    discount_rounding: Rounding | UnsetType = UNSET
    return_policy: str | UnsetType = UNSET


class PosConfigInput(PosConfigFields, frozen=True, kw_only=True):
    """A point of sale with its reference."""

    ref: Ref
