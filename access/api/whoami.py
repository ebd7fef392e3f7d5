"""Who am I, as the API sees me."""

from django.http import HttpResponse
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request

from access.caller import Role
from access.json import answer
from access.permissions import EVERYONE, allow
from access.views import ApiView


class WhoAmISerializer(serializers.Serializer):  # type: ignore[type-arg]
    """The caller."""

    user = serializers.CharField()
    role = serializers.ChoiceField(choices=[role.value for role in Role])
    pos_config = serializers.CharField(allow_null=True)


class WhoAmIView(ApiView):
    """The cheapest authenticated request there is: a way to try a token, and to measure by."""

    permission_classes = (allow(*EVERYONE),)

    @extend_schema(
        operation_id="whoami",
        tags=["access"],
        summary="Who am I",
        responses=WhoAmISerializer,
    )
    def get(self, request: Request) -> HttpResponse:
        """Tell the caller's user, role and, for a till, its POS."""
        caller = self.caller
        return answer({"user": caller.username, "role": caller.role, "pos_config": caller.pos_ref})

    @extend_schema(
        operation_id="whoami_post",
        tags=["access"],
        summary="Who am I, with a body",
        request=None,
        responses=WhoAmISerializer,
    )
    def post(self, request: Request) -> HttpResponse:
        """Tell the same, after reading and checking a JSON body; writes nothing."""
        _body = request.data
        return self.get(request)
