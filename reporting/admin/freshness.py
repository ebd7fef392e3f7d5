"""How fresh the figures are, as the pages of reports say it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.utils import formats, timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from access.admin.numbers import rounded
from events.models import TaskRun
from events.queries import COUNTED, consumer_statuses
from events.registry import consumer_of
from jobs.models import Job
from reporting.services.refresh_views import VIEWS

CONSUMER = "report_facts"
HOURLY = "reporting.refresh_views"


@dataclass(frozen=True, slots=True)
class Freshness:
    """`behind`: what is not in the figures yet, '' for nothing. `views`: when they were made."""

    at: str
    behind: str
    views: str


def read_freshness(at: datetime) -> Freshness:
    """Return how fresh figures read at this instant are."""
    status = consumer_statuses([consumer_of(CONSUMER)])[0]
    made = _views_made_at()
    return Freshness(
        _time(at, at), not_counted(status.behind), _time(made, at) if made else _("never")
    )


def not_counted(changes: int) -> str:
    """Return how many changes are not in the figures yet, '' for none."""
    if not changes:
        return ""
    count = rounded(min(changes, COUNTED)) + ("+" if changes >= COUNTED else "")
    return ngettext(
        "%(count)s change is not counted yet",
        "%(count)s changes are not counted yet",
        changes,
    ) % {"count": count}


def _views_made_at() -> datetime | None:
    """Return when all daily views were last made anew, by the clock or by a job."""
    hourly = TaskRun.objects.filter(name=HOURLY).values_list("succeeded_at", flat=True).first()
    jobs = Job.objects.filter(kind="refresh_views", state="done", total=len(VIEWS))
    asked = jobs.order_by("-finished_at").values_list("finished_at", flat=True).first()
    return max((one for one in (hourly, asked) if one is not None), default=None)


def _time(instant: datetime, now: datetime) -> str:
    """Return the time, with the day where it is not of today; by the shop's clock."""
    local = timezone.localtime(instant)
    is_today = local.date() == timezone.localdate(now)
    return str(formats.date_format(local, "H:i:s" if is_today else "j M, H:i"))
