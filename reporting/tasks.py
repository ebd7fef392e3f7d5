"""What runs by the clock."""

from celery import shared_task
from celery.schedules import crontab
from django.utils import timezone

from reporting.services.make_partitions import make_partitions
from reporting.services.refresh_views import refresh_views


@shared_task(name="reporting.refresh_views")
def refresh() -> list[str]:
    """Refresh the daily views."""
    return list(refresh_views())


@shared_task(name="reporting.make_partitions")
def partitions() -> int:
    """Make the partitions of the coming months."""
    return make_partitions(at=timezone.now())


SCHEDULE: dict[str, dict[str, object]] = {
    "reporting.refresh_views": {
        "task": "reporting.refresh_views",
        "schedule": crontab(minute="11"),
    },
    "reporting.make_partitions": {
        "task": "reporting.make_partitions",
        "schedule": crontab(minute="31", hour="3"),
    },
}
