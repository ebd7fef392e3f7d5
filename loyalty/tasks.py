"""What runs by the clock."""

import logging

from celery import shared_task
from celery.schedules import crontab
from django.utils import timezone

from loyalty.services.expire_points import expire_points

log = logging.getLogger(__name__)


@shared_task(name="loyalty.expire_due_points")
def expire_due_points() -> dict[str, str]:
    """Expire all points past their date; running twice at once does no harm."""
    done = expire_points(at=timezone.now())
    if done.unsound:
        log.error("%s cards do not add up and were not swept: run verify_ledger", done.unsound)
    return {"cards": str(done.cards), "lots": str(done.lots), "points": str(done.points)}


# Points cannot be spent past their date whether they are swept or not: the sweep is for the books.
SCHEDULE: dict[str, dict[str, object]] = {
    "loyalty.expire_due_points": {
        "task": "loyalty.expire_due_points",
        "schedule": crontab(minute="7"),
    }
}
