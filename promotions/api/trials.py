"""REST: trying a program."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request

from access.caller import Role
from access.json import answer
from access.permissions import allow
from access.views import ApiView
from core.numbers import plain
from promotions.api import trial_schemas as schemas
from promotions.api.bodies import Body
from promotions.api.explaining import present_explanation
from promotions.api.lookups import find_program
from promotions.api.programs import PROGRAM
from promotions.orders.request import check_order
from promotions.orders.trial import TrialRequest
from promotions.services.try_program import Tried, try_program

_BODY = Body(TrialRequest)
Answer = dict[str, Any]


class TryView(ApiView):
    """A program on a basket, before any till knows of it."""

    permission_classes = (allow(Role.MARKETING),)

    @extend_schema(
        operation_id="try_program",
        tags=["programs"],
        summary="Decide a basket as if the draft were in force; writes nothing",
        parameters=[PROGRAM],
        request=schemas.TrialBody,
        responses={200: schemas.TrialAnswer},
    )
    def post(self, request: Request, program: str) -> HttpResponse:
        """Answer the receipt, the trace, and both in words.

        Wrong codes are not counted: whoever may do this may list the codes.
        """
        trial = _BODY.read(request)
        check_order(trial)
        tried = try_program(program_id=find_program(program), trial=trial, at=timezone.now())
        return answer(_answer(tried))


def _answer(tried: Tried) -> Answer:
    trace = next(
        one for one in tried.decision.trace or () if one.program_id == tried.verdict.program_id
    )
    return {
        "program": {
            **present_explanation(tried.verdict),
            "reason": trace.reason.value if trace.reason else None,
            "missing_amount": None if trace.missing_amount is None else str(trace.missing_amount),
            "missing_qty": None if trace.missing_qty is None else plain(trace.missing_qty),
        },
        "receipt": tried.receipt,
        "explanation": [present_explanation(one) for one in tried.explanation],
    }
