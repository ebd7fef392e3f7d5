"""The page of points: in, out and owed; when they expire; how many are never redeemed."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from decimal import Decimal
from urllib.parse import urlencode

from django.urls import reverse
from django.utils import formats, timezone
from django.utils.translation import gettext as _

from loyalty.models import LoyaltyProgram
from promotions import wording
from reporting.board import BoardAsked, today_at
from reporting.panels import Chart, ChartKind, Page, Panel, Tile, row
from reporting.queries.figures import chart_group, starts_of
from reporting.queries.period import ZERO, GroupBy, Period
from reporting.queries.point_flow import (
    Breakage,
    Expiring,
    PointFlow,
    breakage,
    expiry_schedule,
    point_flow,
    points_owed_before,
)

_FORMATS = {GroupBy.DAY: "j M", GroupBy.WEEK: "j M Y", GroupBy.MONTH: "M Y"}


def kinds_of_points() -> list[LoyaltyProgram]:
    """Return the kinds there are, the oldest first, which is that of the shop's own points."""
    return list(LoyaltyProgram.objects.order_by("pk"))


def draw_points(asked: BoardAsked, kind: LoyaltyProgram | None) -> Page:
    """Return the page of one kind; texts in the active language."""
    if kind is None:
        empty = Panel(
            key="none",
            title=_("Points"),
            head=[],
            rows=[],
            empty=_("There are no points yet. Make a kind of points, and a program that gives it."),
        )
        return Page(panels=[empty])
    days = asked.period(today_at(None))
    group_by = max(chart_group(days), GroupBy.DAY, key=list(GroupBy).index)
    period = Period(days.date_from, days.date_to, group_by)
    flow = _filled(period, kind, point_flow(period, loyalty_program_ids=[kind.pk]))
    now = timezone.now()
    expiring = expiry_schedule(now, loyalty_program_ids=[kind.pk])
    earned = breakage(days, at=now, loyalty_program_ids=[kind.pk])
    query = urlencode(
        {"loyalty_program": kind.ref, "date_from": days.date_from, "date_to": days.date_to}
    )
    return Page(
        _tiles(flow, expiring, earned, now),
        [
            _flow_panel(flow, period, query),
            _expiry_panel(expiring, kind),
            _breakage_panel(earned, query),
        ],
    )


def _filled(period: Period, kind: LoyaltyProgram, found: Sequence[PointFlow]) -> list[PointFlow]:
    """Return every span of the period: where nothing moved, what was owed before it."""
    held = {_day(one.date): one for one in found}
    owed = points_owed_before(period.date_from, kind.pk)
    filled = []
    for start in starts_of(period, period.group_by):
        one = held.get(start.date())
        if one is None:
            one = PointFlow(kind.pk, kind.name, start.date(), ZERO, ZERO, ZERO, ZERO, owed)
        owed = one.owed
        filled.append(one)
    return filled


def _tiles(
    flow: Sequence[PointFlow],
    expiring: Sequence[Expiring],
    earned: Sequence[Breakage],
    now: datetime,
) -> list[Tile]:
    owed = sum((one.points for one in expiring), ZERO)
    month = timezone.localtime(now).date().replace(day=1)
    soon = sum((one.points for one in expiring if one.month == month), ZERO)
    given = sum((one.earned for one in flow), ZERO)
    used = sum((one.redeemed for one in flow), ZERO)
    share = round(used / given * 100) if given else 0
    tiles = [
        Tile(_("Points owed"), _points(owed), _("now, that can still be used")),
        Tile(_("Expire this month"), _points(soon), _("unless they are used")),
        Tile(_("Points issued"), _points(given), _("in the period")),
        Tile(
            _("Points redeemed"),
            _points(used),
            _("%(percent)s %% of those issued") % {"percent": share},
        ),
    ]
    broken = [one.expected for one in earned if one.expected is not None]
    total = sum((one.earned for one in earned), ZERO)
    if total > 0:
        share_of_all = f"{wording.number(round(sum(broken, ZERO) / total * 100, 1))} %"
        note = _("of the points earned in the period, as estimated")
        if len(broken) < len(earned):
            share_of_all, note = "\u2013", _("too early to say: none was used or has expired")
        tiles.append(Tile(_("Expected breakage"), share_of_all, note))
    return tiles


def _flow_panel(flow: Sequence[PointFlow], period: Period, query: str) -> Panel:
    labels = [_label(one, period.group_by) for one in flow]
    moved = any(one.earned or one.redeemed or one.expired for one in flow)
    chart = Chart(
        _("Points earned, redeemed and expired over the period; the table has the numbers"),
        labels,
        [
            (_("Points earned"), [one.earned for one in flow]),
            (_("Points redeemed"), [one.redeemed for one in flow]),
            (_("Points expired"), [one.expired for one in flow]),
        ],
    )
    return Panel(
        key="flow",
        title=_("Points in and out"),
        head=[
            *(_("Time"), _("Points earned"), _("Points redeemed"), _("Points expired")),
            *(_("Points adjusted"), _("Points owed")),
        ],
        rows=[
            row(
                *(label, _points(one.earned), _points(one.redeemed), _points(one.expired)),
                *(_points(one.adjusted), _points(one.owed)),
            )
            for label, one in zip(labels, flow, strict=True)
        ],
        chart=chart if moved else None,
        files=f"{reverse('report-point-flow')}?{query}&group_by={period.group_by}",
        note="" if moved else _("No points came in or went out in this period."),
    )


def _expiry_panel(expiring: Sequence[Expiring], kind: LoyaltyProgram) -> Panel:
    labels = [_("never") if one.month is None else _month(one.month) for one in expiring]
    return Panel(
        key="expiry",
        title=_("Points owed, by the month in which they expire"),
        head=[_("Month of expiry"), _("Points")],
        rows=[row(label, _points(one.points)) for label, one in zip(labels, expiring, strict=True)],
        chart=Chart(
            _("Points owed by month of expiry; the table has the numbers"),
            labels,
            [(_("Points owed"), [one.points for one in expiring])],
        ),
        files=f"{reverse('report-liability')}?{urlencode({'loyalty_program': kind.ref})}",
        note=_("As of now, whatever the period."),
        empty=_("Nobody holds any of these points."),
    )


def _breakage_panel(earned: Sequence[Breakage], query: str) -> Panel:
    labels = [_month(one.month) for one in earned]
    return Panel(
        key="breakage",
        title=_("What became of the points earned in each month"),
        head=[
            *(_("Month"), _("Points earned"), _("Points redeemed"), _("Points expired")),
            *(_("Points left"), _("Expected breakage"), _("Expected share")),
        ],
        rows=[
            row(
                *(label, _points(one.earned), _points(one.redeemed), _points(one.expired)),
                *(_points(one.left), *_expected(one)),
            )
            for label, one in zip(labels, earned, strict=True)
        ],
        chart=Chart(
            _("Points redeemed, expired and left, by month of earning; the table has the numbers"),
            labels,
            [
                (_("Points redeemed"), [one.redeemed for one in earned]),
                (_("Points expired"), [one.expired for one in earned]),
                (_("Points left"), [one.left for one in earned]),
            ],
            kind=ChartKind.STACKED,
        ),
        files=f"{reverse('report-breakage')}?{query}",
        note=_(
            "Expected breakage: expired, and of what is left and may expire the share that nobody "
            "redeemed so far. Choose a year or more, so that points had time to expire."
        ),
        empty=_("Nobody earned any in this period. Choose a longer one."),
    )


def _expected(one: Breakage) -> tuple[str, str]:
    """Return the points that are not redeemed in the end and their share, as estimated."""
    if one.expected is None or one.expected_share is None:
        return "\u2013", "\u2013"
    share = wording.number(round(Decimal(one.expected_share) * 100, 1))
    return _points(one.expected), f"{share} %"


def _label(one: PointFlow, group_by: GroupBy) -> str:
    return str(formats.date_format(_day(one.date), _FORMATS[group_by]))


def _day(start: date | datetime) -> date:
    return start.date() if isinstance(start, datetime) else start


def _month(day: date) -> str:
    return str(formats.date_format(day, "M Y"))


def _points(amount: Decimal) -> str:
    return wording.number(round(amount, 2))
