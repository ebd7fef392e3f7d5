"""Members: Odoo's partners."""

from __future__ import annotations

from collections.abc import Sequence

from imports.loading.bodies import PartnerBody
from imports.loading.cleaning import clean
from imports.loading.partners import load_partner
from imports.loading.rows import Fault, Prepared, Single, refused
from imports.odoo.source import Row
from imports.odoo.step import Odoo, Step

_MOST_NAME = 200
# Addresses of a partner are rows of their own there, and may have no name.
_ADDRESSES = ("invoice", "delivery", "other", "private")


class Partners(Step):
    """Members under a reference made from their number."""

    table, model = "partners", "res.partner"

    def __init__(self, odoo: Odoo) -> None:
        super().__init__(odoo)
        self.loader = Single(load_partner)

    def prepare(self, rows: Sequence[Row]) -> list[Prepared]:
        """Return the members."""
        return [self._partner(row) for row in rows]

    def _partner(self, row: Row) -> Prepared:
        key, name = str(row["id"]), clean(row["name"], _MOST_NAME)
        if not name:
            if row["type"] in _ADDRESSES:
                return Prepared(key, left_out=True)
            return refused(key, Fault("name", "required"))
        faults = tuple(
            Fault(column, "shortened", mended=True)
            for column, most in (("name", _MOST_NAME), ("phone", 40))
            if len(row[column] or "") > most
        )
        body = PartnerBody(
            ref=self._ref("partner", row["id"]),
            name=name,
            email=clean(row["email"], 254),
            phone=clean(row["phone"] or row["mobile"], 40),
        )
        return Prepared(key, body, faults)
