"""What a till that sold without a line says about a sale, beside the order itself."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from promotions import catalog_store
from promotions.catalog_store import Snapshot


@dataclass(frozen=True, slots=True)
class OfflineSale:
    """`catalog_version`: the programs it is decided by. `charged_total`: what the till took.

    `charged_total` None: the till did not say, so what is decided is what was sold for.
    """

    catalog_version: int
    charged_total: Decimal | None = None

    def programs(self, present: Snapshot) -> Snapshot:
        """Return the programs that the sale is decided by, with the stores of today."""
        return catalog_store.snapshot_of(self.catalog_version, present=present)
