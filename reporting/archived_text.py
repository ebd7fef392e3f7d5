"""What pages say where the orders behind their figures are in files."""

from __future__ import annotations

from django.utils import formats
from django.utils.translation import gettext as _

from reporting.archive.archived import months_in_files
from reporting.queries.period import Period

ORDERS, ORDERS_OF_PROGRAMS = "order_report_detail", "promotion_report_detail"


def told_archived(days: Period, relation: str) -> str:
    """Return in words which months of these days are in files, '' for none.

    A month of which only a store's night is asked for is named where no other is.
    """
    found = months_in_files(days.date_from, days.until, relation)
    first = days.date_from.replace(day=1)
    months = [one for one in found if first <= one <= days.date_to] or found
    if not months:
        return ""
    return _(
        "Orders of %(months)s were archived and are not in this list; the figures have them. An "
        "administrator can bring a month back."
    ) % {"months": ", ".join(formats.date_format(one, "M Y") for one in months)}
