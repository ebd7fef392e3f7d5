"""What runs by the clock."""

import logging

from celery import shared_task
from celery.schedules import crontab
from django.utils import timezone

from loyalty.services.announce_expiring_points import announce_expiring_points
from loyalty.services.expire_points import expire_points
from loyalty.services.verify_ledger import verify_ledger

log = logging.getLogger(__name__)


@shared_task(name="loyalty.expire_due_points")
def expire_due_points() -> dict[str, str]:
    """Expire all points past their date; running twice at once does no harm."""
    done = expire_points(at=timezone.now())
    if done.unsound:
        log.error("%s cards do not add up and were not swept: run verify_ledger", done.unsound)
    return {"cards": str(done.cards), "lots": str(done.lots), "points": str(done.points)}


@shared_task(name="loyalty.announce_expiring_points")
def announce_expiring() -> dict[str, str]:
    """Tell that points expire soon, at the days that programs name; each is told once."""
    return {"notices": str(announce_expiring_points(at=timezone.now()).notices)}


@shared_task(name="loyalty.verify_ledger")
def verify_the_ledger() -> dict[str, str]:
    """Prove that the whole ledger adds up; what does not is logged and on the operations page."""
    report = verify_ledger()
    if report.flaw is not None:
        log.error("the ledger does not add up: %s", report.flaw)
    flaw = "" if report.flaw is None else str(report.flaw)
    return {"cards": str(report.cards), "rows": str(report.rows), "flaw": flaw}


# Points cannot be spent past their date whether they are swept or not: the sweep is for the books.
SCHEDULE: dict[str, dict[str, object]] = {
    "loyalty.expire_due_points": {
        "task": "loyalty.expire_due_points",
        "schedule": crontab(minute="7"),
    },
    "loyalty.announce_expiring_points": {
        "task": "loyalty.announce_expiring_points",
        "schedule": crontab(minute="23"),
    },
    "loyalty.verify_ledger": {
        "task": "loyalty.verify_ledger",
        "schedule": crontab(hour="2", minute="41"),
    },
}
