"""Credit notes: what was paid back for sales orders, and which goods came back."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, time
from decimal import Decimal
from functools import partial
from zoneinfo import ZoneInfo

from imports.loading.bodies import RefundBody
from imports.loading.orders import load_order
from imports.loading.rows import Fault, Prepared, Single, refused
from imports.models import ImportedRow
from imports.odoo.orders import SalesOrders, is_goods
from imports.odoo.refunds import TakenBack, returns_of
from imports.odoo.source import Row
from imports.odoo.step import Odoo, Step
from imports.queries import known_rows, loaded_rows

# A price per unit is rounded there, and so is the tax on it.
_CENT = Decimal("0.01")


class CreditNotes(Step):
    """Posted credit notes whose lines name the lines of sales orders that they give back."""

    table, model = "credit_notes", "account.move"

    def __init__(self, odoo: Odoo) -> None:
        super().__init__(odoo)
        self.loader = Single(load_order)

    def prepare(self, rows: Sequence[Row]) -> list[Prepared]:
        """Return what came back; drafts, and notes that are for no sales order, are left out."""
        posted = {row["id"] for row in rows if row["state"] == "posted"}
        lines = defaultdict[int, list[Row]](list)
        for line in self.source.read("account.move.line", "move_id", posted):
            if line["display_type"] == "product":
                lines[line["move_id"]].append(line)
        links = {one for many in lines.values() for line in many for one in line["sale_line_ids"]}
        sales = {row["id"]: row for row in self.source.read("sale.order.line", "id", links)}
        products = loaded_rows(self.name, "products", {one["product_id"] for one in sales.values()})
        known = known_rows(self.name, self.table, {str(row["id"]) for row in rows})
        return [
            self._note(row, lines[row["id"]], sales, products, known.get(str(row["id"])))
            for row in rows
        ]

    def _note(
        self,
        row: Row,
        lines: Sequence[Row],
        sales: Mapping[int, Row],
        products: Mapping[int, ImportedRow],
        before: ImportedRow | None,
    ) -> Prepared:
        key = str(row["id"])
        if not any(line["sale_line_ids"] for line in lines):
            if before is not None and before.target_id is not None:
                gone = Fault("state", "called_off_there", {"state": str(row["state"])})
                return refused(key, gone)
            return Prepared(key, left_out=True)
        back = [line for line in lines if line["quantity"]]
        faults = [
            fault for line in back if (fault := _corrected(line, sales, products)) is not None
        ]
        returns, wrong = returns_of(
            (TakenBack(_sold_by(line), line["quantity"], line["price_total"]) for line in back),
            sales,
            at=self._at(row),
            ref_of=partial(self._ref, SalesOrders.table),
            is_goods=lambda line: is_goods(line, SalesOrders.paid, products),
        )
        if faults or wrong:
            return refused(key, *faults, *wrong)
        return Prepared(key, RefundBody(returns))

    def _at(self, row: Row) -> datetime:
        """Return when it was written; noon of its day, if that was set to another."""
        written: datetime = row["create_date"] or datetime.now(UTC)
        zone, day = ZoneInfo(self.odoo.time_zone), row["invoice_date"]
        if day is None or written.astimezone(zone).date() == day:
            return written
        return datetime.combine(day, time(12), zone)


def _sold_by(line: Row) -> int | None:
    return line["sale_line_ids"][0] if len(line["sale_line_ids"]) == 1 else None


def _corrected(
    line: Row, sales: Mapping[int, Row], products: Mapping[int, ImportedRow]
) -> Fault | None:
    """Return what is wrong with a line that pays back another price than was paid for goods."""
    sold = sales.get(_sold_by(line) or 0)
    if sold is None or not is_goods(sold, SalesOrders.paid, products) or not sold[SalesOrders.qty]:
        return None
    cost = sold[SalesOrders.paid] / sold[SalesOrders.qty] * line["quantity"]
    if abs(cost - line["price_total"]) <= _CENT * max(Decimal(1), line["quantity"]):
        return None
    facts = {"there": f"{line['price_total']:.2f}", "here": f"{cost:.2f}"}
    return Fault("lines", "price_correction", facts)
