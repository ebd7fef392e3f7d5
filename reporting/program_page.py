"""The page of one program: its figures over a period, and the orders behind them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from decimal import Decimal
from urllib.parse import urlencode

from django.urls import reverse
from django.utils import formats
from django.utils.translation import gettext as _

from core.money import currency_digits
from promotions import wording
from promotions.api.lookups import find_pos_config
from promotions.models import PromotionProgram
from reporting.archived_text import ORDERS_OF_PROGRAMS, told_archived
from reporting.board import BoardAsked, today_at
from reporting.panels import Cell, Chart, Page, Panel, Tile, row
from reporting.queries.figures import chart_group, starts_of
from reporting.queries.leaderboard import ProgramStanding, program_leaderboard
from reporting.queries.orders import ReportedOrder, reported_orders
from reporting.queries.period import MOST_PER_PAGE, ZERO, GroupBy, Period
from reporting.queries.promotions import PromotionPerformance, promotion_performance

ORDERS = 50
_FORMATS = {
    GroupBy.HOUR: "j M, H:i",
    GroupBy.DAY: "j M",
    GroupBy.WEEK: "j M Y",
    GroupBy.MONTH: "M Y",
}


def draw_program(program: PromotionProgram, asked: BoardAsked) -> Page:
    """Return the page; texts in the active language. Raises: PosConfigNotFound."""
    store = find_pos_config(asked.store) if asked.store else None
    stores = None if store is None else [store.pk]
    days = asked.period(today_at(store))
    period = Period(days.date_from, days.date_to, chart_group(days))
    found = promotion_performance(
        period,
        program_ids=[program.pk],
        pos_config_ids=stores,
        per_page=MOST_PER_PAGE,
        customers=True,
    ).rows
    standings = {
        one.currency: one
        for one in program_leaderboard(days, pos_config_ids=stores, extra=False)
        if one.program_id == program.pk
    }
    currencies = sorted(standings, key=lambda name: -standings[name].orders)
    chosen = asked.currency if asked.currency in standings else (currencies or ["USD"])[0]
    rows = [one for one in found if one.currency == chosen]
    orders = reported_orders(
        days, program_ids=[program.pk], pos_config_ids=stores, per_page=ORDERS
    ).rows
    parts = {"program_id": program.pk, "date_from": days.date_from, "date_to": days.date_to}
    query = urlencode(parts | ({"pos_config": asked.store} if asked.store else {}))
    return Page(
        _tiles(standings.get(chosen), chosen),
        [_time_panel(rows, period, chosen, query), _order_panel(orders, query, days)],
        [chosen, *(one for one in currencies if one != chosen)],
    )


def _tiles(standing: ProgramStanding | None, currency: str) -> list[Tile]:
    """Return the sums over the whole period: distinct members are no sum of days."""
    if standing is None:
        return []
    gross = standing.amount + standing.discount
    share = round(standing.discount / gross * 100, 1) if gross else ZERO
    tiles = [
        Tile(_("Orders"), _count(standing.orders), _("that applied it")),
        Tile(
            _("Conversion rate"),
            _percent(standing.conversion_rate),
            _("of %(orders)s orders while it was in force")
            % {"orders": _count(standing.orders_in_force)},
        ),
        Tile(_("Amount"), _money(standing.amount, currency), _("paid for its products")),
        Tile(
            _("Discount"),
            _money(standing.discount, currency),
            _("%(percent)s %% of full price") % {"percent": wording.number(share)},
        ),
        Tile(_("Members"), _count(standing.members), _("bought with it")),
    ]
    earned = standing.points_earned
    if earned:
        used = wording.number(round(standing.points_redeemed, 0))
        note = _("%(points)s redeemed with it") % {"points": used}
        tiles.append(Tile(_("Points issued"), wording.number(round(earned, 0)), note))
    return tiles


def _time_panel(
    rows: Sequence[PromotionPerformance], period: Period, currency: str, query: str
) -> Panel:
    """Return every span of the chart, those without orders too; the table has what there was."""
    held = {_start(one.date): one for one in rows}
    starts = starts_of(period, period.group_by)
    return Panel(
        key="time",
        title=_("Over the period"),
        head=[
            *(_("Time"), _("Orders"), _("Amount"), _("Discount"), _("Conversion rate")),
            _("Members"),
        ],
        rows=[
            row(
                *(_label(_start(one.date), period.group_by), _count(one.total_transactions)),
                *(_money(one.total_amount, currency), _money(one.total_discount, currency)),
                _percent(one.conversion_rate),
                "\u2013" if one.unique_customers is None else _count(one.unique_customers),
            )
            for one in rows
        ],
        chart=Chart(
            _("Amount and discount over the period; the table below has the numbers"),
            [_label(one, period.group_by) for one in starts],
            [
                (_("Amount"), [held[one].total_amount if one in held else 0 for one in starts]),
                (_("Discount"), [held[one].total_discount if one in held else 0 for one in starts]),
            ],
            currency=currency,
        ),
        files=f"{reverse('report-promotions')}?{query}&group_by={period.group_by}",
        empty=_("It was not applied in this period. Choose a longer one."),
    )


def _order_panel(orders: Sequence[ReportedOrder], query: str, days: Period) -> Panel:
    note = _(
        "The newest ones; each leads to its receipt, which says why it came out as it did. "
        "The files have all of them."
    )
    empty = _("None in this period. Choose a longer one.")
    if archived := told_archived(days, ORDERS_OF_PROGRAMS):
        note, empty = (archived, "") if orders else ("", archived)
    return Panel(
        key="orders",
        title=_("Orders"),
        head=[_("Order"), _("Store"), _("Time"), _("What"), _("Amount"), _("Discount")],
        rows=[_order_row(one) for one in orders],
        files=f"{reverse('report-orders')}?{query}",
        note=note,
        empty=empty,
        is_table=True,
        words=(0, 1, 2, 3),
    )


def _order_row(one: ReportedOrder) -> list[Cell]:
    link = reverse("admin:promotions_order_change", args=[one.order_id])
    return row(
        Cell(one.order_ref, link),
        one.pos_config_name,
        formats.date_format(one.local_time, "j M Y, H:i"),
        _("Return") if one.kind == "return" else _("Sale"),
        _money(one.amount, one.currency),
        _money(one.discount, one.currency),
    )


def _start(day: date | datetime) -> datetime:
    if isinstance(day, datetime):
        return day
    return datetime(day.year, day.month, day.day)  # noqa: DTZ001 - the stores' wall clock


def _label(start: datetime, group_by: GroupBy) -> str:
    return str(formats.date_format(start, _FORMATS[group_by]))


def _money(amount: Decimal, currency: str) -> str:
    return wording.money(round(amount, currency_digits(currency)), currency)


def _count(number: int) -> str:
    return wording.number(Decimal(number))


def _percent(share: float) -> str:
    return f"{wording.number(round(Decimal(str(share)) * 100, 1))} %"
