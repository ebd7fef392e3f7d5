"""REST: what was published of a program, what differs, who did what; review and going back."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, Any

from django.http import HttpResponse
from django.utils import timezone
from drf_spectacular.utils import OpenApiParameter, extend_schema
from msgspec import Meta
from rest_framework.request import Request

from access.caller import Role
from access.errors import InvalidQuery
from access.idempotency import KEY_PARAMETER
from access.json import answer
from access.pagination import CursorPages, answer_page
from access.permissions import allow
from access.views import ApiView
from core import codec
from promotions.api import program_schemas as schemas
from promotions.api import version_schemas as shapes
from promotions.api.bodies import Body
from promotions.api.lookups import find_program
from promotions.api.programs import PROGRAM, ROLES, act_once
from promotions.comparison import Difference, compare_programs
from promotions.definitions import read_definitions
from promotions.engine.definition import Program
from promotions.errors import VersionNotFound
from promotions.models import ProgramChange, ProgramVersion
from promotions.program_names import names_for
from promotions.programs.body import Input
from promotions.programs.completing import as_told
from promotions.programs.currencies import read_store_currencies
from promotions.programs.history import differences_of
from promotions.sentences import describe_program
from promotions.services.roll_back_program import roll_back_program
from promotions.services.send_back_program import send_back_program
from promotions.services.submit_program import submit_program

DRAFT = "draft"
Answer = dict[str, Any]


class RollBackBody(Input, frozen=True, kw_only=True):
    """A version to go back to."""

    version: Annotated[int, Meta(ge=1, le=2**31 - 1)]
    publish: bool = True


class SendBackBody(Input, frozen=True, kw_only=True):
    """Why a draft is sent back."""

    note: Annotated[str, Meta(max_length=400)] = ""


_ROLL_BACK = Body(RollBackBody)
_SEND_BACK = Body(SendBackBody)


class VersionsView(ApiView):
    """What was published of a program."""

    permission_classes = (ROLES,)

    @extend_schema(
        operation_id="list_program_versions",
        tags=["programs"],
        summary="List a program's published versions, the newest first",
        parameters=[PROGRAM, *CursorPages.parameters()],
        responses=CursorPages.shape(shapes.VersionShape),
    )
    def get(self, request: Request, program: str) -> HttpResponse:
        """Answer one page."""
        rows = ProgramVersion.objects.filter(program_id=find_program(program))
        return answer_page(request, rows.select_related("published_by"), _version)


class VersionView(ApiView):
    """One published version."""

    permission_classes = (ROLES,)

    @extend_schema(
        operation_id="read_program_version",
        tags=["programs"],
        summary="Read a published version",
        parameters=[PROGRAM, OpenApiParameter("number", int, OpenApiParameter.PATH)],
        responses=shapes.VersionShape,
    )
    def get(self, request: Request, program: str, number: int) -> HttpResponse:
        """Answer the version."""
        return answer(_version(_find_version(find_program(program), number)))


class CompareView(ApiView):
    """What differs between two versions."""

    permission_classes = (ROLES,)

    @extend_schema(
        operation_id="compare_program_versions",
        tags=["programs"],
        summary="Tell what differs between two versions, or a version and the draft, in words",
        parameters=[
            PROGRAM,
            OpenApiParameter("from", str, description="A version's number, or `draft`."),
            OpenApiParameter("to", str, description="The same; left out: the draft."),
        ],
        responses=shapes.ComparisonShape,
    )
    def get(self, request: Request, program: str) -> HttpResponse:
        """Answer both sentences and the fields that differ; `from` left out: the last version."""
        key = find_program(program)
        last = ProgramVersion.objects.filter(program_id=key).order_by("number").last()
        before = _side(request, key, "from", str(last.number) if last else DRAFT)
        after = _side(request, key, "to", DRAFT)
        found = compare_programs(before[1], after[1])
        return answer(
            {
                "before": before[0],
                "after": after[0],
                "sentence_before": found.before,
                "sentence_after": found.after,
                "differences": _differences(found.differences),
            }
        )


class HistoryView(ApiView):
    """Who did what to a program."""

    permission_classes = (ROLES,)

    @extend_schema(
        operation_id="list_program_history",
        tags=["programs"],
        summary="List who did what to a program, the newest first",
        parameters=[PROGRAM, *CursorPages.parameters()],
        responses=CursorPages.shape(shapes.ChangeShape),
    )
    def get(self, request: Request, program: str) -> HttpResponse:
        """Answer one page."""
        rows = ProgramChange.objects.filter(program_id=find_program(program))
        return answer_page(request, rows.select_related("by", "version"), _change)


class SubmitView(ApiView):
    """Asking for a review."""

    permission_classes = (allow(Role.MARKETING),)

    @extend_schema(
        operation_id="submit_program",
        tags=["programs"],
        summary="Send the draft for review",
        parameters=[PROGRAM, KEY_PARAMETER],
        request=None,
        responses=schemas.ProgramShape,
    )
    def post(self, request: Request, program: str) -> HttpResponse:
        """Mark the draft as ready for somebody to look at."""
        key, user_id = find_program(program), self.caller.user_id
        return act_once(
            request,
            key,
            lambda: submit_program(program_id=key, submitted_by=user_id, at=timezone.now()),
        )


class SendBackView(ApiView):
    """Ending a review without publishing."""

    permission_classes = (allow(Role.MARKETING),)

    @extend_schema(
        operation_id="send_back_program",
        tags=["programs"],
        summary="Send the draft back from review",
        parameters=[PROGRAM, KEY_PARAMETER],
        request=shapes.SendBackBody,
        responses=schemas.ProgramShape,
    )
    def post(self, request: Request, program: str) -> HttpResponse:
        """End the review, with a note for who made the draft."""
        body, user_id = _SEND_BACK.read(request), self.caller.user_id
        key = find_program(program)
        return act_once(
            request,
            key,
            lambda: send_back_program(
                program_id=key, sent_back_by=user_id, note=body.note, at=timezone.now()
            ),
        )


class RollBackView(ApiView):
    """Going back to an earlier version."""

    permission_classes = (allow(Role.MARKETING),)

    @extend_schema(
        operation_id="roll_back_program",
        tags=["programs"],
        summary="Make an earlier version the draft, and publish it as a new version",
        parameters=[PROGRAM, KEY_PARAMETER],
        request=shapes.RollBackBody,
        responses=schemas.ProgramShape,
    )
    def post(self, request: Request, program: str) -> HttpResponse:
        """Go back; all or nothing."""
        body, user_id = _ROLL_BACK.read(request), self.caller.user_id
        key = find_program(program)
        return act_once(
            request,
            key,
            lambda: roll_back_program(
                program_id=key,
                number=body.version,
                publish=body.publish,
                rolled_back_by=user_id,
                at=timezone.now(),
            ),
        )


def _find_version(program_id: int, number: int) -> ProgramVersion:
    """Return the version. Raises: VersionNotFound."""
    rows = ProgramVersion.objects.select_related("published_by")
    row = rows.filter(program_id=program_id, number=number).first() if number < 2**31 else None
    if row is None:
        raise VersionNotFound(program=program_id, number=number)
    return row


def _side(request: Request, key: int, name: str, default: str) -> tuple[int | None, Program]:
    """Return one side of a comparison: its number, None for the draft, and its definition.

    Raises: InvalidQuery, VersionNotFound.
    """
    asked = request.query_params.get(name, default)
    if asked == DRAFT:
        return None, as_told(read_definitions([key])[key], read_store_currencies())
    if not (asked.isascii() and asked.isdigit() and len(asked) < 10):
        raise InvalidQuery(parameter=name, allowed=["a version's number", DRAFT])
    row = _find_version(key, int(asked))
    return row.number, codec.decode(Program, row.definition)


def _differences(found: Sequence[Difference]) -> list[Answer]:
    return [
        {"part": one.part, "field": one.label, "before": one.before, "after": one.after}
        for one in found
    ]


def _version(row: ProgramVersion) -> Answer:
    program = codec.decode(Program, row.definition)
    return {
        "id": row.pk,
        "number": row.number,
        "catalog_from": row.catalog_from,
        "catalog_to": row.catalog_to,
        "in_force": row.catalog_to is None,
        "published_at": row.published_at,
        "published_by": row.published_by.get_username() if row.published_by else None,
        "sentence": describe_program(program, names_for([program])),
        "definition": row.definition,
    }


def _change(row: ProgramChange) -> Answer:
    return {
        "id": row.pk,
        "action": row.action,
        "by": row.by.get_username() if row.by else None,
        "at": row.at,
        "version": row.version.number if row.version else None,
        "note": row.note,
        "differences": _differences(differences_of(row)),
    }
