"""What runs by the clock."""

from celery import shared_task
from celery.schedules import crontab
from django.utils import timezone

from jobs.services.resume_jobs import resume_jobs


@shared_task(name="jobs.resume_jobs")
def resume_standing_jobs() -> int:
    """Send jobs that stand still to the workers again; running twice does no harm."""
    return len(resume_jobs(at=timezone.now()).job_ids)


SCHEDULE: dict[str, dict[str, object]] = {
    "jobs.resume_jobs": {"task": "jobs.resume_jobs", "schedule": crontab()}  # each minute
}
