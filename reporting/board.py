"""The dashboard as a page draws it: what was asked, and its figures in the words of a reader."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Any
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from django.conf import settings
from django.urls import reverse
from django.utils import formats, timezone
from django.utils.dateparse import parse_date
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, override

from access.errors import InvalidQuery
from promotions import wording
from promotions.api.lookups import find_pos_config
from promotions.models import PosConfig
from reporting.archived_text import ORDERS, told_archived
from reporting.queries.figures import Figures, Point, TopProgram, chart_group, dashboard_figures
from reporting.queries.period import GroupBy, Period
from reporting.tiles import draw_tiles, money_of

PRESETS = ("today", "yesterday", "week", "month", "year")
DEFAULT_PRESET = "month"
# Pages look at as many days before a period, too, and a calendar ends somewhere.
FIRST_YEAR, LAST_YEAR = 1990, 2089
_CURRENCY = re.compile("[A-Z]{3}")
_DAYS = {"week": 7, "month": 30, "year": 365}
_FORMATS = {
    GroupBy.HOUR: "H:i",
    GroupBy.DAY: "j M",
    GroupBy.WEEK: "j M Y",
    GroupBy.MONTH: "M Y",
}


@dataclass(frozen=True, slots=True)
class BoardAsked:
    """What a dashboard shows; its address says the same. `preset`: one of PRESETS, or empty.

    A preset moves on with the days, so that a board that stays open over midnight is right.
    """

    preset: str = DEFAULT_PRESET
    date_from: date | None = None
    date_to: date | None = None
    store: str = ""
    currency: str = ""
    language: str = "en"

    def period(self, today: date) -> Period:
        """Return its days. Raises: PeriodUpsideDown, PeriodTooLong."""
        if self.date_from is not None and self.date_to is not None:
            return Period(self.date_from, self.date_to)
        if self.preset == "yesterday":
            return Period(today - timedelta(days=1), today - timedelta(days=1))
        return Period(today - timedelta(days=_DAYS.get(self.preset, 1) - 1), today)


def read_asked(query: Mapping[str, str], language: str) -> BoardAsked:
    """Return what the query of an address asks for.

    Raises: InvalidQuery, PosConfigNotFound, PeriodUpsideDown, PeriodTooLong.
    """
    store, preset = query.get("store", ""), query.get("period", DEFAULT_PRESET)
    currency = query.get("currency", "").upper()
    if not store.isprintable():
        raise InvalidQuery(parameter="store")
    if currency and not _CURRENCY.fullmatch(currency):
        raise InvalidQuery(parameter="currency")
    if store:
        find_pos_config(store)
    known = dict(settings.LANGUAGES)
    asked = BoardAsked(
        preset=preset if preset in PRESETS else DEFAULT_PRESET,
        store=store,
        currency=currency,
        language=language if language in known else settings.LANGUAGE_CODE,
    )
    if query.get("from") or query.get("to"):
        first, last = _day(query, "from"), _day(query, "to")
        asked = BoardAsked("", first, last, asked.store, asked.currency, asked.language)
        asked.period(timezone.localdate())
    return asked


def draw_board(asked: BoardAsked) -> dict[str, Any]:
    """Return everything the page shows, as JSON; texts in the reader's language.

    Raises: PosConfigNotFound when the store is gone.
    """
    store = find_pos_config(asked.store) if asked.store else None
    period = asked.period(today_at(store))
    figures = dashboard_figures(
        period,
        pos_config_ids=None if store is None else [store.pk],
        currency=asked.currency or None,
    )
    with override(asked.language):
        return {
            "title": span_of(period),
            "as_of": formats.date_format(timezone.localtime(), "H:i:s"),
            "tiles": draw_tiles(figures, period, today_at(store), of_all=bool(asked.store)),
            "chart": _chart(figures),
            "best": _best(figures, asked),
            "programs": _programs(figures, asked),
            "levels": [{"name": one.name, "members": one.members} for one in figures.levels],
            "feed": _feed(figures),
            "archived": "" if figures.is_feed_full else told_archived(period, ORDERS),
            "currencies": [figures.currency, *figures.other_currencies],
            "files": _files(period, asked),
        }


def today_at(store: PosConfig | None) -> date:
    """Return the day it is at the store, or by the shop's clock for all of them."""
    zone = ZoneInfo(store.time_zone) if store else timezone.get_default_timezone()
    return timezone.localdate(timezone=zone)


def _day(query: Mapping[str, str], name: str) -> date:
    try:
        found = parse_date(query.get(name, ""))
    except ValueError:
        found = None
    if found is None:
        raise InvalidQuery(_("Write a day as 2026-01-31."), parameter=name)
    if not FIRST_YEAR <= found.year <= LAST_YEAR:
        raise InvalidQuery(parameter=name, smallest=FIRST_YEAR, largest=LAST_YEAR)
    return found


def span_of(period: Period) -> str:
    """Return the days as people write them."""
    first = formats.date_format(period.date_from, "j M Y")
    last = formats.date_format(period.date_to, "j M Y")
    return first if period.days == 1 else f"{first} – {last}"  # noqa: RUF001 - a dash of a span


def _chart(figures: Figures) -> dict[str, Any]:
    return {
        "labels": [_label(one, figures.group_by) for one in figures.series],
        "sales": [float(one.amount) for one in figures.series],
        "discounts": [float(one.discount) for one in figures.series],
        "orders": [one.orders for one in figures.series],
        "names": {"sales": _("Sales"), "discounts": _("Discount"), "orders": _("Orders")},
        "currency": figures.currency,
    }


def _label(one: Point, group_by: GroupBy) -> str:
    return str(formats.date_format(one.start, _FORMATS[group_by]))


def _best(figures: Figures, asked: BoardAsked) -> dict[str, str] | None:
    """Return the program that gave most, in words; None if none was applied."""
    if not figures.top_programs:
        return None
    best = figures.top_programs[0]
    words = {
        "discount": money_of(best.discount, figures.currency),
        "orders": wording.number(Decimal(best.orders)),
    }
    text = ngettext(
        "gave most: %(discount)s in %(orders)s order",
        "gave most: %(discount)s in %(orders)s orders",
        best.orders,
    )
    if not best.discount:
        text = ngettext("used in %(orders)s order", "used in %(orders)s orders", best.orders)
    return {"name": best.name, "link": _program_link(best, asked), "text": text % words}


def _program_link(one: TopProgram, asked: BoardAsked) -> str:
    return f"{reverse('report-program', args=[one.program_id])}?{address(asked)}"


def _programs(figures: Figures, asked: BoardAsked) -> list[dict[str, Any]]:
    most = max((one.discount for one in figures.top_programs), default=Decimal(0))
    return [
        {
            "name": one.name,
            "orders": wording.number(Decimal(one.orders)),
            "amount": money_of(one.amount, figures.currency),
            "discount": money_of(one.discount, figures.currency),
            "share": float(one.discount / most * 100) if most else 0,
            "link": _program_link(one, asked),
        }
        for one in figures.top_programs
    ]


def _feed(figures: Figures) -> list[dict[str, Any]]:
    return [
        {
            "ref": one.order_ref,
            "text": one.store,
            "at": formats.date_format(one.local_time, "j M, H:i"),
            "amount": money_of(one.amount, one.currency),
            "note": _("returned")
            if one.kind == "return"
            else money_of(-one.discount, one.currency)
            if one.discount
            else "",
            "link": reverse("admin:promotions_order_change", args=[one.order_id]),
        }
        for one in figures.feed
    ]


def address(asked: BoardAsked) -> str:
    """Return the query of the address that asks for the same."""
    parts = {"period": asked.preset, "store": asked.store, "currency": asked.currency}
    if asked.date_from and asked.date_to:
        parts |= {"from": asked.date_from.isoformat(), "to": asked.date_to.isoformat()}
    return urlencode({name: text for name, text in parts.items() if text})


def _files(period: Period, asked: BoardAsked) -> dict[str, str]:
    """Return where the files behind each part of the page are; the kind of file comes behind."""
    parts = {"date_from": period.date_from, "date_to": period.date_to}
    query = urlencode(parts | ({"pos_config": asked.store} if asked.store else {}))
    return {
        "sales": f"{reverse('report-sales')}?{query}&group_by={chart_group(period)}",
        "programs": f"{reverse('report-leaderboard')}?{query}",
        "orders": f"{reverse('report-orders')}?{query}",
        "levels": reverse("report-levels"),
    }
