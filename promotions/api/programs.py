"""REST: programs and their versions."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.db import transaction
from django.db.models import Q, QuerySet
from django.http import HttpResponse
from django.utils import timezone
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.request import Request

from access.caller import Role
from access.errors import InvalidQuery
from access.idempotency import KEY_PARAMETER, answer_once
from access.json import answer
from access.pagination import CursorPages
from access.permissions import allow
from access.views import ApiView
from promotions import labels
from promotions.api import program_schemas as schemas
from promotions.api.bodies import Body
from promotions.api.lookups import find_program
from promotions.models import PromotionProgram
from promotions.programs.answers import program_answers
from promotions.programs.body import ProgramBody
from promotions.services.archive_program import archive_program
from promotions.services.pause_program import pause_program
from promotions.services.publish_program import publish_program
from promotions.services.save_program import save_program

ROLES = allow(Role.MARKETING, GET=(Role.MARKETING, Role.MANAGER))
PROGRAM = OpenApiParameter("program", str, OpenApiParameter.PATH, description="Id or reference.")
_BODY = Body(ProgramBody)
_WORDS = {"state": labels.STATES, "program_type": labels.PROGRAM_TYPES}
Answer = dict[str, Any]


class ProgramsView(ApiView):
    """All programs."""

    permission_classes = (ROLES,)

    @extend_schema(
        operation_id="list_programs",
        tags=["programs"],
        summary="List programs, the newest first",
        parameters=[
            *(
                OpenApiParameter(name, str, enum=[word for word, _label in words])
                for name, words in _WORDS.items()
            ),
            OpenApiParameter("q", str, description="Part of the name, the reference or a code."),
            *CursorPages.parameters(),
        ],
        responses=CursorPages.shape(schemas.ProgramShape),
    )
    def get(self, request: Request) -> HttpResponse:
        """Answer one page."""
        pages = CursorPages()
        rows = pages.paginate_queryset(_filtered(request), request) or []
        return answer(
            {
                "next": pages.get_next_link(),
                "previous": pages.get_previous_link(),
                "results": program_answers(rows),
            }
        )

    @extend_schema(
        operation_id="create_program",
        tags=["programs"],
        summary="Make a program, and publish it if asked",
        parameters=[KEY_PARAMETER],
        request=schemas.NewProgramBody,
        responses={201: schemas.ProgramShape},
    )
    def post(self, request: Request) -> HttpResponse:
        """Make a draft, and publish it if asked; all or nothing."""
        body = _BODY.read(request)
        user_id = self.caller.user_id
        return answer_once(request, 201, lambda: _save(None, body, user_id))


class ProgramView(ApiView):
    """One program."""

    permission_classes = (ROLES,)

    @extend_schema(
        operation_id="read_program",
        tags=["programs"],
        summary="Read a program's draft",
        parameters=[PROGRAM],
        responses=schemas.ProgramShape,
    )
    def get(self, request: Request, program: str) -> HttpResponse:
        """Answer the draft in the shape of the body that would make it."""
        return answer(_answer_of(find_program(program)))

    @extend_schema(
        operation_id="change_program",
        tags=["programs"],
        summary="Change a program's draft, and publish it if asked",
        parameters=[PROGRAM],
        request=schemas.ProgramBody,
        responses=schemas.ProgramShape,
    )
    def patch(self, request: Request, program: str) -> HttpResponse:
        """Change the fields given; a list replaces the list. All or nothing."""
        body = _BODY.read(request)
        return answer(_save(find_program(program), body, self.caller.user_id))


class PublishView(ApiView):
    """Putting a program in force."""

    permission_classes = (allow(Role.MARKETING),)

    @extend_schema(
        operation_id="publish_program",
        tags=["programs"],
        summary="Put the draft in force as a new version; resumes a paused program",
        parameters=[PROGRAM, KEY_PARAMETER],
        request=None,
        responses=schemas.ProgramShape,
    )
    def post(self, request: Request, program: str) -> HttpResponse:
        """Publish the draft; an unchanged one stays the version it is."""
        key, user_id = find_program(program), self.caller.user_id
        return act_once(
            request,
            key,
            lambda: publish_program(program_id=key, published_by=user_id, at=timezone.now()),
        )


class PauseView(ApiView):
    """Taking a program out of force for a while."""

    permission_classes = (allow(Role.MARKETING),)

    @extend_schema(
        operation_id="pause_program",
        tags=["programs"],
        summary="Take a program out of force; publishing resumes it",
        parameters=[PROGRAM, KEY_PARAMETER],
        request=None,
        responses=schemas.ProgramShape,
    )
    def post(self, request: Request, program: str) -> HttpResponse:
        """Pause the program at once."""
        key, user_id = find_program(program), self.caller.user_id
        return act_once(
            request,
            key,
            lambda: pause_program(program_id=key, paused_by=user_id, at=timezone.now()),
        )


class ArchiveView(ApiView):
    """Putting a program away."""

    permission_classes = (allow(Role.MARKETING),)

    @extend_schema(
        operation_id="archive_program",
        tags=["programs"],
        summary="Take a program out of force for good",
        parameters=[PROGRAM, KEY_PARAMETER],
        request=None,
        responses=schemas.ProgramShape,
    )
    def post(self, request: Request, program: str) -> HttpResponse:
        """Archive the program."""
        key, user_id = find_program(program), self.caller.user_id
        return act_once(
            request,
            key,
            lambda: archive_program(program_id=key, archived_by=user_id, at=timezone.now()),
        )


def _save(key: int | None, body: ProgramBody, user_id: int) -> Answer:
    at = timezone.now()
    with transaction.atomic():
        saved = save_program(program_id=key, data=body, edited_by=user_id, at=at)
        if body.publish:
            publish_program(program_id=saved.program_id, published_by=user_id, at=at)
    return _answer_of(saved.program_id)


def act_once(request: Request, key: int, act: Callable[[], object]) -> HttpResponse:
    """Act on a program once, and answer what it is then."""

    def make() -> Answer:
        act()
        return _answer_of(key)

    return answer_once(request, 200, make)


def _answer_of(key: int) -> Answer:
    rows = PromotionProgram.objects.select_related("current_version").filter(pk=key)
    return program_answers(list(rows))[0]


def _filtered(request: Request) -> QuerySet[PromotionProgram]:
    """Return the programs asked for. Raises: InvalidQuery."""
    rows = PromotionProgram.objects.select_related("current_version")
    for name, words in _WORDS.items():
        asked = request.query_params.get(name)
        if asked is None:
            continue
        allowed = [word for word, _label in words]
        if asked not in allowed:
            raise InvalidQuery(parameter=name, allowed=allowed)
        rows = rows.filter(**{name: asked})
    search = request.query_params.get("q", "").replace("\0", "").strip()
    if search:
        by_code = PromotionProgram.objects.filter(rules__code__iexact=search).values("pk")
        rows = rows.filter(Q(name__icontains=search) | Q(ref__icontains=search) | Q(pk__in=by_code))
    return rows
