"""Back-tests as they are looked at: what was asked, the orders changed, and one order's reasons."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.db import connection
from django.db.models import Count, Q, Sum

from promotions.backtests.deciding import Worlds, decide
from promotions.backtests.draft import Draft
from promotions.backtests.orders import PastOrder, Span, order_of
from promotions.engine.decision import Decision
from promotions.engine.wallet import UsageFacts
from promotions.errors import BacktestNotFound
from promotions.models import Backtest, BacktestOrder, Product, ProgramVersion
from promotions.trace_text import Explanation, Facts, explain_trace, missing_products

# Those most changed first.
_ORDERS = """
SELECT b.order_id, o.ref, o.ordered_at, o.ordered_at AT TIME ZONE p.time_zone, p.name, m.ref,
       b.day, b.currency, b.hit, b.given,
       b.discount_before, b.discount_after, b.total_before, b.total_after, b.points
FROM promotions_backtestorder b
JOIN promotions_order o ON o.id = b.order_id
JOIN promotions_posconfig p ON p.id = o.pos_config_id
LEFT JOIN loyalty_partner m ON m.id = b.partner_id
WHERE b.backtest_id = %(backtest)s
ORDER BY abs(b.total_after - b.total_before) DESC, abs(b.points) DESC, b.order_id
LIMIT %(limit)s OFFSET %(offset)s
"""


@dataclass(frozen=True, slots=True)
class ChangedOrder:
    """An order that the draft would have changed, or given something; see `BacktestOrder`.

    `local_time`: the store's wall clock.
    """

    order_id: int
    ref: str
    at: datetime
    local_time: datetime
    store: str
    member: str | None
    day: date
    currency: str
    hit: bool
    given: Decimal
    discount_before: Decimal
    discount_after: Decimal
    total_before: Decimal
    total_after: Decimal
    points: Decimal


@dataclass(frozen=True, slots=True)
class Compared:
    """One order both ways. `explanation`: why each program applies with the draft, it first."""

    order: PastOrder
    before: Decision
    after: Decision
    explanation: tuple[Explanation, ...]
    products: dict[str, str]


def read_backtest(backtest_id: int) -> Backtest:
    """Return a back-test with its program, job and store. Raises: BacktestNotFound."""
    rows = Backtest.objects.select_related("program", "job", "pos_config", "created_by")
    found = rows.filter(pk=backtest_id).first()
    if found is None:
        raise BacktestNotFound(backtest=backtest_id)
    return found


def changed_orders(
    backtest_id: int, *, limit: int | None = None, offset: int = 0
) -> Iterator[ChangedOrder]:
    """Yield the orders changed, those changed most first."""
    asked: dict[str, Any] = {"backtest": backtest_id, "limit": limit, "offset": offset}
    with connection.cursor() as cursor:
        cursor.execute(_ORDERS, asked)
        for row in cursor.fetchall():
            yield ChangedOrder(*row)


def count_changed_orders(backtest_id: int) -> int:
    """Return how many orders were changed."""
    return BacktestOrder.objects.filter(backtest_id=backtest_id).count()


def compare_order(backtest: Backtest, order_id: int) -> Compared:
    """Decide one order again both ways, with the reasons. Raises: BacktestNotFound."""
    order = order_of(Span.of(backtest), order_id)
    if order is None:
        raise BacktestNotFound(backtest=backtest.pk, order=order_id)
    draft = Draft.of(backtest)
    used = _used_before(backtest, order) if draft.is_limited else None
    before, after = decide(order, draft, Worlds(draft), used, explain=True)
    products = dict(
        Product.objects.filter(pk__in={line.product_id for line in order.cart.lines}).values_list(
            "pk", "name"
        )
    )
    names = {line.line_id: products.get(line.product_id, line.sku) for line in order.cart.lines}
    trace = after.trace or ()
    versions = ProgramVersion.objects.filter(pk__in={one.version_id for one in trace})
    programs: dict[int, str] = dict(versions.values_list("program_id", "definition__name"))
    programs[draft.program.id] = draft.program.name
    told = explain_trace(trace, Facts(after.currency, programs, names, missing_products(trace)))
    first = sorted(told, key=lambda one: one.program_id != draft.program.id)
    return Compared(order, before, replace(after, trace=trace), tuple(first), names)


def _used_before(backtest: Backtest, order: PastOrder) -> UsageFacts:
    """Return what the orders before this one used of the draft's limits."""
    earlier = Q(order__ordered_at__lt=order.at) | Q(
        order__ordered_at=order.at, order_id__lt=order.id
    )
    sums = BacktestOrder.objects.filter(earlier, backtest=backtest, hit=True).aggregate(
        times=Count("pk", filter=Q(counted=True)),
        amount=Sum("given"),
        own=Count("pk", filter=Q(partner_id=order.partner_id, counted=True)),
    )
    return UsageFacts(
        times=sums["times"], times_by_partner=sums["own"], amount=sums["amount"] or Decimal(0)
    )
