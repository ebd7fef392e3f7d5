"""REST: reports as files that a job writes."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from urllib.parse import urlencode

from django.core import signing
from django.core.files.storage import storages
from django.http import FileResponse, HttpResponse
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.utils import timezone
from django.utils.crypto import constant_time_compare
from django.utils.translation import get_language
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.request import Request

from access.errors import InvalidQuery
from access.idempotency import KEY_PARAMETER, answer_once
from access.json import answer
from access.serializers import Shape
from access.views import ApiView
from jobs.api.jobs import JobShape, job_answer
from promotions.api.bodies import Body
from promotions.programs.body import Input
from reporting.api.tables import REPORTS
from reporting.api.views import READERS
from reporting.errors import ExportExpired, ExportNotFound, ExportNotReady
from reporting.exports import CONTENT_TYPES, FileKind
from reporting.models import ReportExport
from reporting.services.start_export import start_export

NEWEST = 20
SALT = "reporting.export"
_EXPORT = OpenApiParameter("export", int, OpenApiParameter.PATH)


class ExportBody(Input, frozen=True, kw_only=True):
    """A report, as the file of which kind, and its parameters as its address has them."""

    report: str
    format: FileKind
    parameters: dict[str, str] = {}


class ExportBodyShape(Shape):
    """What to write into a file."""

    report = serializers.ChoiceField(choices=list(REPORTS))
    format = serializers.ChoiceField(choices=[kind.value for kind in FileKind])
    parameters = serializers.DictField(
        child=serializers.CharField(),
        help_text="The report's own, as strings: date_from, date_to, group_by, …",
    )


class ExportShape(Shape):
    """A file. `download`: where it lies, once it is written and until it expires."""

    id = serializers.IntegerField()
    report = serializers.CharField()
    format = serializers.CharField()
    parameters = serializers.DictField(child=serializers.CharField())
    rows = serializers.IntegerField()
    size = serializers.IntegerField(help_text="Bytes; 0 before it is written.")
    created_at = serializers.DateTimeField()
    expires_at = serializers.DateTimeField(allow_null=True)
    download = serializers.CharField(allow_null=True)
    job = JobShape()


class ExportsShape(Shape):
    """One's own, the newest first."""

    results = ExportShape(many=True)


_BODY = Body(ExportBody)


class ExportsView(ApiView):
    """One's files."""

    permission_classes = (READERS,)

    @extend_schema(
        operation_id="list_report_exports",
        tags=["reports"],
        summary=f"List the files one asked for that have not expired, the newest {NEWEST}",
        responses=ExportsShape,
    )
    def get(self, request: Request) -> HttpResponse:
        """Answer those being written and those that lie ready."""
        found = ReportExport.objects.filter(created_by_id=self.caller.user_id)
        found = found.exclude(expires_at__lt=timezone.now()).select_related("job")[:NEWEST]
        return answer({"results": [_answer(one) for one in found]})

    @extend_schema(
        operation_id="start_report_export",
        tags=["reports"],
        summary="Have a report written into a file, however long",
        description="Answers 202 with the job that writes it. `download` of the export is the "
        "link to the file once the job is done; it expires.",
        parameters=[KEY_PARAMETER],
        request=ExportBodyShape,
        responses={202: ExportShape},
    )
    def post(self, request: Request) -> HttpResponse:
        """Start the job that writes the file."""
        body = _BODY.read(request)
        report = REPORTS.get(body.report)
        if report is None:
            raise InvalidQuery(parameter="report", allowed=sorted(REPORTS))
        unknown = sorted(set(body.parameters) - report.parameters)
        if unknown:
            raise InvalidQuery(parameter=unknown[0], allowed=sorted(report.parameters))

        def make() -> dict[str, Any]:
            started = start_export(
                report=body.report,
                parameters=body.parameters,
                kind=body.format,
                rows=report.rows(body.parameters),
                language=get_language() or "en",
                created_by=self.caller.user_id,
                at=timezone.now(),
            )
            return _answer(_find(started.export_id))

        return answer_once(request, 202, make)


class ExportView(ApiView):
    """One file."""

    permission_classes = (READERS,)

    @extend_schema(
        operation_id="read_report_export",
        tags=["reports"],
        summary="Tell how far a file is, and where it lies",
        parameters=[_EXPORT],
        responses=ExportShape,
    )
    def get(self, request: Request, export: int) -> HttpResponse:
        """Answer one's own or another manager's."""
        return answer(_answer(_find(export)))


class ExportFileView(ApiView):
    """The file itself."""

    permission_classes = (READERS,)

    @extend_schema(
        operation_id="read_report_export_file",
        tags=["reports"],
        summary="The file of an export, by its link",
        parameters=[
            _EXPORT,
            OpenApiParameter("signature", str, required=True, description="As the link has it."),
        ],
        responses={(200, kind): OpenApiTypes.BINARY for kind in CONTENT_TYPES.values()},
    )
    def get(self, request: Request, export: int) -> HttpResponseBase:
        """Send the file to whoever asked for it or another manager, until the link expires."""
        row = _find(export)
        given = request.query_params.get("signature", "")
        if not constant_time_compare(given, _signature(row)):
            raise ExportNotFound(export=export)
        if row.expires_at is None:
            raise ExportNotReady(export=export, job=row.job_id)
        if not row.file or _is_over(row, timezone.now()):
            raise ExportExpired(export=export, expired_at=row.expires_at)
        return FileResponse(
            storages["exports"].open(row.file),
            as_attachment=True,
            filename=f"{row.report.replace('/', '-')}-{row.pk}.{row.kind}",
            content_type=CONTENT_TYPES[FileKind(row.kind)],
        )


def _find(export_id: int) -> ReportExport:
    """Return the export. Raises: ExportNotFound."""
    found = ReportExport.objects.select_related("job").filter(pk=export_id).first()
    if found is None:
        raise ExportNotFound(export=export_id)
    return found


def _answer(export: ReportExport) -> dict[str, Any]:
    ready = export.file and not _is_over(export, timezone.now())
    address = reverse("report-export-file", args=[export.pk])
    return {
        "id": export.pk,
        "report": export.report,
        "format": export.kind,
        "parameters": export.parameters,
        "rows": export.rows,
        "size": export.size,
        "created_at": export.created_at,
        "expires_at": export.expires_at,
        "download": f"{address}?{urlencode({'signature': _signature(export)})}" if ready else None,
        "job": job_answer(export.job),
    }


def _is_over(export: ReportExport, at: datetime) -> bool:
    return export.expires_at is not None and export.expires_at <= at


def _signature(export: ReportExport) -> str:
    """Return what the link of this file alone has, so that no other can be guessed from it."""
    said = f"{export.pk}:{export.created_at.isoformat()}"
    return signing.Signer(salt=SALT).signature(said)
