"""Money, quantities, lists, days and times as people write them, in the active language."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from decimal import Decimal

from babel.numbers import format_currency, format_decimal
from django.utils import formats, timezone
from django.utils.dates import WEEKDAYS_ABBR
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _

from core.money import currency_digits
from promotions.engine.definition import Window

MOST_NAMES = 3
NAMED_STORES = 2
DAYS_OF_A_WEEK = 7


def money(amount: Decimal, currency: str) -> str:
    """Return an amount with its currency (`$2.40`, `Rp24.000`), or bare without a currency."""
    if not currency:
        return number(amount)
    digits = currency_digits(currency)
    pattern = None if amount == amount.quantize(Decimal(1).scaleb(-digits)) else "¤#,##0.00##"
    return str(
        format_currency(amount, currency, pattern, locale=_locale(), currency_digits=not pattern)
    )


def number(amount: Decimal) -> str:
    """Return a quantity, percent or points without needless zeros: `2`, `0.35`, `1,250`."""
    return str(format_decimal(amount, "#,##0.####", locale=_locale()))


def one_of(names: Sequence[str]) -> str:
    """Return `Coffee`, `Coffee or Tea`, `Coffee, Tea or Cake`; of many, the first and how many."""
    return _joined(names, _("or"))


def all_of(names: Sequence[str]) -> str:
    """Return `Main`, `Main and Airport`; of many, the first ones and how many more."""
    return _joined(names, _("and"))


def stores(names: Sequence[str]) -> str:
    """Return `Main` or `Main and Airport`, or how many they are: names of stores are long."""
    if len(names) <= NAMED_STORES:
        return all_of(names)
    return ngettext("%(count)s store", "%(count)s stores", len(names)) % {"count": len(names)}


def day(at: datetime) -> str:
    """Return the day, with the time of day unless it is the first or last minute of the day."""
    local = timezone.localtime(at)
    written = formats.date_format(local, "j M Y")
    if (local.hour, local.minute) in ((0, 0), (23, 59)):
        return written
    return f"{written} {local:%H:%M}"


def date_of(day: date) -> str:
    """Return a day of the calendar."""
    return str(formats.date_format(day, "j M Y"))


def moment(at: datetime) -> str:
    """Return the day and the time of day."""
    local = timezone.localtime(at)
    return f"{formats.date_format(local, 'j M Y')} {local:%H:%M}"


def window(one: Window) -> str:
    """Return a weekly window: `Mon-Fri 17:00-19:00`, with real dashes; whole days have no hours."""
    days = _days(sorted(one.weekdays))
    hours = f"{one.start:%H:%M}\u2013{one.end:%H:%M}"
    whole_day = one.start == one.end or hours in ("00:00\u201323:59", "00:00\u201300:00")
    return " ".join(part for part in (days, "" if whole_day else hours) if part)


def _days(weekdays: Sequence[int]) -> str:
    """Return runs of weekdays; nothing when every day is meant."""
    if len(weekdays) in (0, DAYS_OF_A_WEEK):
        return ""
    runs: list[list[int]] = []
    for weekday in weekdays:
        if runs and runs[-1][-1] == weekday - 1:
            runs[-1].append(weekday)
        else:
            runs.append([weekday])
    written = []
    for run in runs:
        first, last = str(WEEKDAYS_ABBR[run[0]]), str(WEEKDAYS_ABBR[run[-1]])
        written.append(
            first
            if len(run) == 1
            else f"{first}\u2013{last}"
            if len(run) > 2
            else f"{first}, {last}"
        )
    return ", ".join(written)


def _joined(names: Sequence[str], last_word: str) -> str:
    """Return the names as a list of words that stays short."""
    if len(names) <= 1:
        return "".join(names)
    if len(names) > MOST_NAMES:
        more = len(names) - MOST_NAMES + 1
        rest = ngettext("%(count)s more", "%(count)s more", more) % {"count": more}
        return f"{', '.join(names[: MOST_NAMES - 1])} {last_word} {rest}"
    return f"{', '.join(names[:-1])} {last_word} {names[-1]}"


def _locale() -> str:
    """Return the active language as Babel spells it."""
    return (get_language() or "en").replace("-", "_")
