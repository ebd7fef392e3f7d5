"""What runs by the clock, and long work."""

from datetime import timedelta

from celery import current_app, shared_task
from celery.schedules import crontab
from django.conf import settings
from django.utils import timezone

from promotions.services.evaluate_memberships import evaluate_memberships
from promotions.services.fill_coupon_batch import fill_coupon_batch
from promotions.services.forget_backtests import forget_backtests
from promotions.services.reward_referrals import reward_referrals
from promotions.services.work_on_backtest import work_on_backtest

SECONDS_AT_A_TIME = 10.0


@shared_task(name="promotions.reward_due_referrals")
def reward_due_referrals() -> dict[str, int]:
    """Reward the referrals whose days have passed; running twice at once does no harm."""
    return {"rewarded": reward_referrals(at=timezone.now()).rewarded}


@shared_task(name="promotions.fill_coupon_batch")
def issue_batch_of_coupons(job_id: int) -> int:
    """Issue the codes of a batch; running twice issues none twice."""
    return fill_coupon_batch(job_id=job_id, at=timezone.now()).done


@shared_task(name="promotions.work_on_backtest")
def work_on_a_backtest(job_id: int, lane: int = 0) -> int:
    """Decide orders of a back-test for a while; running many times side by side is the idea.

    The first one asks for the others. After some seconds each goes to the end of the queue, so
    that whatever else waits for a worker gets one.
    """
    if lane == 0:
        for other in range(1, settings.BACKTEST_LANES):
            current_app.send_task("promotions.work_on_backtest", [job_id, other])
    worked = work_on_backtest(job_id=job_id, seconds=SECONDS_AT_A_TIME)
    if worked.is_left:
        current_app.send_task("promotions.work_on_backtest", [job_id, max(lane, 1)])
    return worked.orders


@shared_task(name="promotions.forget_backtests")
def forget_old_backtests() -> dict[str, int]:
    """Delete old back-tests; running twice at once does no harm."""
    kept_for = timedelta(days=settings.BACKTEST_DAYS)
    return {"backtests": forget_backtests(at=timezone.now(), kept_for=kept_for).backtests}


@shared_task(name="promotions.evaluate_ending_memberships")
def evaluate_ending_memberships() -> dict[str, int]:
    """Evaluate the members whose term is over; running twice at once does no harm."""
    done = evaluate_memberships(at=timezone.now())
    return {"evaluated": done.evaluated, "busy": done.busy, **done.outcomes}


SCHEDULE: dict[str, dict[str, object]] = {
    "promotions.forget_backtests": {
        "task": "promotions.forget_backtests",
        "schedule": crontab(minute="47", hour="2"),
    },
    "promotions.reward_due_referrals": {
        "task": "promotions.reward_due_referrals",
        "schedule": crontab(minute="*/5"),
    },
    "promotions.evaluate_ending_memberships": {
        "task": "promotions.evaluate_ending_memberships",
        "schedule": crontab(minute="23", hour="2"),
    },
}
