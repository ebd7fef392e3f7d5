"""REST: refreshing the daily views now."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated, Any

from django.http import HttpResponse
from django.utils import timezone
from drf_spectacular.utils import extend_schema
from msgspec import Meta
from rest_framework import serializers
from rest_framework.request import Request

from access.idempotency import KEY_PARAMETER, answer_once
from access.serializers import Shape
from access.views import ApiView
from jobs.api.jobs import JobShape, job_answer
from jobs.queries import read_job
from promotions.api.bodies import Body
from promotions.programs.body import Input
from reporting.api.views import READERS
from reporting.services.refresh_views import VIEWS
from reporting.services.start_refresh import start_refresh

DailyView = StrEnum("DailyView", {name: name for name in VIEWS})  # type: ignore[misc]  # from data


class RefreshBody(Input, frozen=True, kw_only=True):
    """Views to refresh, at least one."""

    views: Annotated[tuple[DailyView, ...], Meta(min_length=1)]


class RefreshBodyShape(Shape):
    """Views to refresh."""

    views = serializers.ListField(child=serializers.ChoiceField(choices=list(VIEWS)), min_length=1)


_BODY = Body(RefreshBody)


class RefreshView(ApiView):
    """The views for SQL tools."""

    permission_classes = (READERS,)

    @extend_schema(
        operation_id="refresh_report_views",
        tags=["reports"],
        summary="Refresh the daily views for SQL tools now; they are by the hour anyway",
        parameters=[KEY_PARAMETER],
        request=RefreshBodyShape,
        responses={202: JobShape},
    )
    def post(self, request: Request) -> HttpResponse:
        """Start the job that does it."""
        body = _BODY.read(request)

        def make() -> dict[str, Any]:
            started = start_refresh(
                views=[one.value for one in body.views],
                created_by=self.caller.user_id,
                at=timezone.now(),
            )
            return job_answer(read_job(started.job_id, asked_by=None))

        return answer_once(request, 202, make)
