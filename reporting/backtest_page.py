"""The page of a back-test: what the draft would have done, beside what was."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from django.urls import reverse
from django.utils import formats
from django.utils.translation import gettext as _

from core.money import currency_digits
from loyalty.models import LoyaltyProgram
from promotions import wording
from promotions.backtests.reading import ChangedOrder, Compared, changed_orders
from promotions.backtests.result import COLUMNS, told_currencies
from promotions.models import Backtest, PosConfig
from reporting.exports import Cell as FileCell
from reporting.exports import Table
from reporting.panels import Cell, Chart, ChartKind, Page, Panel, Tile, row
from reporting.queries.period import ZERO

ORDERS = 50
Json = dict[str, Any]


def draw_backtest(backtest: Backtest) -> Page:
    """Return the page of one that is done; texts in the active language."""
    result: Json = backtest.result or {}
    days: list[Json] = result["days"]
    currencies = told_currencies(days)
    files = _Files(backtest.pk)
    panels = [_day_panel(currency, days, files) for currency in currencies]
    panels += _point_panels(result["points"], files)
    panels += [_product_panel(result["products"], files), _order_panel(backtest.pk)]
    return Page(_tiles(result, currencies), panels, currencies)


class _Files:
    """Where the files of a back-test are."""

    def __init__(self, backtest_id: int) -> None:
        self._id = backtest_id

    def of(self, what: str) -> str:
        """Return the address of one."""
        return reverse("report-backtest-file", args=[self._id, what])


def _tiles(result: Json, currencies: list[str]) -> list[Tile]:
    orders, hit = result["orders"], result["hit"]
    share = _number(Decimal(hit) / orders * 100, 1) if orders else "0"
    tiles = [
        Tile(
            _("Orders hit"),
            wording.number(Decimal(hit)),
            _("%(percent)s %% of %(orders)s")
            % {"percent": share, "orders": wording.number(Decimal(orders))},
        )
    ]
    for currency in currencies:
        days = [one for one in result["days"] if one["currency"] == currency]
        before, after = (_sum(days, f"discount_{word}") for word in ("before", "after"))
        tiles.append(
            Tile(
                _("Discount"),
                _signed(after - before, currency),
                _("from %(before)s to %(after)s") % _both(before, after, currency),
            )
        )
        before, after = (_sum(days, f"sales_{word}") for word in ("before", "after"))
        tiles.append(
            Tile(
                _("Sales"),
                _signed(after - before, currency),
                _("from %(before)s to %(after)s") % _both(before, after, currency),
            )
        )
    for name, rows in _by_kind(result["points"]):
        before = _sum(rows, "earned_before") - _sum(rows, "spent_before")
        after = _sum(rows, "earned_after") - _sum(rows, "spent_after")
        if before != after:
            tiles.append(Tile(_("Points owed"), _signed(after - before), name))
    tiles.append(
        Tile(
            _("Members"),
            wording.number(Decimal(result["members"])),
            _("would have got something"),
        )
    )
    if result["coupons"]:
        tiles.append(Tile(_("Coupons issued"), _signed(Decimal(result["coupons"]))))
    return tiles


def _day_panel(currency: str, days: list[Json], files: _Files) -> Panel:
    ours = [one for one in days if one["currency"] == currency]
    money = _money_of(currency)
    return Panel(
        key=f"days-{currency.lower()}",
        title=_("Discount by day, %(currency)s") % {"currency": currency},
        head=[
            *(_("Day"), _("Orders"), _("Hit"), _("Changed"), _("By the draft")),
            *(_("Discount before"), _("Discount after"), _("Sales before"), _("Sales after")),
        ],
        rows=[
            row(
                *(_day(one["day"]), str(one["orders"]), str(one["hit"]), str(one["changed"])),
                *(money(one["given"]), money(one["discount_before"])),
                *(money(one["discount_after"]), money(one["sales_before"])),
                money(one["sales_after"]),
            )
            for one in ours
        ],
        chart=Chart(
            _("Discount of each day as it was and with the draft; the table has the numbers"),
            [_short(one["day"]) for one in ours],
            [
                (_("With the draft"), [Decimal(one["discount_after"]) for one in ours]),
                (_("As it was"), [Decimal(one["discount_before"]) for one in ours]),
            ],
            currency=currency,
        ),
        files=files.of("days"),
    )


def _point_panels(points: list[Json], files: _Files) -> list[Panel]:
    def owed(one: Json, word: str) -> Decimal:
        return Decimal(one[f"earned_{word}"]) - Decimal(one[f"spent_{word}"])

    return [
        Panel(
            key=f"points-{rows[0]['loyalty_program']}",
            title=_("Points owed more each day: %(name)s") % {"name": name},
            head=[
                *(_("Day"), _("Earned before"), _("Earned after"), _("Spent before")),
                *(_("Spent after"), _("More owed")),
            ],
            rows=[
                row(
                    _day(one["day"]),
                    *(_number(one["earned_before"]), _number(one["earned_after"])),
                    *(_number(one["spent_before"]), _number(one["spent_after"])),
                    _signed(owed(one, "after") - owed(one, "before")),
                )
                for one in rows
            ],
            chart=Chart(
                _("How many more points would be owed, by day; the table has the numbers"),
                [_short(one["day"]) for one in rows],
                [(_("More owed"), [owed(one, "after") - owed(one, "before") for one in rows])],
            ),
            files=files.of("points"),
        )
        for name, rows in _by_kind(points)
        if any(owed(one, "after") != owed(one, "before") for one in rows)
    ]


def _product_panel(products: list[Json], files: _Files) -> Panel:
    return Panel(
        key="products",
        title=_("Products most taken off"),
        head=[_("Product"), _("Units"), _("Discount more")],
        rows=[
            row(
                Cell(one["name"], note=one["sku"]),
                _number(one["qty"]),
                _signed(Decimal(one["discount"]), one["currency"]),
            )
            for one in products
        ],
        chart=Chart(
            _("How much more would be taken off the products; the table has the numbers"),
            [one["name"] for one in products],
            [(_("Discount more"), [Decimal(one["discount"]) for one in products])],
            kind=ChartKind.ACROSS,
            currency=products[0]["currency"] if products else "",
        ),
        files=files.of("products"),
        empty=_("No product would have got another price."),
    )


def _order_panel(backtest_id: int) -> Panel:
    found = list(changed_orders(backtest_id, limit=ORDERS))
    return Panel(
        key="orders",
        title=_("Orders it reaches, those most changed first"),
        head=[
            *(_("Order"), _("Member"), _("Total before"), _("Total after"), _("By the draft")),
            _("Why"),
        ],
        rows=[_order_row(backtest_id, one) for one in found],
        files=reverse("backtest-orders", args=[backtest_id]),
        note=_("Each order stands for itself; the files have all of them."),
        empty=_("The draft would have changed no order. Choose other days, or show its code."),
        is_table=True,
        words=(0, 1, 5),
    )


def _order_row(backtest_id: int, one: ChangedOrder) -> list[Cell]:
    money = _money_of(one.currency)
    when = formats.date_format(one.local_time, "j M Y, H:i")
    link = reverse("admin:promotions_order_change", args=[one.order_id])
    return row(
        Cell(one.ref, link, note=f"{one.store}, {when}"),
        one.member or "\u2013",
        *(money(one.total_before), money(one.total_after), money(one.given)),
        Cell(_("Reasons"), reverse("report-backtest-order", args=[backtest_id, one.order_id])),
    )


def draw_comparison(compared: Compared) -> Json:
    """Return one order both ways: its lines, its totals, and why each program applies."""
    before, after = compared.before, compared.after
    money = _money_of(after.currency)
    quantities = {line.line_id: line.qty for line in compared.order.cart.lines}
    store = PosConfig.objects.get(pk=compared.order.pos_config_id)
    local = compared.order.at.astimezone(ZoneInfo(store.time_zone))
    return {
        "lines": [
            {
                "name": compared.products[was.line_id],
                "qty": wording.number(quantities[was.line_id]),
                "subtotal": money(was.subtotal),
                "before": money(was.total),
                "after": money(would.total),
                "differs": was.total != would.total,
            }
            for was, would in zip(before.lines, after.lines, strict=True)
        ],
        "before": money(before.total),
        "after": money(after.total),
        "difference": _signed(after.total - before.total, after.currency),
        "at": formats.date_format(local, "j M Y, H:i"),
        "explanation": compared.explanation,
    }


def backtest_table(backtest: Backtest, what: str) -> Table | None:
    """Return the days, points or products of one as a table; None if it has no such."""
    result: Json = backtest.result or {}
    header = COLUMNS.get(what)
    if header is None:
        return None
    rows: list[Json] = result.get(what, [])

    def cell(name: str, value: Any) -> FileCell:
        if name == "day":
            return date.fromisoformat(value)
        is_text = name in ("currency", "sku", "name")
        return value if is_text or isinstance(value, int) else Decimal(value)

    cells = ([cell(name, one[name]) for name in header] for one in rows)
    return Table(f"backtest-{backtest.pk}-{what}", header, cells)


def _by_kind(points: list[Json]) -> list[tuple[str, list[Json]]]:
    """Return the rows of each kind of points with its name."""
    kinds = sorted({one["loyalty_program"] for one in points})
    rows = {kind: [one for one in points if one["loyalty_program"] == kind] for kind in kinds}
    names = dict(LoyaltyProgram.objects.filter(pk__in=rows).values_list("pk", "name"))
    return [(names.get(kind, str(kind)), found) for kind, found in rows.items()]


def _sum(rows: list[Json], name: str) -> Decimal:
    return sum((Decimal(one[name]) for one in rows), ZERO)


def _both(before: Decimal, after: Decimal, currency: str) -> dict[str, str]:
    money = _money_of(currency)
    return {"before": money(before), "after": money(after)}


def _money_of(currency: str) -> Any:
    digits = currency_digits(currency)
    return lambda amount: wording.money(round(Decimal(amount), digits), currency)


def _signed(amount: Decimal, currency: str = "") -> str:
    text = _money_of(currency)(amount) if currency else wording.number(round(amount, 2))
    return f"+{text}" if amount > 0 else text


def _number(amount: Decimal | str, digits: int = 2) -> str:
    return wording.number(round(Decimal(amount), digits))


def _day(day: str) -> str:
    return formats.date_format(date.fromisoformat(day), "j M Y")


def _short(day: str) -> str:
    return formats.date_format(date.fromisoformat(day), "j M")
