"""Products: Odoo's variants with the price, category and tags of their templates."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from decimal import Decimal
from functools import cached_property

from imports.loading.bodies import Unfit, read_body
from imports.loading.cleaning import clean, fits_as_ref, path_part
from imports.loading.products import Products as ProductLoader
from imports.loading.rows import Fault, Prepared, refused
from imports.odoo.source import Row, rows_of
from imports.odoo.step import Odoo, Step
from imports.queries import known_rows, refs_in_use
from promotions.catalog.input import ProductInput

_MOST_NAME = 200
_MOST_TAG = 64


class Products(Step):
    """Products under the SKU they have there, or under a reference of ours."""

    table, model = "products", "product.product"

    def __init__(self, odoo: Odoo) -> None:
        super().__init__(odoo)
        self.loader = ProductLoader()

    def prepare(self, rows: Sequence[Row]) -> list[Prepared]:
        """Return the products; those that only carry a discount on a receipt are left out."""
        templates = self._read("product.template", {row["product_tmpl_id"] for row in rows})
        extras = self._read(
            "product.template.attribute.value",
            {one for row in rows for one in row["product_template_attribute_value_ids"]},
        )
        skus = self._skus(rows)
        prepared = []
        for row in rows:
            key, template = str(row["id"]), templates.get(row["product_tmpl_id"])
            if row["id"] in self._discount_lines:
                prepared.append(Prepared(key, left_out=True))
            elif template is None:
                prepared.append(refused(key, Fault("product_tmpl_id", "template_missing")))
            else:
                extra = [
                    extras[one]["price_extra"]
                    for one in row["product_template_attribute_value_ids"]
                    if one in extras
                ]
                prepared.append(self._product(row, template, extra, *skus[key]))
        return prepared

    def _product(
        self,
        row: Row,
        template: Row,
        extra: Iterable[Decimal],
        sku: str,
        faults: tuple[Fault, ...],
    ) -> Prepared:
        tags = dict.fromkeys(
            self.tags[one]
            for one in (*template["product_tag_ids"], *(row["additional_product_tag_ids"] or ()))
            if self.tags.get(one)
        )
        name = clean(template["name"], _MOST_NAME)
        if len(template["name"] or "") > _MOST_NAME:
            faults = (*faults, Fault("name", "shortened", mended=True))
        given = {
            "sku": sku,
            "name": name,
            "price": template["list_price"] + sum(extra, Decimal(0)),
            "category": self.categories.get(template["categ_id"] or 0) or None,
            "tags": tuple(sorted(tags)),
            "active": bool(row["active"]) and bool(template["active"]),
        }
        try:
            return Prepared(str(row["id"]), read_body(ProductInput, given), faults)
        except Unfit as unfit:
            return refused(str(row["id"]), *faults, unfit.fault)

    def _skus(self, rows: Sequence[Row]) -> dict[str, tuple[str, tuple[Fault, ...]]]:
        """Return the SKU of each product, and what is to be said about it.

        A product keeps the SKU it came under. A code that another product has goes to the first.
        """
        before = known_rows(self.name, self.table, {str(row["id"]) for row in rows})
        wanted = {str(row["id"]): row[self.odoo.sku] or "" for row in rows}
        taken = refs_in_use(self.name, self.table, set(wanted.values()))
        often = Counter(wanted.values())
        found: dict[str, tuple[str, tuple[Fault, ...]]] = {}
        for key, code in wanted.items():
            known = before.get(key)
            own = self._ref("product", key)
            if known is not None and known.ref:
                found[key] = known.ref, ()
            elif not code:
                found[key] = own, ()
            elif not fits_as_ref(code) or taken.setdefault(code, key) != key:
                why = "code_in_use" if often[code] > 1 or code in taken else "code_unfit"
                fault = Fault(self.odoo.sku, why, {"code": code[:80], "sku": own}, mended=True)
                found[key] = own, (fault,)
            else:
                found[key] = code, ()
        return found

    def _read(self, model: str, ids: set[int]) -> dict[int, Row]:
        return {row["id"]: row for row in self.source.read(model, "id", ids)}

    @cached_property
    def tags(self) -> dict[int, str]:
        """Return the names of tags."""
        return {
            row["id"]: clean(row["name"], _MOST_TAG) for row in rows_of(self.source, "product.tag")
        }

    @cached_property
    def categories(self) -> dict[int, str]:
        """Return the paths of categories."""
        rows = {row["id"]: row for row in rows_of(self.source, "product.category")}
        paths: dict[int, str] = {}
        for key in rows:
            names, at = list[str](), rows.get(key)
            # A chain that bites its own tail ends where it began.
            while at is not None and len(names) < len(rows):
                names.append(path_part(at["name"] or "") or "-")
                at = rows.get(at["parent_id"] or 0)
            paths[key] = " > ".join(reversed(names))
        return paths

    @cached_property
    def _discount_lines(self) -> set[int]:
        return {
            row["discount_line_product_id"]
            for row in rows_of(self.source, "loyalty.reward")
            if row["discount_line_product_id"]
        }
