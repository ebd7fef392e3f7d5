"""Loading orders of the past."""

from __future__ import annotations

from datetime import datetime

from imports.errors import RowContradicts
from imports.loading.bodies import OrderBody
from imports.loading.rows import Loaded, Prepared
from imports.models import ImportedRow
from promotions.offline.sale import OfflineSale
from promotions.services.commit_order import commit_order

# Catalog versions count from 1, so this one never held a program: nothing is decided anew, no
# point moves and no code is used; what was charged stands, and what was taken off is an allowance.
_WITHOUT_PROGRAMS = 0


def load_order(one: Prepared, before: ImportedRow | None, at: datetime) -> Loaded:
    """Commit an order as it was charged, at the time it was sold.

    Raises: RowContradicts for one that says something else than when it was loaded, and what
    commit_order raises.
    """
    body: OrderBody = one.body
    if before is not None and before.target_id is not None:
        raise RowContradicts(order=before.ref)
    sale = OfflineSale(_WITHOUT_PROGRAMS, charged_total=body.charged_total)
    done = commit_order(order=body.order, at=body.at, user_id=None, sale=sale)
    return Loaded(body.order.ref or "", done.order_id, not done.replayed, faults=one.faults)
