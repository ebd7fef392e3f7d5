"""Orders of the past, of the tills and of sales."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from decimal import ROUND_CEILING, ROUND_HALF_UP, Decimal
from functools import cached_property, partial
from typing import Any, ClassVar

from core.money import currency_digits, round_money
from imports.loading.bodies import OrderBody, RefundBody, ReturnBody, Unfit, read_body
from imports.loading.orders import load_order
from imports.loading.rows import Fault, Prepared, Single, refused
from imports.models import ImportedRow
from imports.odoo.refunds import TakenBack, returns_of
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
    #: The column that names the line of the sale whose goods come back; "": there is none.
    takes_back: ClassVar[str] = ""

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
        sales = self._sales_of(lines)
        products = loaded_rows(
            self.name,
            "products",
            {line["product_id"] for many in (*lines.values(), sales.values()) for line in many},
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
                    sales,
                )
            )
        return prepared

    def _sales_of(self, lines: Mapping[int, Sequence[Row]]) -> dict[int, Row]:
        """Return the lines of sales whose goods these lines take back."""
        if not self.takes_back:
            return {}
        back = (line for many in lines.values() for line in many if line[self.qty] < 0)
        keys = {line[self.takes_back] for line in back if line[self.takes_back]}
        return {row["id"]: row for row in self.source.read(self.line_model, "id", keys)}

    def _store_key(self, row: Row) -> str:
        raise NotImplementedError

    def _order(
        self,
        row: Row,
        lines: Sequence[Row],
        store: ImportedRow | None,
        partners: Mapping[int, ImportedRow],
        products: Mapping[int, ImportedRow],
        sales: Mapping[int, Row],
    ) -> Prepared:
        key = str(row["id"])
        if store is None or store.target_id is None:
            return refused(key, _not_here("pos_config", self._store_key(row)))
        faults = self._order_faults(row, store, partners)
        digits = currency_digits(store.held["currency"])
        back = [line for line in lines if line[self.qty] < 0]
        returns, wrong = self._returns(row, back, sales, products) if back else ((), ())
        faults += wrong
        given, missing = _goods_of(self, lines, products, digits)
        faults += missing
        if not given and not back and not faults:
            faults.append(Fault("lines", "no_lines"))
        if faults:
            return refused(key, *faults)
        if not given:
            return Prepared(key, RefundBody(returns))
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
        paid_back = sum((line[self.paid] for line in back), Decimal(0))
        charged = round_money(row["amount_total"] - paid_back, digits)
        sale = OrderBody(order, row["date_order"], charged)
        return Prepared(key, RefundBody(returns, sale) if returns else sale)

    def _returns(
        self,
        row: Row,
        back: Sequence[Row],
        sales: Mapping[int, Row],
        products: Mapping[int, ImportedRow],
    ) -> tuple[tuple[ReturnBody, ...], tuple[Fault, ...]]:
        """Return what the lines with units below zero took back of which sale."""
        return returns_of(
            (
                TakenBack(
                    line[self.takes_back] if self.takes_back else None,
                    -line[self.qty],
                    -line[self.paid],
                )
                for line in back
            ),
            sales,
            at=row["date_order"],
            ref_of=partial(self._ref, self.table),
            is_goods=lambda line: is_goods(line, self.paid, products),
        )

    def _order_faults(
        self, row: Row, store: ImportedRow, partners: Mapping[int, ImportedRow]
    ) -> list[Fault]:
        faults = list[Fault]()
        if row["date_order"] is None:
            faults.append(Fault("date_order", "required"))
        if row["partner_id"] and row["partner_id"] not in partners:
            faults.append(_not_here("partner_id", row["partner_id"]))
        return faults


class PosOrders(_Orders):
    """Orders of the tills."""

    table, model, line_model = "orders", "pos.order", "pos.order.line"
    sold = ("paid", "done", "invoiced")
    qty, paid, takes_back = "qty", "price_subtotal_incl", "refunded_orderline_id"

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
        self, row: Row, store: ImportedRow, partners: Mapping[int, ImportedRow]
    ) -> list[Fault]:
        faults = super()._order_faults(row, store, partners)
        currency = self._currencies.get(row["currency_id"] or 0, store.held["currency"])
        if currency != store.held["currency"]:
            faults.append(Fault("currency_id", "other_currency", {"currency": currency}))
        return faults

    @cached_property
    def _currencies(self) -> dict[int, str]:
        return {row["id"]: row["name"] for row in rows_of(self.source, "res.currency")}


def _goods_of(
    orders: _Orders, lines: Sequence[Row], products: Mapping[int, ImportedRow], digits: int
) -> tuple[list[dict[str, Any]], list[Fault]]:
    """Return the lines that were sold, and what is wrong with the others."""
    given, faults = list[dict[str, Any]](), list[Fault]()
    for line in lines:
        qty, paid = line[orders.qty], line[orders.paid]
        if qty < 0 or not is_goods(line, orders.paid, products):
            continue  # what came back, or what a reward took off, which the total tells
        product = products.get(line["product_id"] or 0)
        if product is None:
            faults.append(_not_here("product_id", line["product_id"]))
        elif qty:
            given.append(_line(line, product.ref, qty, paid, digits))
    return given, faults


def is_goods(line: Row, paid: str, products: Mapping[int, ImportedRow]) -> bool:
    """Tell whether a line is goods: what a reward took off is none, goods it gave are.

    `paid`: the column of what was paid for the line.
    """
    if not line["reward_id"]:
        return True
    return bool(line[paid] >= 0 and line["product_id"] in products)


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
