"""REST: back-testing a program."""

from __future__ import annotations

from datetime import date

from django.http import HttpResponse
from django.utils import timezone
from drf_spectacular.utils import extend_schema
from msgspec import Struct
from rest_framework import serializers
from rest_framework.request import Request

from access.caller import Role
from access.idempotency import KEY_PARAMETER, answer_once
from access.permissions import allow
from access.serializers import Shape
from access.views import ApiView
from jobs.api.jobs import JobShape, job_answer
from jobs.queries import read_job
from promotions.api.bodies import Body
from promotions.api.lookups import find_pos_config, find_program
from promotions.api.programs import PROGRAM
from promotions.services.start_backtest import start_backtest


class BacktestRequest(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Over which orders a draft is back-tested, and how."""

    date_from: date
    date_to: date
    pos_config: str | None = None
    keep_dates: bool = False
    show_code: bool = False


class BacktestBody(Shape):
    """Over which orders a draft is back-tested, and how."""

    date_from = serializers.DateField(help_text="First day, by the stores' calendars.")
    date_to = serializers.DateField(help_text="Last day, which is included.")
    pos_config = serializers.CharField(required=False, allow_null=True, help_text="This store.")
    keep_dates = serializers.BooleanField(
        required=False, help_text="The program's own dates hold; else it runs all the time."
    )
    show_code = serializers.BooleanField(
        required=False, help_text="As if every customer had shown its code or a coupon."
    )


_BODY = Body(BacktestRequest)


class BacktestView(ApiView):
    """A draft over orders of the past."""

    permission_classes = (allow(Role.MARKETING, Role.MANAGER),)

    @extend_schema(
        operation_id="backtest_program",
        tags=["programs"],
        summary="Start to decide past orders again with the draft in force; sells nothing",
        parameters=[PROGRAM, KEY_PARAMETER],
        request=BacktestBody,
        responses={202: JobShape},
    )
    def post(self, request: Request, program: str) -> HttpResponse:
        """Answer the job; its `result` says where the report will be."""
        asked, user_id = _BODY.read(request), self.caller.user_id
        key = find_program(program)
        store = find_pos_config(asked.pos_config).pk if asked.pos_config else None

        def make() -> dict[str, object]:
            started = start_backtest(
                program_id=key,
                date_from=asked.date_from,
                date_to=asked.date_to,
                pos_config_id=store,
                keeps_dates=asked.keep_dates,
                shows_code=asked.show_code,
                created_by=user_id,
                at=timezone.now(),
            )
            return job_answer(read_job(started.job_id, asked_by=None))

        return answer_once(request, 202, make)
