"""Orders of the past, of the tills and of sales."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from decimal import ROUND_CEILING, ROUND_HALF_UP, Decimal
from functools import cached_property
from typing import Any, ClassVar

from core.money import currency_digits, round_money
from imports.loading.bodies import OrderBody, Unfit, read_body
from imports.loading.orders import load_order
from imports.loading.rows import Fault, Prepared, Single, refused
from imports.models import ImportedRow
from imports.odoo.source import Row, rows_of
from imports.odoo.step import Odoo, Step
from imports.queries import known_rows, loaded_rows
from promotions.orders.request import InvalidOrder, OrderRequest, check_order

_FINEST = Decimal("0.0001")


class _Orders(Step):
    """What both kinds of orders have in common. `sold`: the states of what was really sold."""

    line_model: ClassVar[str]
    sold: ClassVar[tuple[str, ...]]
    qty: ClassVar[str]
    paid: ClassVar[str]

    def __init__(self, odoo: Odoo) -> None:
        super().__init__(odoo)
        self.loader = Single(load_order)

    def prepare(self, rows: Sequence[Row]) -> list[Prepared]:
        """Return the orders that were sold; the others are left out."""
        sold = [row for row in rows if row["state"] in self.sold]
        lines = defaultdict[int, list[Row]](list)
        for line in self.source.read(self.line_model, "order_id", {row["id"] for row in sold}):
            if not line.get("display_type"):
                lines[line["order_id"]].append(line)
        products = loaded_rows(
            self.name,
            "products",
            {line["product_id"] for many in lines.values() for line in many},
        )
        partners = loaded_rows(self.name, "partners", {row["partner_id"] for row in sold})
        stores = known_rows(self.name, "pos_configs", {self._store_key(row) for row in sold})
        known = known_rows(self.name, self.table, {str(row["id"]) for row in rows})
        prepared = []
        for row in rows:
            key = str(row["id"])
            if row["state"] not in self.sold:
                was = known.get(key)
                gone = was is not None and was.target_id is not None
                fault = Fault("state", "called_off_there", {"state": str(row["state"])})
                prepared.append(refused(key, fault) if gone else Prepared(key, left_out=True))
                continue
            prepared.append(
                self._order(
                    row,
                    lines[row["id"]],
                    stores.get(self._store_key(row)),
                    partners,
                    products,
                )
            )
        return prepared

    def _store_key(self, row: Row) -> str:
        raise NotImplementedError

    def _order(
        self,
        row: Row,
        lines: Sequence[Row],
        store: ImportedRow | None,
        partners: Mapping[int, ImportedRow],
        products: Mapping[int, ImportedRow],
    ) -> Prepared:
        key = str(row["id"])
        if store is None or store.target_id is None:
            return refused(key, _not_here("pos_config", self._store_key(row)))
        faults = self._order_faults(row, lines, store, partners)
        digits = currency_digits(store.held["currency"])
        given = []
        for line in lines:
            product = products.get(line["product_id"] or 0)
            if line["reward_id"] and (line[self.paid] < 0 or product is None):
                continue  # what the reward took off, told by the total; goods given are goods
            if product is None:
                faults.append(_not_here("product_id", line["product_id"]))
            elif line[self.qty]:
                given.append(_line(line, product.ref, line[self.qty], line[self.paid], digits))
        if not given and not faults:
            faults.append(Fault("lines", "no_lines"))
        if faults:
            return refused(key, *faults)
        partner = partners[row["partner_id"]].target_id if row["partner_id"] else None
        body = {
            "ref": self._ref(self.table, row["id"]),
            "pos_config": store.target_id,
            "partner": partner,
            "lines": given,
            "at": row["date_order"],
        }
        try:
            order = read_body(OrderRequest, body)
            check_order(order)
        except Unfit as unfit:
            return refused(key, unfit.fault)
        except InvalidOrder as error:
            return refused(key, Fault("lines", "invalid", detail=error.detail))
        charged = round_money(row["amount_total"], digits)
        return Prepared(key, OrderBody(order, row["date_order"], charged))

    def _order_faults(
        self,
        row: Row,
        lines: Sequence[Row],
        store: ImportedRow,
        partners: Mapping[int, ImportedRow],
    ) -> list[Fault]:
        faults = list[Fault]()
        if row["date_order"] is None:
            faults.append(Fault("date_order", "required"))
        if row["partner_id"] and row["partner_id"] not in partners:
            faults.append(_not_here("partner_id", row["partner_id"]))
        if any(line[self.qty] < 0 for line in lines) or row["amount_total"] < 0:
            faults.append(Fault("lines", "refund_not_taken"))
        return faults


class PosOrders(_Orders):
    """Orders of the tills."""

    table, model, line_model = "orders", "pos.order", "pos.order.line"
    sold = ("paid", "done", "invoiced")
    qty, paid = "qty", "price_subtotal_incl"

    def _store_key(self, row: Row) -> str:
        return str(row["config_id"])


class SalesOrders(_Orders):
    """Orders of sales and the web shop."""

    table, model, line_model = "sales", "sale.order", "sale.order.line"
    sold = ("sale", "done")
    qty, paid = "product_uom_qty", "price_total"

    def _store_key(self, row: Row) -> str:
        return f"sales-{row['company_id']}"

    def _order_faults(
        self,
        row: Row,
        lines: Sequence[Row],
        store: ImportedRow,
        partners: Mapping[int, ImportedRow],
    ) -> list[Fault]:
        faults = super()._order_faults(row, lines, store, partners)
        currency = self._currencies.get(row["currency_id"] or 0, store.held["currency"])
        if currency != store.held["currency"]:
            faults.append(Fault("currency_id", "other_currency", {"currency": currency}))
        return faults

    @cached_property
    def _currencies(self) -> dict[int, str]:
        return {row["id"]: row["name"] for row in rows_of(self.source, "res.currency")}


def _line(row: Row, sku: str, qty: Decimal, paid: Decimal, digits: int) -> dict[str, Any]:
    """Return a line at the price per unit that was charged, taxes and manual discount included.

    Four decimals may miss the amount by a little; then it is rounded up, so that the order is
    never worth less than was charged for it.
    """
    price = (paid / qty).quantize(_FINEST, ROUND_HALF_UP)
    if round_money(price * qty, digits) < round_money(paid, digits):
        price = (paid / qty).quantize(_FINEST, ROUND_CEILING)
    return {"sku": sku, "qty": qty, "unit_price": price, "line_id": str(row["id"])}


def _not_here(column: str, key: object) -> Fault:
    return Fault(column, "not_imported", {"key": str(key)})
