"""What runs by the clock."""

from datetime import timedelta

from celery import shared_task
from celery.schedules import crontab
from django.conf import settings
from django.utils import timezone

from access.services.forget_answers import forget_answers


@shared_task(name="access.forget_old_answers")
def forget_old_answers() -> dict[str, int]:
    """Forget answers that no client will ask for again; running twice does no harm."""
    kept_for = timedelta(days=settings.IDEMPOTENCY_DAYS)
    done = forget_answers(at=timezone.now(), kept_for=kept_for)
    return {"answers": done.answers, "tokens": done.tokens}


SCHEDULE: dict[str, dict[str, object]] = {
    "access.forget_old_answers": {
        "task": "access.forget_old_answers",
        "schedule": crontab(hour="3", minute="17"),
    }
}
