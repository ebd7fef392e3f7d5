"""Asking for more codes than a request can issue."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from django.db import connection, transaction

from jobs.services.start_job import start_job
from promotions.coupons.batch import MAX_BATCH, check_batch, check_prefix
from promotions.models import CouponBatch

TASK = "promotions.fill_coupon_batch"


@dataclass(frozen=True, slots=True)
class CouponBatchStarted:
    """A batch whose codes a worker issues."""

    batch_id: int
    job_id: int
    count: int
    points: Decimal


def start_coupon_batch(
    *,
    program_id: int,
    count: int,
    prefix: str = "",
    points: Decimal | None = None,
    partner_id: int | None = None,
    expires_at: datetime | None = None,
    created_by: int | None,
    at: datetime,
) -> CouponBatchStarted:
    """Note a batch of up to 1,000,000 generated codes, and the job that issues them.

    `prefix`: stands in front of each code. `points`: on each, as `issue_coupons` says.
    Raises: ProgramNotFound, ProgramArchived, CouponsNotForProgram, TooManyCoupons, InvalidCoupons.
    Writes: couponbatch, job.
    Safe under: concurrency; nothing is issued here.
    """
    prefix = check_prefix(prefix)
    with transaction.atomic():
        batch = check_batch(
            program_id=program_id,
            count=count,
            codes=None,
            points=points,
            partner_id=partner_id,
            expires_at=expires_at,
            at=at,
            most=MAX_BATCH,
        )
        key = _next_id()
        job = start_job(
            kind="coupon_batch",
            task=TASK,
            total=count,
            result={"csv": f"/api/v1/coupon-batches/{key}/codes", "batch": key},
            created_by=created_by,
            at=at,
        )
        CouponBatch.objects.create(
            id=key,
            program_id=program_id,
            job_id=job.job_id,
            count=count,
            prefix=prefix,
            points=batch.points,
            partner_id=partner_id,
            expires_at=expires_at,
            created_by_id=created_by,
            created_at=at,
        )
    return CouponBatchStarted(key, job.job_id, count, batch.points)


def _next_id() -> int:
    """Return the id of the new batch, which its job has to name."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT nextval(pg_get_serial_sequence('promotions_couponbatch', 'id'))")
        key: int = cursor.fetchone()[0]
    return key
