"""REST: the catalog for tills without a line, and the keys it is signed with."""

from __future__ import annotations

from django.core.cache import cache
from django.http import HttpResponse
from django.utils import timezone
from django.utils.cache import get_conditional_response
from drf_spectacular.utils import OpenApiParameter, OpenApiResponse, extend_schema
from rest_framework.request import Request

from access.caller import Role
from access.errors import InvalidQuery
from access.json import JSON, answer
from access.permissions import EVERYONE, allow
from access.pos_scope import assert_pos
from access.views import ApiView
from promotions.api import sync_schemas as schemas
from promotions.api.lookups import find_pos_config
from promotions.offline.keys import signing_keys
from promotions.offline.limits import BUNDLE_RENEWAL
from promotions.offline.making import make_bundle, read_state
from promotions.offline.signature import key_set
from promotions.orders.errors import PosConfigNotFound


class OfflineBundleView(ApiView):
    """What a till needs to quote without a line."""

    permission_classes = [allow(Role.POS)]

    @extend_schema(
        operation_id="read_offline_bundle",
        tags=["orders"],
        summary="Read the signed catalog of a point of sale",
        parameters=[
            OpenApiParameter(
                "pos_config", str, description="Reference; a till's own if it is left out."
            ),
            OpenApiParameter(
                "If-None-Match", str, OpenApiParameter.HEADER, description="The ETag held."
            ),
        ],
        responses={
            200: schemas.BundleAnswer,
            304: OpenApiResponse(description="The bundle held is the one in force."),
        },
    )
    def get(self, request: Request) -> HttpResponse:
        """Answer programs, products and store as a flattened JSON Web Signature."""
        ref = request.query_params.get("pos_config") or self.caller.pos_ref
        if not ref:
            raise InvalidQuery(parameter="pos_config")
        assert_pos(self.caller, ref, error=PosConfigNotFound(pos_config=ref))
        if "\0" in ref:
            raise PosConfigNotFound(pos_config=ref)
        find_pos_config(ref)
        now = timezone.now()
        state = read_state(ref, at=now)
        # Weak: two bundles with one tag say the same, but not byte for byte when they were made.
        etag = f'W/"{state.tag}"'
        self.headers["Cache-Control"] = "private, no-cache"
        self.headers["ETag"] = etag
        unchanged = get_conditional_response(request._request, etag=etag)
        if unchanged is not None:
            return unchanged
        key = f"offline-bundle:{state.tag}"
        body: bytes | None = cache.get(key)
        if body is None:
            body = make_bundle(ref, version=state.version, at=now)
            cache.set(key, body, BUNDLE_RENEWAL.total_seconds())
        return HttpResponse(body, content_type=JSON)


class BundleKeysView(ApiView):
    """The public keys of bundles."""

    permission_classes = [allow(*EVERYONE)]

    @extend_schema(
        operation_id="read_bundle_keys",
        tags=["orders"],
        summary="Read the public keys that bundles are signed with",
        responses={200: schemas.KeySetAnswer},
    )
    def get(self, request: Request) -> HttpResponse:
        """Answer a JSON Web Key Set, the key that signs now first."""
        return answer(key_set([key.public_key() for key in signing_keys()]))
