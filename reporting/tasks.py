"""What runs by the clock, and long work."""

from celery import shared_task
from celery.schedules import crontab
from django.utils import timezone

from reporting.api.tables import table_of
from reporting.services.archive_reports import archive_reports
from reporting.services.delete_expired_exports import delete_expired_exports
from reporting.services.make_partitions import make_partitions
from reporting.services.refresh_by_job import refresh_by_job
from reporting.services.refresh_views import refresh_views
from reporting.services.write_export import write_export


@shared_task(name="reporting.refresh_views")
def refresh() -> list[str]:
    """Refresh the daily views."""
    return list(refresh_views())


@shared_task(name="reporting.make_partitions")
def partitions() -> int:
    """Make the partitions of the coming months."""
    return make_partitions(at=timezone.now())


@shared_task(name="reporting.write_export")
def export(job_id: int) -> str | None:
    """Write the file of an export; running twice writes the same file."""
    return write_export(job_id=job_id, table_of=table_of).state


@shared_task(name="reporting.delete_expired_exports")
def expire_exports() -> int:
    """Delete the files whose links have expired."""
    return delete_expired_exports(at=timezone.now()).files


@shared_task(name="reporting.archive_reports")
def archive() -> dict[str, int]:
    """Put what is too old into files, and delete what is older still."""
    done = archive_reports(at=timezone.now())
    return {
        "partitions": sum(one.rows is not None for one in done.partitions),
        "left": sum(one.rows is None for one in done.partitions),
        "files_deleted": done.files,
        **done.summaries,
    }


@shared_task(name="reporting.refresh_views_now")
def refresh_now(job_id: int) -> int:
    """Refresh the daily views that somebody asked for."""
    return refresh_by_job(job_id=job_id).done


SCHEDULE: dict[str, dict[str, object]] = {
    "reporting.refresh_views": {
        "task": "reporting.refresh_views",
        "schedule": crontab(minute="11"),
    },
    "reporting.make_partitions": {
        "task": "reporting.make_partitions",
        "schedule": crontab(minute="31", hour="3"),
    },
    "reporting.archive_reports": {
        "task": "reporting.archive_reports",
        "schedule": crontab(minute="43", hour="3"),
    },
    "reporting.delete_expired_exports": {
        "task": "reporting.delete_expired_exports",
        "schedule": crontab(minute="47"),
    },
}
