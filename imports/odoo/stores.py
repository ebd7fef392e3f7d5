"""Points of sale: Odoo's, and one per company for its sales orders."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property
from typing import Any
from zoneinfo import available_timezones

from imports.loading.bodies import Unfit, read_body
from imports.loading.cleaning import clean
from imports.loading.products import load_pos_config
from imports.loading.rows import Fault, Prepared, Single, refused
from imports.odoo.source import Row, rows_of
from imports.odoo.step import Odoo, Step
from promotions.catalog.input import PosConfigInput


class PosConfigs(Step):
    """Points of sale with the currency of their journal or company."""

    table, model, incremental = "pos_configs", "pos.config", False

    def __init__(self, odoo: Odoo) -> None:
        super().__init__(odoo)
        self.loader = Single(load_pos_config)

    def prepare(self, rows: Sequence[Row]) -> list[Prepared]:
        """Return the points of sale."""
        journals = self.source.read(
            "account.journal", "id", {row["journal_id"] for row in rows if row["journal_id"]}
        )
        currency_of = {one["id"]: one["currency_id"] for one in journals}
        return [
            self._store(
                key=str(row["id"]),
                ref=self._ref("pos", row["id"]),
                name=row["name"] or "",
                company_id=row["company_id"],
                currency_id=currency_of.get(row["journal_id"]),
                channel="pos",
            )
            for row in rows
        ]

    def extra(self) -> list[Prepared]:
        """Return the sales channel of each company, where sales orders are made at all."""
        if not self.source.has("sale.order"):
            return []
        return [
            self._store(
                key=f"sales-{key}",
                ref=self._ref("sales", key),
                name=f"{company['name']}: sales",
                company_id=key,
                currency_id=None,
                channel="sales",
            )
            for key, company in self._companies.items()
        ]

    def _store(
        self,
        *,
        key: str,
        ref: str,
        name: str,
        company_id: int | None,
        currency_id: int | None,
        channel: str,
    ) -> Prepared:
        company = self._companies.get(company_id or 0, {})
        currency = self._currencies.get(currency_id or company.get("currency_id") or 0)
        if currency is None:
            return refused(key, Fault("currency_id", "currency_missing"))
        zone = self._zones.get(company.get("partner_id") or 0)
        given = {
            "ref": ref,
            "name": clean(name, 120),
            "currency": currency,
            "time_zone": zone if zone in available_timezones() else self.odoo.time_zone,
        }
        try:
            body = read_body(PosConfigInput, given)
        except Unfit as unfit:
            return refused(key, unfit.fault)
        return Prepared(key, body, about={"company": company_id, "channel": channel})

    @cached_property
    def _companies(self) -> dict[int, Row]:
        return {row["id"]: row for row in rows_of(self.source, "res.company")}

    @cached_property
    def _currencies(self) -> dict[int, str]:
        return {row["id"]: row["name"] for row in rows_of(self.source, "res.currency")}

    @cached_property
    def _zones(self) -> dict[int, Any]:
        partners = {one["partner_id"] for one in self._companies.values() if one["partner_id"]}
        return {row["id"]: row["tz"] for row in self.source.read("res.partner", "id", partners)}
