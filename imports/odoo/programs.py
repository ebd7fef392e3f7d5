"""Programs with their rules and rewards: whole, or not at all."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from functools import cached_property
from typing import Any

from core.money import currency_digits
from imports.loading.bodies import PointsBody, ProgramBody, Unfit, read_body
from imports.loading.cleaning import clean
from imports.loading.programs import load_program
from imports.loading.rows import Fault, Prepared, Single, refused
from imports.models import ImportedRow
from imports.odoo.products import Products
from imports.odoo.program_parts import Parts, read_reward, read_rule
from imports.odoo.source import Row, rows_of
from imports.odoo.step import Odoo, Step
from imports.queries import loaded_rows
from promotions.engine.terms import ProgramType
from promotions.presets import PRESETS
from promotions.programs.body import ProgramInput

_PAYMENTS = ("gift_card", "ewallet")
_WITH_POINTS = ("loyalty", *_PAYMENTS)
# The decimals that Odoo shows of points.
_POINT_DECIMALS = 2


class Programs(Step):
    """Programs of every type. There are few: all are read each time, changed or not."""

    table, model, incremental = "programs", "loyalty.program", False

    def __init__(self, odoo: Odoo) -> None:
        super().__init__(odoo)
        self.loader = Single(load_program)

    def prepare(self, rows: Sequence[Row]) -> list[Prepared]:
        """Return the programs, each with all of its rules and rewards."""
        ids = {row["id"] for row in rows}
        rules, rewards = self._of("loyalty.rule", ids), self._of("loyalty.reward", ids)
        parts = self._parts([*rules.values()], [*rewards.values()])
        return [self._program(row, rules[row["id"]], rewards[row["id"]], parts) for row in rows]

    def _of(self, model: str, program_ids: set[int]) -> dict[int, list[Row]]:
        found = defaultdict[int, list[Row]](list)
        for row in self.source.read(model, "program_id", program_ids):
            if row["active"]:
                found[row["program_id"]].append(row)
        return found

    def _program(
        self, row: Row, rules: Sequence[Row], rewards: Sequence[Row], parts: Parts
    ) -> Prepared:
        key, kind = str(row["id"]), row["program_type"] or ""
        if kind not in list(ProgramType):
            return refused(key, Fault("program_type", "unknown_type", {"type": kind}))
        currency = self._currencies.get(row["currency_id"] or 0)
        stores, faults = self._stores(row, currency)
        if row["pricelist_ids"]:
            faults.append(Fault("pricelist_ids", "pricelist"))
        given_rules = [
            read_rule(one, kind, place, parts, faults) for place, one in enumerate(rules)
        ]
        extra = not row["pos_ok"] and row["pos_ok"] is not None
        given_rewards = [
            read_reward(one, place, parts, faults, extra=extra)
            for place, one in enumerate(sorted(rewards, key=lambda one: one["required_points"]))
        ]
        fatal = [one for one in faults if not one.mended]
        if fatal:
            return refused(key, *fatal)
        limit, used_up = self._limit(row, rewards)
        if used_up:
            faults.append(Fault("max_usage", "limit_reached", mended=True))
        points = self._points(row, kind, currency)
        given: dict[str, Any] = {
            "ref": self._ref("program", key),
            "name": clean(row["name"], 200),
            "program_type": kind,
            "trigger": row["trigger"] or PRESETS[ProgramType(kind)].trigger,
            "applies_on": row["applies_on"],
            "active": bool(row["active"]),
            "currency": currency,
            "date_from": row["date_from"] and row["date_from"].isoformat(),
            "date_to": row["date_to"] and row["date_to"].isoformat(),
            "pos_configs": stores,
            "sequence": row["sequence"],
            "limit_usage": limit,
            "loyalty_program": points.ref if points else None,
            "rules": given_rules,
            "rewards": given_rewards,
        }
        try:
            program = read_body(ProgramInput, given)
        except Unfit as unfit:
            return refused(key, unfit.fault)
        body = ProgramBody(program, points, publish=bool(row["active"]) and not used_up)
        return Prepared(key, body, tuple(faults))

    def _points(self, row: Row, kind: str, currency: str | None) -> PointsBody | None:
        """Return the kind of points that the program keeps, if it keeps any."""
        if kind not in _WITH_POINTS and row["applies_on"] != "both":
            return None
        paid = kind in _PAYMENTS
        unit = clean(row["portal_point_name"], 40) or "points"
        # Odoo 18, which keeps a history, counts what is paid before the program's own rewards;
        # Odoo 17 counts the undiscounted price.
        newer = self.source.has("loyalty.history")
        return PointsBody(
            ref=self._ref("points", row["id"]),
            name=clean(row["name"], 120),
            unit=currency or unit if paid else unit,
            decimals=currency_digits(currency or "") if paid else _POINT_DECIMALS,
            earn_on="before_own_rewards" if newer else "gross",
        )

    def _stores(self, row: Row, currency: str | None) -> tuple[list[int], list[Fault]]:
        """Return where the program is given; an empty list: everywhere."""
        faults = list[Fault]()
        named = set(row["pos_config_ids"])
        missing = named - {int(key) for key in self._here if key.isdecimal()}
        faults += [
            Fault("pos_config_ids", "not_imported", {"key": str(one)}) for one in sorted(missing)
        ]
        chosen = [
            store
            for key, store in self._here.items()
            if self._is_given_at(row, named, key, store) and store.held["currency"] == currency
        ]
        if self._here and not chosen and not faults:
            faults.append(Fault("pos_ok", "no_channel"))
        everywhere = len(chosen) == len(self._here)
        ids = [] if everywhere else [one.target_id for one in chosen if one.target_id is not None]
        return sorted(ids), faults

    def _is_given_at(self, row: Row, named: set[int], key: str, store: ImportedRow) -> bool:
        if row["company_id"] and store.held["company"] not in (None, row["company_id"]):
            return False
        if store.held["channel"] == "sales":
            return bool(row["sale_ok"] or row["ecommerce_ok"])
        return row["pos_ok"] is not False and (not named or int(key) in named)

    def _limit(self, row: Row, rewards: Sequence[Row]) -> tuple[int | None, bool]:
        """Return how many uses are left of the limit, and whether none is."""
        if not row["limit_usage"]:
            return None, False
        ids = {one["id"] for one in rewards}
        used = 0
        for model in ("pos.order.line", "sale.order.line"):
            lines = self.source.read(model, "reward_id", ids)
            used += len({line["order_id"] for line in lines})
        left = row["max_usage"] - used
        return (left, False) if left > 0 else (None, True)

    def _parts(self, rules: list[list[Row]], rewards: list[list[Row]]) -> Parts:
        """Return what rules and rewards refer to, as it is known here."""
        all_rewards = [one for many in rewards for one in many]
        tagged = self._products_with(
            {one["reward_product_tag_id"] for one in all_rewards if one["reward_product_tag_id"]}
        )
        wanted = {key for many in rules for one in many for key in one["product_ids"]}
        for one in all_rewards:
            wanted |= {*one["discount_product_ids"], *tagged.get(one["reward_product_tag_id"], ())}
            wanted |= {one["reward_product_id"]} - {None}
        return Parts(
            products=loaded_rows(self.name, "products", wanted),
            categories=self._goods.categories,
            tags=self._goods.tags,
            tagged=tagged,
        )

    def _products_with(self, tag_ids: set[int]) -> dict[int, tuple[int, ...]]:
        """Return the products of each tag, by themselves or through their template."""
        templates = self.source.read("product.template", "product_tag_ids", tag_ids)
        tags_of = {row["id"]: set(row["product_tag_ids"]) for row in templates}
        found = defaultdict[int, set[int]](set)
        for row in self.source.read("product.product", "product_tmpl_id", set(tags_of)):
            for tag in tags_of[row["product_tmpl_id"]] & tag_ids:
                found[tag].add(row["id"])
        for row in self.source.read("product.product", "additional_product_tag_ids", tag_ids):
            for tag in set(row["additional_product_tag_ids"]) & tag_ids:
                found[tag].add(row["id"])
        return {tag: tuple(sorted(ids)) for tag, ids in found.items()}

    @cached_property
    def _here(self) -> dict[str, ImportedRow]:
        """Return the points of sale that are here, by their key there."""
        found = ImportedRow.objects.filter(source=self.name, table="pos_configs")
        return {row.key: row for row in found.order_by("id") if row.target_id is not None}

    @cached_property
    def _currencies(self) -> dict[int, str]:
        return {row["id"]: row["name"] for row in rows_of(self.source, "res.currency")}

    @cached_property
    def _goods(self) -> Products:
        return Products(self.odoo)
