"""The page of one program: its figures over a period, and the orders behind them."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django.db import connection
from django.urls import reverse
from django.utils import formats, timezone
from django.utils.translation import gettext as _
from django.utils.translation import override

from promotions import wording
from promotions.api.lookups import find_pos_config
from promotions.models import PromotionProgram
from reporting.board import BoardAsked
from reporting.queries.figures import chart_group
from reporting.queries.period import ZERO, Period
from reporting.queries.promotions import PromotionPerformance, promotion_performance

ORDERS = 50
_ORDERS = """
SELECT f.order_id, f.order_ref, f.kind, pos.name, max(f.transaction_date), f.currency,
       sum(f.amount), sum(f.discount), sum(f.points_earned), sum(f.points_redeemed)
FROM promotion_report_detail f JOIN promotions_posconfig pos ON pos.id = f.pos_config_id
WHERE f.program_id = %(program)s
  AND f.transaction_date >= %(since)s::timestamp - interval '1 day'
  AND f.transaction_date < %(until)s::timestamp + interval '1 day'
  AND f.local_time >= %(since)s AND f.local_time < %(until)s
  AND (%(stores)s::bigint[] IS NULL OR f.pos_config_id = ANY(%(stores)s))
GROUP BY f.order_id, f.order_ref, f.kind, f.source_id, pos.name, f.currency
ORDER BY 5 DESC LIMIT %(limit)s
"""


def draw_program(program: PromotionProgram, asked: BoardAsked) -> dict[str, Any]:
    """Return what the page shows, as JSON; texts in the reader's language."""
    stores = [find_pos_config(asked.store).pk] if asked.store else None
    days = asked.period(timezone.localdate())
    period = Period(days.date_from, days.date_to, chart_group(days))
    page = promotion_performance(
        period, program_ids=[program.pk], pos_config_ids=stores, per_page=500, customers=True
    )
    rows = [row for row in reversed(page.rows) if not asked.currency or _is(row, asked.currency)]
    with override(asked.language):
        return {
            "tiles": _tiles(rows),
            "rows": [_row(row) for row in rows],
            "orders": _orders(program.pk, days, stores),
            "files": f"{reverse('report-promotions')}?date_from={days.date_from}"
            f"&date_to={days.date_to}&program_id={program.pk}&group_by={period.group_by}",
        }


def _is(row: PromotionPerformance, currency: str) -> bool:
    return row.currency == currency


def _tiles(rows: list[PromotionPerformance]) -> list[dict[str, str]]:
    """Return the sums over the period; money only where it is of one currency."""
    orders = sum(row.total_transactions for row in rows)
    could = sum(row.orders_in_force for row in rows)
    tiles = [
        {"title": _("Orders"), "value": wording.number(Decimal(orders))},
        {
            "title": _("Conversion rate"),
            "value": wording.number(Decimal(round(orders / could * 100, 1) if could else 0)) + " %",
        },
    ]
    for currency in sorted({row.currency for row in rows}):
        ours = [row for row in rows if row.currency == currency]
        paid = sum((row.total_amount for row in ours), ZERO)
        off = sum((row.total_discount for row in ours), ZERO)
        tiles += [
            {"title": _("Amount"), "value": wording.money(round(paid, 2), currency)},
            {"title": _("Discount"), "value": wording.money(round(off, 2), currency)},
        ]
    earned = sum((row.points_earned for row in rows), ZERO)
    if earned:
        tiles.append({"title": _("Points issued"), "value": wording.number(round(earned, 0))})
    return tiles


def _row(row: PromotionPerformance) -> dict[str, Any]:
    day = formats.date_format(row.date, "j M Y")
    return {
        "label": f"{day} {row.date:%H:%M}" if hasattr(row.date, "hour") else day,
        "orders": row.total_transactions,
        "amount": wording.money(round(row.total_amount, 2), row.currency),
        "discount": wording.money(round(row.total_discount, 2), row.currency),
        "conversion": wording.number(Decimal(str(round(row.conversion_rate * 100, 1)))) + " %",
        "customers": "" if row.unique_customers is None else row.unique_customers,
        "sales_value": float(row.total_amount),
        "discount_value": float(row.total_discount),
    }


def _orders(program_id: int, days: Period, stores: list[int] | None) -> list[dict[str, Any]]:
    """Return the newest orders and returns that the program had a part in."""
    asked: dict[str, Any] = {"program": program_id, "since": days.date_from, "until": days.until}
    with connection.cursor() as cursor:
        cursor.execute(_ORDERS, asked | {"stores": stores, "limit": ORDERS})
        found = cursor.fetchall()
    return [
        {
            "ref": ref,
            "link": reverse("admin:promotions_order_change", args=[order_id]),
            "store": store,
            "at": formats.date_format(timezone.localtime(at), "j M Y, H:i"),
            "kind": _("Return") if kind == "return" else _("Sale"),
            "amount": wording.money(amount, currency),
            "discount": wording.money(discount, currency),
        }
        for order_id, ref, kind, store, at, currency, amount, discount, _earned, _redeemed in found
    ]
