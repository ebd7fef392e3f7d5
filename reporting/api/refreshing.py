"""REST: refreshing the daily views now."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request

from access.idempotency import KEY_PARAMETER, answer_once
from access.views import ApiView
from jobs.api.jobs import JobShape, job_answer
from jobs.queries import read_job
from reporting.api.views import READERS
from reporting.services.start_refresh import start_refresh


class RefreshView(ApiView):
    """The views for SQL tools."""

    permission_classes = (READERS,)

    @extend_schema(
        operation_id="refresh_report_views",
        tags=["reports"],
        summary="Refresh the daily views for SQL tools now; they are by the hour anyway",
        parameters=[KEY_PARAMETER],
        request=None,
        responses={202: JobShape},
    )
    def post(self, request: Request) -> HttpResponse:
        """Start the job that does it."""

        def make() -> dict[str, Any]:
            started = start_refresh(created_by=self.caller.user_id, at=timezone.now())
            return job_answer(read_job(started.job_id, asked_by=None))

        return answer_once(request, 202, make)
