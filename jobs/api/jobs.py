"""REST: how far a job is."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from django.utils import timezone
from django.utils.translation import gettext
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.request import Request

from access.caller import Caller, Role
from access.idempotency import KEY_PARAMETER, answer_once
from access.json import answer
from access.permissions import allow
from access.serializers import Shape
from access.views import ApiView
from jobs.models import Job
from jobs.models.job import STATES
from jobs.queries import read_job
from jobs.services.stop_job import stop_job

Answer = dict[str, Any]


class JobErrorShape(Shape):
    """Why a job failed."""

    code = serializers.CharField()
    detail = serializers.CharField()
    facts = serializers.DictField(required=False)


class JobShape(Shape):
    """A job. `done` of `total`; `result`: addresses of what it makes, by name."""

    id = serializers.IntegerField()
    kind = serializers.CharField()
    state = serializers.ChoiceField(choices=[word for word, _label in STATES])
    done = serializers.IntegerField()
    total = serializers.IntegerField()
    error = JobErrorShape(allow_null=True)
    result = serializers.DictField(help_text="`csv`: where the file lies once the job is done.")
    created_at = serializers.DateTimeField()
    started_at = serializers.DateTimeField(allow_null=True)
    finished_at = serializers.DateTimeField(allow_null=True)


def job_answer(job: Job) -> Answer:
    """Return a job as the API tells it."""
    return {
        "id": job.pk,
        "kind": job.kind,
        "state": job.state,
        "done": job.done,
        "total": job.total,
        "error": _error(job),
        "result": job.result,
        "created_at": job.created_at,
        "started_at": job.started_at,
        "finished_at": job.finished_at,
    }


def _error(job: Job) -> Answer | None:
    """Return what ended a job, in the language in force."""
    if not job.error:
        return None
    said = job.error["detail"]
    return {**job.error, "detail": gettext(said)}


class JobView(ApiView):
    """One job."""

    permission_classes = (allow(Role.MARKETING, Role.MANAGER),)

    @extend_schema(
        operation_id="read_job",
        tags=["jobs"],
        summary="Tell how far a job is, and where its result lies",
        parameters=[OpenApiParameter("job", int, OpenApiParameter.PATH)],
        responses=JobShape,
    )
    def get(self, request: Request, job: int) -> HttpResponse:
        """Answer the job; one's own, or to an admin any."""
        return answer(job_answer(read_job(job, asked_by=_asked_by(self.caller))))


class StopJobView(ApiView):
    """Ending one job before it is done."""

    permission_classes = (allow(Role.MARKETING, Role.MANAGER),)

    @extend_schema(
        operation_id="stop_job",
        tags=["jobs"],
        summary="Stop a job; what it did until then stays, and one that is over stays as it is",
        parameters=[OpenApiParameter("job", int, OpenApiParameter.PATH), KEY_PARAMETER],
        request=None,
        responses=JobShape,
    )
    def post(self, request: Request, job: int) -> HttpResponse:
        """Stop the job, one's own, or as an admin any; answer what became of it."""
        found = read_job(job, asked_by=_asked_by(self.caller))

        def make() -> Answer:
            stop_job(job_id=found.pk, at=timezone.now())
            return job_answer(read_job(job, asked_by=None))

        return answer_once(request, 200, make)


def _asked_by(caller: Caller) -> int | None:
    """Return whose jobs a caller may see: their own, or those of all."""
    return None if caller.role is Role.ADMIN else caller.user_id
