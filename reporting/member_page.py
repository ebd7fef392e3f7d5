"""The page of members: who came, who buys, how levels move, and cohorts by month of joining."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Sequence
from datetime import date, timedelta
from decimal import Decimal
from urllib.parse import urlencode

from django.urls import reverse
from django.utils import formats
from django.utils.translation import gettext as _

from core.money import currency_digits
from promotions import wording
from promotions.api.lookups import find_pos_config
from reporting.board import BoardAsked, today_at
from reporting.panels import Cell, Chart, ChartKind, Page, Panel, Tile, row
from reporting.queries.cohorts import CohortMonth, member_cohorts
from reporting.queries.memberships import MembershipAnalytics, membership_analytics
from reporting.queries.period import MOST_PER_PAGE, ZERO, GroupBy, Period

MONTHS = 12
MOST_MONTHS = 24


def draw_members(asked: BoardAsked) -> Page:
    """Return the page; texts in the active language. Raises: PosConfigNotFound."""
    store = find_pos_config(asked.store) if asked.store else None
    stores = None if store is None else [store.pk]
    days = asked.period(today_at(store))
    joined = Period(_first_cohort(days), days.date_to)
    cohorts = member_cohorts(joined, pos_config_ids=stores)
    by_month = Period(days.date_from, days.date_to, GroupBy.MONTH)
    levels = membership_analytics(by_month, pos_config_ids=stores, per_page=MOST_PER_PAGE).rows
    currencies = _currencies(cohorts)
    chosen = asked.currency if asked.currency in currencies else (currencies or ["USD"])[0]
    panels = [
        *_cohort_panels(
            cohorts, chosen, _query(joined, asked), until=min(days.date_to, today_at(store))
        ),
        _level_panel(levels, chosen, _query(days, asked) + "&group_by=month"),
    ]
    others = [one for one in currencies if one != chosen]
    return Page(_tiles(levels, cohorts, days, of_all=store is not None), panels, [chosen, *others])


def _first_cohort(days: Period) -> date:
    """Return the first month of joining: a year of them, or all of a longer period."""
    year = days.date_to.replace(day=1)
    for _month in range(MONTHS - 1):
        year = (year - timedelta(days=1)).replace(day=1)
    return min(year, days.date_from.replace(day=1))


def _query(period: Period, asked: BoardAsked) -> str:
    days = {"date_from": period.date_from, "date_to": period.date_to}
    return urlencode(days | ({"pos_config": asked.store} if asked.store else {}))


def _currencies(cohorts: Sequence[CohortMonth]) -> list[str]:
    used = Counter[str]()
    for one in cohorts:
        if one.currency is not None:
            used[one.currency] += one.orders
    return [name for name, _count in used.most_common()]


def _tiles(
    levels: Sequence[MembershipAnalytics],
    cohorts: Sequence[CohortMonth],
    days: Period,
    *,
    of_all: bool = False,
) -> list[Tile]:
    """Return who came and moved; levels belong to no store: beside one, it is said (`of_all`)."""
    whose = " · " + _("all stores") if of_all else ""
    sizes = {one.cohort: one.members for one in cohorts}
    first = days.date_from.replace(day=1)
    recent = sum(count for month, count in sizes.items() if month >= first)
    # What is no money stands in each row of several currencies.
    once = {(one.date, one.membership_product_id): one for one in levels}.values()
    came = sum(one.new_members for one in once)
    up = sum(one.upgraded_members for one in once)
    down = sum(one.downgraded_members for one in once)
    return [
        Tile(_("Joined"), _count(recent), _("in the months of the period") + whose),
        Tile(_("New to a level"), _count(came), _("their first level ever") + whose),
        Tile(_("Moved up"), _count(up), _("to a higher level") + whose),
        Tile(_("Moved down"), _count(down), _("to a lower level") + whose),
    ]


def _cohort_panels(
    cohorts: Sequence[CohortMonth], currency: str, query: str, *, until: date
) -> list[Panel]:
    """Return who still buys and what they spend: a row for each month of joining.

    `until`: the day that ends the last month; a cohort has as many months as it is old by then.
    """
    grid: dict[date, dict[int, CohortMonth]] = defaultdict(dict)
    sizes: dict[date, int] = {}
    for one in cohorts:
        sizes[one.cohort] = one.members
        if one.months is not None and one.months <= MOST_MONTHS and one.currency == currency:
            grid[one.cohort][one.months] = one
    ages = {cohort: min(_months_between(cohort, until), MOST_MONTHS) for cohort in sizes}
    last = max(ages.values(), default=0)
    head = [_("Month of joining"), _("Members"), *(f"+{months}" for months in range(last + 1))]
    files = f"{reverse('report-cohorts')}?{query}"
    most = max(
        (one.amount_per_member for found in grid.values() for one in found.values()), default=ZERO
    )

    def cells(cohort: date, *, of_money: bool) -> list[Cell]:
        held = grid.get(cohort, {})
        return [
            _cohort_cell(held.get(months), most if of_money else None, currency)
            if months <= ages[cohort]
            else Cell("")
            for months in range(last + 1)
        ]

    def rows(*, of_money: bool) -> list[list[Cell]]:
        return [
            row(_month(one), _count(sizes[one]), *cells(one, of_money=of_money))
            for one in sorted(sizes)
        ]

    empty = _("Nobody joined in these months. Members join with their first card or level.")
    return [
        Panel(
            key="retention",
            title=_("Members who bought, by months since they joined"),
            head=head,
            rows=rows(of_money=False),
            chart=_average_chart(grid, sizes, ages),
            files=files,
            note=_("Of all who joined in a month, the share that bought so many months later."),
            empty=empty,
            is_table=True,
        ),
        Panel(
            key="spending",
            title=_("Spending per member, by months since they joined"),
            head=head,
            rows=rows(of_money=True),
            files=files,
            note=_("By everybody who joined, those who did not buy too."),
            empty=empty,
            is_table=True,
        ),
    ]


def _average_chart(
    grid: dict[date, dict[int, CohortMonth]], sizes: dict[date, int], ages: dict[date, int]
) -> Chart | None:
    """Return the share of all cohorts that are old enough for it, month by month."""
    if not grid:
        return None
    shares, last = [], max(ages.values())
    for months in range(last + 1):
        old = [one for one, age in ages.items() if age >= months]
        active = sum(grid[one][months].active for one in old if months in grid.get(one, {}))
        members = sum(sizes[one] for one in old)
        shares.append(round(active / members * 100, 1) if members else 0)
    return Chart(
        _("Share of members who bought, by months since they joined; the table has the numbers"),
        [f"+{months}" for months in range(last + 1)],
        [(_("Percent who bought"), shares)],
        kind=ChartKind.LINES,
        unit=" %",
    )


def _cohort_cell(one: CohortMonth | None, most: Decimal | None, currency: str) -> Cell:
    """Return a share of members, or of money by the most there is."""
    if most is None:
        share = 0.0 if one is None else one.retention
        return Cell(f"{round(share * 100)} %", share=share)
    amount = ZERO if one is None else one.amount_per_member
    text = wording.money(round(amount, currency_digits(currency)), currency)
    return Cell(text, share=float(amount / most) if most else 0.0)


def _level_panel(levels: Sequence[MembershipAnalytics], currency: str, query: str) -> Panel:
    rows = [one for one in levels if one.currency in (currency, None) and _is_something(one)]
    digits = currency_digits(currency)
    return Panel(
        key="levels",
        title=_("Levels by month"),
        head=[
            *(_("Month"), _("Level"), _("Active members"), _("New members"), _("Upgraded")),
            *(_("Downgraded"), _("Orders"), _("Spending"), _("Average spending")),
        ],
        rows=[
            row(
                *(
                    _month(one.date),
                    one.membership_level or _("Without a level"),
                    _count(one.active_members),
                ),
                *(_count(one.new_members), _count(one.upgraded_members)),
                *(_count(one.downgraded_members), _count(one.total_transactions)),
                wording.money(round(one.total_spending, digits), currency),
                wording.money(round(one.avg_spending, digits), currency),
            )
            for one in rows
        ],
        files=f"{reverse('report-membership')}?{query}",
        empty=_(
            "No member bought or came to a level in these months. Choose others, or make levels "
            "and a level path that leads to them."
        ),
        is_table=True,
        words=(0, 1),
    )


def _is_something(one: MembershipAnalytics) -> bool:
    moved = (one.new_members, one.upgraded_members, one.downgraded_members)
    return bool(one.active_members or one.total_transactions or any(moved))


def _months_between(first: date, last: date) -> int:
    return (last.year - first.year) * 12 + last.month - first.month


def _month(day: date) -> str:
    return str(formats.date_format(day, "M Y"))


def _count(number: int) -> str:
    return wording.number(Decimal(number))
