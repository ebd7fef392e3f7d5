"""Loading orders of the past."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from decimal import Decimal

from imports.errors import RowContradicts, SaleOutOfTime
from imports.loading.bodies import OrderBody, RefundBody, ReturnBody
from imports.loading.cleaning import is_past
from imports.loading.rows import Fault, Loaded, Prepared
from imports.models import ImportedRow
from promotions.offline.sale import OfflineSale
from promotions.services.commit_order import commit_order
from promotions.services.return_order import return_order

# Catalog versions count from 1, so this one never held a program: nothing is decided anew, no
# point moves and no code is used; what was charged stands, and what was taken off is an allowance.
_WITHOUT_PROGRAMS = 0


def load_order(one: Prepared, before: ImportedRow | None, at: datetime) -> Loaded:
    """Commit an order as it was charged, at the time it was sold; take back what came back.

    Raises: RowContradicts for one that says something else than when it was loaded,
    SaleOutOfTime, and what commit_order and return_order raise.
    """
    if before is not None and before.target_id is not None:
        raise RowContradicts(order=before.ref)
    _check_times(one.body, at)
    if isinstance(one.body, OrderBody):
        return _sell(one.body, one.faults)
    body: RefundBody = one.body
    done = [_take_back(part) for part in body.returns]
    faults = (*one.faults, *(fault for _id, fault in done if fault is not None))
    held = {"returns": [return_id for return_id, _fault in done]}
    if body.sale is not None:
        return replace(_sell(body.sale, faults), held=held)
    return Loaded(body.returns[0].order, done[0][0], made=True, held=held, faults=faults)


def _check_times(body: OrderBody | RefundBody, now: datetime) -> None:
    """Refuse what a mistyped year makes: reports keep a part of their tables for each month."""
    parts = [body] if isinstance(body, OrderBody) else [*body.returns, body.sale]
    for one in parts:
        if one is not None and not is_past(one.at, now):
            raise SaleOutOfTime(at=one.at.isoformat())


def _sell(body: OrderBody, faults: tuple[Fault, ...]) -> Loaded:
    sale = OfflineSale(_WITHOUT_PROGRAMS, charged_total=body.charged_total)
    done = commit_order(order=body.order, at=body.at, user_id=None, sale=sale)
    return Loaded(body.order.ref or "", done.order_id, not done.replayed, faults=faults)


def _take_back(part: ReturnBody) -> tuple[int, Fault | None]:
    """Return the return's id, and a word where another sum was paid back there.

    Here units cost what was charged for them, less their part of what rewards took off.
    """
    done = return_order(ref=part.order, quantities=part.quantities, at=part.at, user_id=None)
    here = Decimal(done.receipt["refund"])
    if here == part.refund:
        return done.return_id, None
    facts = {"there": f"{part.refund:.2f}", "here": str(here), "order": part.order}
    return done.return_id, Fault("amount_total", "refund_differs", facts, mended=True)
