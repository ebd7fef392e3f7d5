"""Loading products and points of sale."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from imports.loading.rows import Known, Loaded, Prepared
from imports.models import ImportedRow
from promotions.services.upsert_pos_config import upsert_pos_config
from promotions.services.upsert_products import upsert_products


class Products:
    """Loads many products in one call."""

    def groups(self, rows: Sequence[Prepared], before: Known) -> list[list[Prepared]]:
        """Return all rows together."""
        return [list(rows)] if rows else []

    def load(self, group: Sequence[Prepared], before: Known, at: datetime) -> list[Loaded]:
        """Make or change the products. Raises: InvalidProduct."""
        saved = upsert_products(products=[one.body for one in group])
        return [
            Loaded(
                ref=one.body.sku,
                target_id=saved.ids[one.body.sku],
                made=one.key not in before or before[one.key].target_id is None,
                faults=one.faults,
            )
            for one in group
        ]


def load_pos_config(one: Prepared, before: ImportedRow | None, at: datetime) -> Loaded:
    """Make or change a point of sale. Raises: InvalidPosConfig."""
    saved = upsert_pos_config(pos_config=one.body)
    held = {"currency": one.body.currency, **one.about}
    return Loaded(saved.ref, saved.pos_config_id, saved.created, held, one.faults)
