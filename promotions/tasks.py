"""What runs by the clock."""

from celery import shared_task
from celery.schedules import crontab
from django.utils import timezone

from promotions.services.reward_referrals import reward_referrals


@shared_task(name="promotions.reward_due_referrals")
def reward_due_referrals() -> dict[str, int]:
    """Reward the referrals whose days have passed; running twice at once does no harm."""
    return {"rewarded": reward_referrals(at=timezone.now()).rewarded}


SCHEDULE: dict[str, dict[str, object]] = {
    "promotions.reward_due_referrals": {
        "task": "promotions.reward_due_referrals",
        "schedule": crontab(minute="*/5"),
    }
}
