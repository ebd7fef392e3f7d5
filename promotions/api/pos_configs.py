"""REST: points of sale."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from drf_spectacular.utils import extend_schema
from msgspec import structs
from rest_framework.request import Request

from access.caller import Role
from access.json import answer
from access.pagination import CursorPages, answer_page
from access.permissions import EVERYONE, allow
from access.pos_scope import assert_pos
from access.views import ApiView
from promotions.api import catalog_schemas as schemas
from promotions.api.bodies import Body
from promotions.api.lookups import find_pos_config
from promotions.catalog.input import PosConfigFields, PosConfigInput
from promotions.models import PosConfig
from promotions.orders.errors import PosConfigNotFound
from promotions.services.upsert_pos_config import upsert_pos_config

_BODY = Body(PosConfigFields)


class PosConfigsView(ApiView):
    """All points of sale."""

    permission_classes = (allow(*EVERYONE),)

    @extend_schema(
        operation_id="list_pos_configs",
        tags=["catalog"],
        summary="List points of sale",
        parameters=CursorPages.parameters(),
        responses=CursorPages.shape(schemas.PosConfigShape),
    )
    def get(self, request: Request) -> HttpResponse:
        """Answer one page; a till sees its own alone, and so learns where it stands."""
        rows = PosConfig.objects.all()
        if self.caller.role is Role.POS:
            rows = rows.filter(ref=self.caller.pos_ref)
        return answer_page(request, rows, _present, ordering="id")


class PosConfigView(ApiView):
    """One point of sale."""

    permission_classes = (allow(Role.MARKETING, GET=EVERYONE),)

    @extend_schema(
        operation_id="read_pos_config",
        tags=["catalog"],
        summary="Read a point of sale",
        responses=schemas.PosConfigShape,
    )
    def get(self, request: Request, ref: str) -> HttpResponse:
        """Answer the point of sale; a till sees its own alone."""
        assert_pos(self.caller, ref, error=PosConfigNotFound(pos_config=ref))
        return answer(_present(find_pos_config(ref)))

    @extend_schema(
        operation_id="save_pos_config",
        tags=["catalog"],
        summary="Make or change a point of sale",
        request=schemas.PosConfigBody,
        responses={200: schemas.PosConfigShape, 201: schemas.PosConfigShape},
    )
    def put(self, request: Request, ref: str) -> HttpResponse:
        """Make the point of sale with this reference, or change the fields given."""
        body = _BODY.read(request)
        saved = upsert_pos_config(pos_config=PosConfigInput(ref=ref, **structs.asdict(body)))
        return answer(_present(find_pos_config(ref)), 201 if saved.created else 200)


def _present(row: PosConfig) -> dict[str, Any]:
    return {
        "id": row.pk,
        "ref": row.ref,
        "name": row.name,
        "time_zone": row.time_zone,
        "currency": row.currency,
        "discount_rounding": row.discount_rounding,
        "return_policy": row.return_policy,
    }
