"""REST: coupons of a program."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.utils import timezone
from django.utils.translation import gettext as _
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.request import Request

from access.caller import Role
from access.files import csv_answer
from access.idempotency import KEY_PARAMETER, answer_once
from access.pagination import CursorPages, answer_page
from access.permissions import allow
from access.views import ApiView
from core.numbers import PlainDecimal, plain
from jobs.api.jobs import job_answer
from jobs.queries import read_job
from promotions.api import program_schemas as schemas
from promotions.api.bodies import Body
from promotions.api.lookups import find_program
from promotions.api.programs import PROGRAM, ROLES
from promotions.coupons.batch import MAX_COUPONS
from promotions.coupons.files import batch_csv
from promotions.errors import CouponBatchNotFound, InvalidCoupons
from promotions.models import Coupon, CouponBatch
from promotions.programs.body import AnyRef, Input
from promotions.programs.faults import Fault, as_errors
from promotions.programs.instants import read_instant
from promotions.programs.loyalty_lookups import find_partner
from promotions.services.issue_coupons import issue_coupons
from promotions.services.start_coupon_batch import start_coupon_batch

Answer = dict[str, Any]


class CouponsBody(Input, frozen=True, kw_only=True):
    """Codes to issue: so many new ones, or these."""

    count: int | None = None
    codes: tuple[str, ...] | None = None
    prefix: str | None = None
    points: PlainDecimal | None = None
    partner: AnyRef | None = None
    expires_at: str | None = None


_BODY = Body(CouponsBody)


class CouponsView(ApiView):
    """The coupons of one program."""

    permission_classes = (ROLES,)

    @extend_schema(
        operation_id="list_coupons",
        tags=["programs"],
        summary="List a program's coupons, the newest first",
        parameters=[PROGRAM, *CursorPages.parameters()],
        responses=CursorPages.shape(schemas.CouponShape),
    )
    def get(self, request: Request, program: str) -> HttpResponse:
        """Answer one page; gift cards and e-wallets are listed as cards."""
        rows = Coupon.objects.filter(program_id=find_program(program)).select_related("partner")
        now = timezone.now()
        return answer_page(request, rows, lambda row: _coupon(row, now))

    @extend_schema(
        operation_id="issue_coupons",
        tags=["programs"],
        summary="Issue coupons, gift cards or an e-wallet; more than 1,000 by a job",
        description="Up to 1,000 are issued at once, all or none: 201 with the codes. A larger "
        "`count`, to 1,000,000, answers 202 with the job that issues them.",
        parameters=[PROGRAM, KEY_PARAMETER],
        request=schemas.CouponsBody,
        responses={201: schemas.CouponsIssuedShape, 202: schemas.CouponBatchStartedShape},
    )
    def post(self, request: Request, program: str) -> HttpResponse:
        """Issue codes, or start the job that will."""
        body = _BODY.read(request)
        user_id = self.caller.user_id
        if body.codes is None and (body.count or 0) > MAX_COUPONS:
            return answer_once(request, 202, lambda: _start(find_program(program), body, user_id))
        return answer_once(request, 201, lambda: _issue(find_program(program), body))


class CouponBatchCodesView(ApiView):
    """The codes of a batch, as a file."""

    permission_classes = (allow(Role.MARKETING),)

    @extend_schema(
        operation_id="read_coupon_batch_codes",
        tags=["programs"],
        summary="The codes of a batch as CSV, as far as they are issued",
        parameters=[OpenApiParameter("batch", int, OpenApiParameter.PATH)],
        responses={(200, "text/csv"): OpenApiTypes.STR},
    )
    def get(self, request: Request, batch: int) -> HttpResponseBase:
        """Stream the file; one's own batches, or to an admin any."""
        caller = self.caller
        rows = CouponBatch.objects.filter(pk=batch)
        if caller.role is not Role.ADMIN:
            rows = rows.filter(created_by_id=caller.user_id)
        row = rows.first()
        if row is None:
            raise CouponBatchNotFound(batch=batch)
        return csv_answer(batch_csv(row), f"codes-{row.pk}.csv")


def _read(body: CouponsBody) -> tuple[int | None, datetime | None]:
    """Return the member and the end. Raises: InvalidCoupons."""
    faults: list[Fault] = []
    partner_id = _partner(body, faults)
    expires_at = _expiry(body, faults)
    if faults:
        raise InvalidCoupons(errors=as_errors(faults))
    return partner_id, expires_at


def _start(program_id: int, body: CouponsBody, user_id: int) -> Answer:
    partner_id, expires_at = _read(body)
    started = start_coupon_batch(
        program_id=program_id,
        count=body.count or 0,
        prefix=body.prefix or "",
        points=body.points,
        partner_id=partner_id,
        expires_at=expires_at,
        created_by=user_id,
        at=timezone.now(),
    )
    return {
        "program": program_id,
        "batch": started.batch_id,
        "count": started.count,
        "points": plain(started.points),
        "partner": body.partner,
        "expires_at": expires_at,
        "job": job_answer(read_job(started.job_id, asked_by=None)),
    }


def _issue(program_id: int, body: CouponsBody) -> Answer:
    partner_id, expires_at = _read(body)
    issued = issue_coupons(
        program_id=program_id,
        count=body.count,
        codes=body.codes,
        prefix=body.prefix or "",
        points=body.points,
        partner_id=partner_id,
        expires_at=expires_at,
        at=timezone.now(),
    )
    return {
        "program": program_id,
        "count": len(issued.coupons),
        "codes": [one.code for one in issued.coupons],
        "points": plain(issued.coupons[0].points),
        "partner": body.partner,
        "expires_at": expires_at,
    }


def _partner(body: CouponsBody, faults: list[Fault]) -> int | None:
    if body.partner is None:
        return None
    found = find_partner(body.partner)
    if found is None:
        detail = _("There is no “%(name)s”.") % {"name": body.partner}
        faults.append(Fault("/partner", "unknown_partner", detail))
    return found


def _expiry(body: CouponsBody, faults: list[Fault]) -> datetime | None:
    if body.expires_at is None:
        return None
    try:
        return read_instant(body.expires_at, end_of_day=True)
    except ValueError as error:
        faults.append(Fault("/expires_at", "invalid_date", str(error)))
        return None


def _coupon(row: Coupon, now: datetime) -> Answer:
    return {
        "id": row.pk,
        "code": row.code,
        "points": plain(row.points),
        "initial_points": plain(row.initial_points),
        "partner": row.partner.ref if row.partner else None,
        "expires_at": row.expires_at,
        "status": _status(row, now),
        "created_at": row.created_at,
    }


def _status(row: Coupon, now: datetime) -> str:
    if row.withdrawn_at is not None:
        return "withdrawn"
    if row.points <= 0:
        return "used_up"
    if row.expires_at is not None and row.expires_at < now:
        return "expired"
    return "usable"
