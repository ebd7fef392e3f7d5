"""The tiles of the dashboard: sums of a period, and how they moved against the days before."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from core.money import currency_digits
from promotions import wording
from reporting.queries.figures import Figures
from reporting.queries.period import Period


def draw_tiles(
    figures: Figures, period: Period, today: date, *, of_all: bool
) -> list[dict[str, str]]:
    """Return the tiles: what was sold, what points did, and the members there are now."""
    days, runs = period.days, period.date_from == period.date_to == today
    sales, before, currency = figures.sales, figures.sales_before, figures.currency
    gross = sales.amount + sales.discount
    share = sales.discount / gross * 100 if gross else Decimal(0)
    tiles = [
        _tile("sales", _("Sales"), money_of(sales.amount, currency))
        | _change(sales.amount, before.amount, days, runs=runs),
        _tile("orders", _("Orders"), wording.number(Decimal(sales.orders)))
        | _change(Decimal(sales.orders), Decimal(before.orders), days, runs=runs),
        _average(figures, days),
        _tile("discount", _("Discount"), money_of(sales.discount, currency))
        | {
            "note": _("%(percent)s %% of full price") % {"percent": wording.number(round(share, 1))}
        },
    ]
    # Points and levels belong to no store: beside the figures of one, say whose these are.
    whose = " · " + _("all stores") if of_all else ""
    for one in figures.points[:1]:
        used = one.redeemed / one.earned * 100 if one.earned else Decimal(0)
        tiles += [
            _tile("earned", _("Points issued"), wording.number(round(one.earned, 0)))
            | {"note": one.name + whose},
            _tile("redeemed", _("Points redeemed"), wording.number(round(one.redeemed, 0)))
            | {"note": _("%(percent)s %% of those issued") % {"percent": round(used)} + whose},
            _tile("owed", _("Points owed"), wording.number(round(one.liability, 0)))
            | {"note": _("at the end of the period") + whose},
        ]
    members = sum(one.members for one in figures.levels)
    tiles.append(
        _tile("members", _("Members with a level"), wording.number(Decimal(members)))
        | {"note": _("now") + whose}
    )
    return tiles


def _tile(key: str, title: str, value: str) -> dict[str, str]:
    return {"key": key, "title": title, "value": value, "note": "", "trend": ""}


def _average(figures: Figures, days: int) -> dict[str, str]:
    """Return the tile of the average order: of no orders there is none."""
    sales, title = figures.sales, _("Average order")
    if sales.orders <= 0:  # what came back may outnumber what was sold
        return _tile("average", title, "\u2013") | {"note": _("no orders in this period")}
    return _tile("average", title, money_of(sales.average, figures.currency)) | _change(
        sales.average, figures.sales_before.average, days
    )


def _change(now: Decimal, before: Decimal, days: int, *, runs: bool = False) -> dict[str, str]:
    """Return how a sum moved against as many days before. `runs`: the day is not over yet."""
    if not before:
        return {"note": _("nothing to compare with"), "trend": ""}
    percent = round((now - before) / before * 100)
    sign = "+" if percent > 0 else ""
    if runs:
        note = _("so far; %(percent)s %% against the whole day before")
        return {"note": note % {"percent": f"{sign}{percent}"}, "trend": "up" * (percent > 0)}
    return {
        "note": ngettext(
            "%(percent)s %% against the day before", "%(percent)s %% against the days before", days
        )
        % {"percent": f"{sign}{percent}"},
        "trend": "up" if percent > 0 else "down" if percent < 0 else "",
    }


def money_of(amount: Decimal, currency: str) -> str:
    """Return an amount in words, with the digits of its currency."""
    return wording.money(round(amount, currency_digits(currency)), currency)
