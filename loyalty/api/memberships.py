"""REST: levels, the path between them, and who holds which."""

from __future__ import annotations

from django.http import HttpResponse
from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request

from access.caller import Role
from access.idempotency import KEY_PARAMETER, answer_once
from access.json import answer
from access.permissions import EVERYONE, allow
from access.serializers import MAX_REF, Body, PlainDecimalField, ReferenceField
from access.views import ApiView
from loyalty.api import shapes
from loyalty.api.lookups import find_membership_product, find_partner
from loyalty.domain.levels import Downgrade, SpendingWindow
from loyalty.models import Membership, MembershipProduct, Partner
from loyalty.services.change_membership import change_membership
from loyalty.services.upsert_level_path import upsert_level_path
from loyalty.services.upsert_membership_product import upsert_membership_product


class MembershipProductBody(Body):
    """A level; a higher rank is better."""

    name = serializers.CharField(max_length=120)
    rank = serializers.IntegerField(min_value=0, max_value=32767, required=False)


class LevelPathBody(Body):
    """How a level is reached and kept."""

    membership_product = serializers.CharField(max_length=MAX_REF, help_text="Its reference.")
    threshold = PlainDecimalField(
        max_digits=16, decimal_places=4, min_value=0, help_text="Money spent in the window."
    )
    sequence = serializers.IntegerField(min_value=0, max_value=32767, default=10)
    is_upgradable = serializers.BooleanField(default=True)
    is_downgradable = serializers.BooleanField(default=True)
    window = serializers.ChoiceField([one.value for one in SpendingWindow], required=False)
    window_months = serializers.IntegerField(min_value=1, max_value=1200, required=False)
    term_months = serializers.IntegerField(
        min_value=0, max_value=1200, required=False, help_text="0: the level is for ever."
    )
    grace_days = serializers.IntegerField(min_value=0, max_value=3660, required=False)
    downgrade_to = serializers.ChoiceField([one.value for one in Downgrade], required=False)


class MembershipChangeBody(Body):
    """The level to set; null: none."""

    membership_product = ReferenceField(allow_null=True)


class MembershipProductView(ApiView):
    """One level."""

    permission_classes = (allow(Role.MARKETING),)

    @extend_schema(
        operation_id="save_membership_product",
        tags=["members"],
        summary="Make or change a level",
        request=MembershipProductBody,
        responses={200: shapes.SavedShape, 201: shapes.SavedShape},
    )
    def put(self, request: Request, ref: str) -> HttpResponse:
        """Make the level with this reference, or set its name and rank."""
        saved = upsert_membership_product(ref=ref, **MembershipProductBody.read(request))
        return _answer_saved(saved.membership_product_id, saved.ref, saved.created)


class LevelPathView(ApiView):
    """One step of the path between levels."""

    permission_classes = (allow(Role.MARKETING),)

    @extend_schema(
        operation_id="save_level_path",
        tags=["members"],
        summary="Make or change how a level is reached and kept",
        request=LevelPathBody,
        responses={200: shapes.SavedShape, 201: shapes.SavedShape},
    )
    def put(self, request: Request, ref: str) -> HttpResponse:
        """Make the level path with this reference, or set what it says."""
        saved = upsert_level_path(ref=ref, **LevelPathBody.read(request))
        return _answer_saved(saved.level_path_id, saved.ref, saved.created)


class MembershipView(ApiView):
    """The level a member holds."""

    permission_classes = (allow(*EVERYONE),)

    @extend_schema(
        operation_id="read_membership",
        tags=["members"],
        summary="Read the level a member holds",
        responses=shapes.HeldMembershipShape,
    )
    def get(self, request: Request, ref: str) -> HttpResponse:
        """Tell the member's open membership, null if there is none."""
        partner = find_partner(ref, self.caller)
        return answer({"partner": partner.ref, "membership": present_membership(partner)})


class MembershipChangeView(ApiView):
    """Setting a member's level by hand."""

    permission_classes = (allow(Role.MARKETING),)

    @extend_schema(
        operation_id="change_membership",
        tags=["members"],
        summary="Set a member's level",
        parameters=[KEY_PARAMETER],
        request=MembershipChangeBody,
        responses={200: shapes.MembershipChangeShape},
    )
    def post(self, request: Request, ref: str) -> HttpResponse:
        """Close the level held, open this one and carry the points over."""
        named = MembershipChangeBody.read(request)["membership_product"]
        partner = find_partner(ref, self.caller)
        product = None if named is None else find_membership_product(named)

        def change() -> dict[str, object]:
            done = change_membership(
                partner_id=partner.pk,
                membership_product_id=None if product is None else product.pk,
                at=timezone.now(),
            )
            refs = dict(MembershipProduct.objects.values_list("pk", "ref"))
            return {
                "partner": partner.ref,
                "from_membership_product": refs.get(done.from_product_id or 0),
                "membership_product": product.ref if product else None,
                "membership_stop": done.membership_stop,
                "lots_carried": done.lots_carried,
                "changed": done.changed,
            }

        return answer_once(request, 200, change)


def present_membership(partner: Partner) -> dict[str, object] | None:
    """Return the member's open membership as an answer shows it, None if there is none."""
    held = (
        Membership.objects.filter(partner=partner, closed_at=None)
        .select_related("membership_product")
        .first()
    )
    if held is None:
        return None
    return {
        "membership_product": held.membership_product.ref,
        "name": held.membership_product.name,
        "rank": held.membership_product.rank,
        "membership_start": held.membership_start,
        "membership_stop": held.membership_stop,
    }


def _answer_saved(pk: int, ref: str, created: bool) -> HttpResponse:
    return answer({"id": pk, "ref": ref, "created": created}, 201 if created else 200)
