"""API tokens: made here with their key shown once, and taken back here."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django import forms
from django.contrib import admin, messages
from django.contrib.auth import get_user_model
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.utils.translation import gettext_lazy as _
from knox.models import AuthToken
from unfold.admin import ModelAdmin
from unfold.decorators import display
from unfold.widgets import (
    UnfoldAdminIntegerFieldWidget,
    UnfoldAdminSelectWidget,
    UnfoldAdminTextInputWidget,
)

from access.caller import Role
from access.models import Grant
from access.models.grant import ROLE_CHOICES
from access.services.create_token import create_token
from access.services.revoke_token import revoke_token
from core.errors import PunchcardError

# Knox's own pages would make tokens that stand for no role, and change others behind the cache.
admin.site.unregister(AuthToken)

ROLE_COLOURS = {"pos": "info", "marketing": "primary", "manager": "success", "admin": "danger"}
MOST_DAYS = 3650


class NewTokenForm(forms.Form):
    """Who the token is for and what it may do."""

    username = forms.CharField(
        label=_("User"),
        max_length=150,
        widget=UnfoldAdminTextInputWidget,
        validators=[get_user_model().username_validator],
        help_text=_("Made if there is no such user, without a password: till-1, web-shop."),
    )
    role = forms.ChoiceField(
        label=_("Role"),
        choices=ROLE_CHOICES,
        widget=UnfoldAdminSelectWidget,
        help_text=_(
            "A till sells; marketing edits programs; a manager reads; an administrator all."
        ),
    )
    pos_ref = forms.CharField(
        label=_("Point of sale"),
        max_length=64,
        required=False,
        widget=UnfoldAdminTextInputWidget,
        help_text=_("Reference of the one store that a till acts for. Empty for the other roles."),
    )
    days = forms.IntegerField(
        label=_("Days it is valid"),
        min_value=1,
        max_value=MOST_DAYS,
        required=False,
        widget=UnfoldAdminIntegerFieldWidget,
        help_text=_("Empty: until it is revoked."),
    )

    def clean(self) -> dict[str, Any]:
        """Ask a till for its store, and only a till."""
        cleaned = super().clean() or {}
        if cleaned.get("role") == Role.POS.value and not cleaned.get("pos_ref"):
            self.add_error("pos_ref", _("A till acts for one store; name it."))
        if cleaned.get("role") not in (Role.POS.value, None) and cleaned.get("pos_ref"):
            self.add_error("pos_ref", _("Only a till acts for one store; leave this empty."))
        return cleaned


@admin.register(Grant)
class GrantAdmin(ModelAdmin):
    """Tokens and what they may do. The key itself is kept nowhere."""

    list_display = ("user", "what", "pos_ref", "begins_with", "created", "expires")
    list_filter = ("role",)
    list_select_related = ("token__user",)
    search_fields = ("token__user__username", "pos_ref")
    ordering = ("-token__created",)
    fields = ("user", "role", "pos_ref", "begins_with", "created", "expires")
    readonly_fields = fields

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Refuse: a token that should do something else is revoked and made anew."""
        return False

    def add_view(
        self,
        request: HttpRequest,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        """Make a token and show its key on the answer, which nothing keeps."""
        if not self.has_add_permission(request):
            return super().add_view(request, form_url, extra_context)
        form = NewTokenForm(request.POST or None)
        key = ""
        if form.is_valid():
            key = self._create(request, form)
        context = {
            **self.admin_site.each_context(request),
            "title": _("New API token"),
            "opts": self.opts,
            "form": form,
            "key": key,
            **(extra_context or {}),
        }
        answer = TemplateResponse(request, "access/new_token.html", context)
        answer["Cache-Control"] = "no-store"
        return answer

    def _create(self, request: HttpRequest, form: NewTokenForm) -> str:
        """Return the key of a new token, or nothing after saying why there is none."""
        given = form.cleaned_data
        try:
            made = create_token(
                username=given["username"],
                role=Role(given["role"]),
                pos_ref=given["pos_ref"],
                lifetime=timedelta(days=given["days"]) if given["days"] else None,
            )
        except PunchcardError as error:
            messages.error(request, error.detail)
            return ""
        return made.key

    def delete_model(self, request: HttpRequest, obj: Grant) -> None:
        """Revoke the token, so that every process refuses it at once."""
        revoke_token(digest=str(obj.token_id))

    def delete_queryset(self, request: HttpRequest, queryset: QuerySet[Grant]) -> None:
        """Revoke each of the chosen tokens."""
        for digest in list(queryset.values_list("token_id", flat=True)):
            revoke_token(digest=str(digest))

    @display(description=_("user"), ordering="token__user__username")
    def user(self, grant: Grant) -> str:
        """Return whose token it is."""
        return str(grant.token.user.get_username())

    @display(description=_("role"), ordering="role", label=ROLE_COLOURS)
    def what(self, grant: Grant) -> tuple[str, str]:
        """Return the role with its colour."""
        return grant.role, grant.get_role_display()

    @display(description=_("key begins with"))
    def begins_with(self, grant: Grant) -> str:
        """Return the part of the key that knox keeps to tell tokens apart."""
        return f"{grant.token.token_key}…"

    @display(description=_("created"), ordering="token__created")
    def created(self, grant: Grant) -> Any:
        """Return when the token was made."""
        return grant.token.created

    @display(description=_("expires"), ordering="token__expiry")
    def expires(self, grant: Grant) -> Any:
        """Return when the token ends, if it does."""
        return grant.token.expiry
