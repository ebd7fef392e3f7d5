"""REST: what gets in the way of what."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django.http import HttpResponse
from django.utils import timezone
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.request import Request

from access.errors import InvalidQuery
from access.json import answer
from access.serializers import DecimalString, Shape
from access.views import ApiView
from core.numbers import plain, read_plain
from promotions.api.lookups import find_program
from promotions.api.programs import PROGRAM, ROLES
from promotions.conflict_text import Conflict, tell_conflicts
from promotions.conflicts.findings import Finding, Kind
from promotions.services.find_conflicts import find_conflicts

_USUAL_SHARE = "50"
_SHARE = OpenApiParameter(
    "share", str, description="The most that programs may take off a basket together, in percent."
)


class ConflictItem(Shape):
    """Units of one product in the basket that shows a conflict."""

    sku = serializers.CharField()
    qty = DecimalString()
    unit_price = DecimalString()


class ConflictShape(Shape):
    """One conflict; `basket` shows it, and is empty where no basket could be made."""

    conflict = serializers.ChoiceField(choices=[one.value for one in Kind])
    program = serializers.IntegerField()
    others = serializers.ListField(
        child=serializers.IntegerField(),
        help_text="The programs that win, apply too, or take off together with it.",
    )
    reason = serializers.CharField(allow_null=True, help_text="A word of the closed list.")
    tried = serializers.IntegerField(help_text="In how many baskets it was seen.")
    sentence = serializers.CharField()
    basket = ConflictItem(many=True)
    codes = serializers.ListField(child=serializers.CharField())
    pos_config = serializers.CharField(allow_null=True)
    at = serializers.DateTimeField(allow_null=True)
    subtotal = DecimalString(allow_null=True)
    discount = DecimalString(allow_null=True)


class ConflictsShape(Shape):
    """Everything that was found; `looked_at` of `in_force` programs, the newest first."""

    conflicts = ConflictShape(many=True)
    looked_at = serializers.IntegerField()
    in_force = serializers.IntegerField()


class ConflictsView(ApiView):
    """Conflicts between all programs in force."""

    permission_classes = (ROLES,)

    @extend_schema(
        operation_id="find_conflicts",
        tags=["programs"],
        summary="Find programs that never apply, always overlap, or take off too much together",
        parameters=[_SHARE],
        responses=ConflictsShape,
    )
    def get(self, request: Request) -> HttpResponse:
        """Answer what was found, the newest programs first."""
        return _answer(request, None)


class ProgramConflictsView(ApiView):
    """Conflicts of one program with those in force."""

    permission_classes = (ROLES,)

    @extend_schema(
        operation_id="find_program_conflicts",
        tags=["programs"],
        summary="Find what gets in the way of a program's draft, as if it were in force",
        parameters=[PROGRAM, _SHARE],
        responses=ConflictsShape,
    )
    def get(self, request: Request, program: str) -> HttpResponse:
        """Answer what was found."""
        return _answer(request, find_program(program))


def _answer(request: Request, program_id: int | None) -> HttpResponse:
    share = _read_share(request.query_params.get("share", _USUAL_SHARE))
    found = find_conflicts(at=timezone.now(), most_share=share, program_id=program_id)
    return answer(
        {
            "conflicts": [_conflict(one, told) for one, told in tell_conflicts(found)],
            "looked_at": found.looked_at,
            "in_force": found.in_force,
        }
    )


def _read_share(text: str) -> Decimal:
    """Return the percent that is asked for. Raises: InvalidQuery."""
    try:
        share = read_plain(text)
    except ValueError:
        share = Decimal(0)
    if not 0 < share <= 100:
        raise InvalidQuery(parameter="share", allowed=["a number above 0, up to 100"])
    return share


def _conflict(one: Finding, told: Conflict) -> dict[str, Any]:
    priced = one.place is not None and bool(one.subtotal)
    return {
        "conflict": one.kind.value,
        "program": one.program_id,
        "others": list(one.others),
        "reason": one.reason.value if one.reason else None,
        "tried": one.tried,
        "sentence": told.sentence,
        "basket": [
            {"sku": goods.sku, "qty": str(count), "unit_price": plain(goods.price)}
            for goods, count in one.units
        ],
        "codes": list(told.codes),
        "pos_config": one.place.pos.ref if one.place else None,
        "at": one.place.at if one.place else None,
        "subtotal": str(one.subtotal) if priced else None,
        "discount": str(one.discount) if priced else None,
    }
