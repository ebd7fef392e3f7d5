"""What files hold: the fields of each kind, and what its rows are here."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

from imports.files.cells import FileRow
from imports.loading.bodies import CardBody, OrderBody, PartnerBody, Unfit, read_body
from imports.loading.cards import Cards as CardLoader
from imports.loading.cleaning import clean
from imports.loading.orders import load_order
from imports.loading.partners import load_partner
from imports.loading.products import Products as ProductLoader
from imports.loading.products import load_pos_config
from imports.loading.rows import Fault, Loader, Prepared, Single, refused
from promotions.catalog.input import PosConfigInput, ProductInput
from promotions.orders.request import InvalidOrder, OrderRequest, check_order
from promotions.programs.loyalty_lookups import find_loyalty_programs, find_partner


@dataclass(frozen=True, slots=True)
class Entry:
    """What belongs together in a file: one row, or the rows of one order."""

    key: str
    rows: tuple[FileRow, ...]


class Kind:
    """A kind of file. `key`: the field that rows are known by; `needed`: its columns."""

    table: ClassVar[str]
    key: ClassVar[str]
    needed: ClassVar[tuple[str, ...]]
    optional: ClassVar[tuple[str, ...]] = ()
    #: Rows that follow each other with the same key are one.
    grouped: ClassVar[bool] = False

    def __init__(self, source: str) -> None:
        self.loader = self._loader(source)

    def prepare(self, entries: Sequence[Entry]) -> list[Prepared]:
        """Return what the entries are here, or why they cannot be."""
        prepared = []
        for one in entries:
            try:
                prepared.append(self._one(one))
            except Unfit as unfit:
                prepared.append(refused(one.key, unfit.fault))
        return prepared

    def _loader(self, source: str) -> Loader:
        raise NotImplementedError

    def _one(self, entry: Entry) -> Prepared:
        raise NotImplementedError


class Products(Kind):
    """Products by SKU."""

    table, key, needed = "products", "sku", ("sku", "name", "price")
    optional = ("category", "tags", "active")

    def _loader(self, source: str) -> Loader:
        return ProductLoader()

    def _one(self, entry: Entry) -> Prepared:
        (row,) = entry.rows
        given: dict[str, Any] = {
            "sku": entry.key,
            "name": clean(row.needed("name"), 200),
            "price": row.needed_number("price"),
            "active": row.flag("active", otherwise=True),
        }
        # A column that is not there leaves what is here as it is.
        if row.raw("category") is not None:
            given["category"] = row.text("category") or None
        if row.raw("tags") is not None:
            given["tags"] = row.listed("tags")
        return Prepared(entry.key, read_body(ProductInput, given))


class PosConfigs(Kind):
    """Points of sale by reference."""

    table, key, needed = "pos_configs", "ref", ("ref", "name")
    optional = ("currency", "time_zone")

    def _loader(self, source: str) -> Loader:
        return Single(load_pos_config)

    def _one(self, entry: Entry) -> Prepared:
        (row,) = entry.rows
        given = {name: row.text(name) for name in self.optional if row.text(name)}
        given |= {"ref": entry.key, "name": clean(row.needed("name"), 120)}
        return Prepared(entry.key, read_body(PosConfigInput, given))


class Partners(Kind):
    """Members by reference."""

    table, key, needed = "partners", "ref", ("ref", "name")
    optional = ("email", "phone", "membership")

    def _loader(self, source: str) -> Loader:
        return Single(load_partner)

    def _one(self, entry: Entry) -> Prepared:
        (row,) = entry.rows
        return Prepared(
            entry.key,
            PartnerBody(
                ref=entry.key,
                name=clean(row.needed("name"), 200),
                email=clean(row.text("email"), 254),
                phone=clean(row.text("phone"), 40),
                membership=row.text("membership") or None,
            ),
        )


class Cards(Kind):
    """Cards by code, with the points on them."""

    table, key, needed = "cards", "code", ("code", "loyalty_program", "balance")
    optional = ("partner", "expires_at")

    def _loader(self, source: str) -> Loader:
        return CardLoader(source)

    def _one(self, entry: Entry) -> Prepared:
        (row,) = entry.rows
        ref, partner = row.needed("loyalty_program"), row.text("partner")
        kind = find_loyalty_programs([ref], []).get(ref)
        if kind is None:
            raise Unfit(Fault("loyalty_program", "unknown_reference", {"ref": ref}))
        owner = find_partner(partner) if partner else None
        if partner and owner is None:
            raise Unfit(Fault("partner", "unknown_reference", {"ref": partner}))
        points = row.needed_number("balance")
        if points < 0:
            raise Unfit(Fault("balance", "negative_balance", {"points": str(points)}))
        body = CardBody(
            code=entry.key,
            loyalty_program_id=kind,
            partner_id=owner,
            points=points,
            expires_at=row.instant("expires_at", end_of_day=True),
            # A column that is not there leaves what is here as it is.
            untold=tuple(name for name in self.optional if row.raw(name) is None),
        )
        return Prepared(entry.key, body, about={"program": ref})


class Orders(Kind):
    """Orders of the past by reference: a row for each line, or lines inside one row."""

    table, key, grouped = "orders", "ref", True
    needed = ("ref", "at", "pos_config")
    optional = ("sku", "qty", "unit_price", "partner", "charged_total", "lines")

    def _loader(self, source: str) -> Loader:
        return Single(load_order)

    def _one(self, entry: Entry) -> Prepared:
        first = entry.rows[0]
        at = first.instant("at")
        if at is None:
            raise Unfit(Fault("at", "required"))
        given = {
            "ref": entry.key,
            "pos_config": first.needed("pos_config"),
            "partner": first.text("partner") or None,
            "at": at,
            "lines": [line for row in entry.rows for line in _lines(row)],
        }
        order = read_body(OrderRequest, given)
        try:
            check_order(order)
        except InvalidOrder as error:
            raise Unfit(Fault("lines", "invalid", detail=error.detail)) from error
        return Prepared(entry.key, OrderBody(order, at, first.number_of("charged_total")))


def _lines(row: FileRow) -> list[dict[str, Any]]:
    """Return the lines of a row. Raises: Unfit."""
    nested = row.raw("lines")
    if isinstance(nested, list):
        parts = [
            FileRow(row.number, one, row.zone, row.columns)
            for one in nested
            if isinstance(one, dict)
        ]
    else:
        parts = [row]
    lines = []
    for part in parts:
        line: dict[str, Any] = {"sku": part.needed("sku"), "qty": part.needed_number("qty")}
        price = part.number_of("unit_price")
        lines.append(line if price is None else {**line, "unit_price": price})
    return lines


KINDS: dict[str, type[Kind]] = {
    kind.table: kind for kind in (PosConfigs, Products, Partners, Cards, Orders)
}
