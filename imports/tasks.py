"""Imports that pages ask for, and their files."""

from celery import shared_task
from celery.schedules import crontab
from django.utils import timezone

from imports.services.delete_expired_imports import delete_expired_imports
from imports.services.work_on_import import work_on_import


@shared_task(name="imports.work_on_import")
def work(job_id: int) -> str | None:
    """Make an import; one that was killed goes on where it was."""
    return work_on_import(job_id=job_id).state


@shared_task(name="imports.delete_expired_imports")
def expire_imports() -> int:
    """Delete the lists of what imports refused."""
    return delete_expired_imports(at=timezone.now()).files


SCHEDULE: dict[str, dict[str, object]] = {
    "imports.delete_expired_imports": {
        "task": "imports.delete_expired_imports",
        "schedule": crontab(minute="53"),
    },
}
