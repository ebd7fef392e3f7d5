"""Issuing the codes of a batch."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from jobs.services.work_on_job import work_on_job
from promotions.coupons.batch import Batch
from promotions.coupons.free_codes import generate_codes
from promotions.coupons.writing import Terms, write_codes
from promotions.engine.terms import ProgramType
from promotions.errors import CouponBatchNotFound, ProgramArchived
from promotions.models import CouponBatch, IssuedCard
from promotions.presets import PRESETS

# A card is two round trips and its points, a coupon a row of one statement.
COUPONS_AT_ONCE = 5_000
CARDS_AT_ONCE = 250


@dataclass(frozen=True, slots=True)
class CouponBatchFilled:
    """How far the batch is. `state` None: another worker is at it."""

    state: str | None
    done: int


def fill_coupon_batch(*, job_id: int, at: datetime) -> CouponBatchFilled:
    """Issue the codes of a batch that are still missing, some thousands in each transaction.

    Raises: CouponBatchNotFound; what goes wrong with the codes ends the job instead.
    Writes: job, coupon, or cards with their points and issuedcard; events CouponIssued.
    Safe under: kills and repeats, what was issued is counted with it (`work_on_job`).
    """
    row = CouponBatch.objects.select_related("program").filter(job_id=job_id).first()
    if row is None:
        raise CouponBatchNotFound(job=job_id)

    def step(done: int) -> int:
        return _issue(row, min(row.count - done, _at_once(row)), at)

    worked = work_on_job(job_id=job_id, step=step)
    return CouponBatchFilled(worked.state, worked.done)


def _at_once(row: CouponBatch) -> int:
    return CARDS_AT_ONCE if _is_payment(row) else COUPONS_AT_ONCE


def _is_payment(row: CouponBatch) -> bool:
    return PRESETS[ProgramType(row.program.program_type)].is_payment


def _issue(row: CouponBatch, count: int, at: datetime) -> int:
    """Issue so many codes and return how many they are."""
    row.program.refresh_from_db(fields=["state", "loyalty_program"])
    if row.program.state == "archived":
        raise ProgramArchived(program=row.program_id)
    batch = Batch(
        row.program_id, _is_payment(row), row.program.loyalty_program_id, count, row.points
    )
    terms = Terms(row.partner_id, row.expires_at, at, batch_id=row.pk)
    issued = write_codes(batch, generate_codes(count, at=at, prefix=row.prefix), terms)
    IssuedCard.objects.bulk_create(
        IssuedCard(batch_id=row.pk, card_id=one.card_id)
        for one in issued
        if one.card_id is not None
    )
    return len(issued)
