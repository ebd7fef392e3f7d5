"""The page that compares programs: which gave most, which is used most, what an extra unit cost."""

from __future__ import annotations

from collections import Counter
from decimal import Decimal
from urllib.parse import urlencode

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from core.money import currency_digits
from promotions import wording
from promotions.api.lookups import find_pos_config
from reporting.board import BoardAsked, address, today_at
from reporting.panels import Cell, Chart, ChartKind, Page, Panel, Tile, row
from reporting.queries.leaderboard import ProgramStanding, program_leaderboard
from reporting.queries.period import ZERO

DRAWN = 10


def draw_leaderboard(asked: BoardAsked) -> Page:
    """Return the page; texts in the active language. Raises: PosConfigNotFound."""
    store = find_pos_config(asked.store) if asked.store else None
    period = asked.period(today_at(store))
    found = program_leaderboard(period, pos_config_ids=None if store is None else [store.pk])
    used = Counter[str]()
    for one in found:
        used[one.currency] += one.orders
    currencies = [name for name, _count in used.most_common()]
    chosen = asked.currency if asked.currency in used else (currencies or ["USD"])[0]
    rows = [one for one in found if one.currency == chosen]
    days = {"date_from": period.date_from, "date_to": period.date_to}
    query = urlencode(days | ({"pos_config": asked.store} if asked.store else {}))
    panel = Panel(
        key="leaderboard",
        title=_("Programs by what they gave"),
        head=[
            *(_("Program"), _("Discount"), _("Orders"), _("Conversion rate"), _("Members")),
            *(_("Units"), _("Amount"), _("Extra units"), _("Cost of an extra unit")),
        ],
        rows=[_row(one, asked) for one in rows],
        chart=Chart(
            _("Discount of each program; the table has the numbers"),
            [one.program_name for one in rows[:DRAWN]],
            [(_("Discount"), [one.discount for one in rows[:DRAWN]])],
            kind=ChartKind.ACROSS,
            currency=chosen,
        ),
        files=f"{reverse('report-leaderboard')}?{query}",
        note=_(
            "Extra units: sold more than on days without the program, as estimated; a program that "
            "was always in force has nothing to compare with."
        ),
        empty=_("No program was applied in this period. Publish one, or choose another period."),
        is_table=True,
    )
    return Page(_tiles(rows, chosen), [panel], [chosen, *(set(currencies) - {chosen})])


def _tiles(rows: list[ProgramStanding], currency: str) -> list[Tile]:
    """Return who is best at what."""
    if not rows:
        return []
    gave = max(rows, key=lambda one: (one.discount, one.orders))
    most = max(rows, key=lambda one: one.orders)
    tiles = [
        Tile(_("Gave most"), gave.program_name, _money(gave.discount, currency), is_words=True),
        Tile(
            _("Used most"),
            most.program_name,
            ngettext("%(orders)s order", "%(orders)s orders", most.orders)
            % {"orders": wording.number(Decimal(most.orders))},
            is_words=True,
        ),
    ]
    priced = [one for one in rows if one.cost_per_extra_unit is not None]
    if priced:
        best = min(priced, key=lambda one: one.cost_per_extra_unit or ZERO)
        cost = _money(best.cost_per_extra_unit or ZERO, currency)
        tiles.append(Tile(_("Cheapest extra unit"), best.program_name, cost, is_words=True))
    total = sum((one.discount for one in rows), ZERO)
    count = ngettext("%(count)s program", "%(count)s programs", len(rows)) % {"count": len(rows)}
    tiles.append(Tile(_("Discount"), _money(total, currency), count))
    return tiles


def _row(one: ProgramStanding, asked: BoardAsked) -> list[Cell]:
    link = f"{reverse('report-program', args=[one.program_id])}?{address(asked)}"
    extra, cost = one.extra_units, one.cost_per_extra_unit
    return row(
        Cell(one.program_name, link),
        _money(one.discount, one.currency),
        wording.number(Decimal(one.orders)),
        f"{wording.number(round(Decimal(one.conversion_rate) * 100, 1))} %",
        wording.number(Decimal(one.members)),
        wording.number(round(one.units, 2)),
        _money(one.amount, one.currency),
        "\u2013" if extra is None else wording.number(round(extra, 1)),
        "\u2013" if cost is None else _money(cost, one.currency),
    )


def _money(amount: Decimal, currency: str) -> str:
    return wording.money(round(amount, currency_digits(currency)), currency)
