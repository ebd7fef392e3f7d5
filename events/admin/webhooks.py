"""Webhooks: where events are sent, and what was answered."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django import forms
from django.conf import settings
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed
from django.shortcuts import redirect
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext
from unfold.decorators import display
from unfold.widgets import UnfoldAdminTextInputWidget

from access.admin.read_only import ReadOnlyAdmin
from access.admin.service_admin import ServiceAdmin
from events.errors import WebhookNotFound
from events.models import WebhookDelivery, WebhookEndpoint
from events.services.resend_delivery import resend_delivery
from events.services.rotate_webhook_secret import rotate_webhook_secret
from events.services.save_webhook import save_webhook
from events.webhooks.signature import secret_mark

STATE_COLOURS = {"waiting": "info", "delivered": "success", "failed": "danger"}


class WebhookForm(forms.ModelForm[WebhookEndpoint]):
    """An endpoint as a person enters it: event types with commas."""

    # Checked and explained by the service.
    url = forms.CharField(
        label=_("Address"), max_length=500, widget=UnfoldAdminTextInputWidget(attrs={"type": "url"})
    )
    event_types = forms.CharField(
        label=_("Event types"),
        required=False,
        widget=UnfoldAdminTextInputWidget,
        help_text=_("With commas: OrderCreated, PointsEarned. Empty: all events."),
    )

    class Meta:
        """The secret is not entered: it is made."""

        model = WebhookEndpoint
        fields = ("name", "url", "event_types", "active")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.initial["event_types"] = ", ".join(self.instance.event_types or [])

    def clean_event_types(self) -> list[str]:
        """Return the types one by one."""
        given = str(self.cleaned_data["event_types"])
        return [one.strip() for one in given.split(",") if one.strip()]


@admin.register(WebhookEndpoint)
class WebhookAdmin(ServiceAdmin):
    """Added and changed by a service, which refuses addresses inside our own network."""

    form = WebhookForm
    list_display = ("name", "url", "types", "active", "created_at")
    list_filter = ("active",)
    search_fields = ("name", "url")
    change_form_outer_before_template = "events/webhook_secret.html"

    def get_urls(self) -> list[URLPattern]:
        """Put the rotation before Django's own pages."""
        view = self.admin_site.admin_view(self.rotate)
        own = path("<int:endpoint_id>/rotate/", view, name="events_webhook_rotate")
        return [own, *super().get_urls()]

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Refuse: a webhook is switched off; what was sent stays on record."""
        return False

    def save_by_service(self, request: HttpRequest, form: Any, *, change: bool) -> int:
        """Make or change the webhook."""
        given = form.cleaned_data
        return save_webhook(
            endpoint_id=form.instance.pk if change else None,
            name=given["name"],
            url=given["url"],
            event_types=given["event_types"],
            active=given["active"],
        ).endpoint_id

    def change_view(
        self,
        request: HttpRequest,
        object_id: str,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        """Say until when the secret before signs too, and let no cache keep a secret."""
        row = self.get_object(request, object_id)
        until = row.previous_until if row is not None else None
        context = {
            "old_secret_until": until if until and until > timezone.now() else None,
            "seen": secret_mark(row.secret) if row is not None else "",
        }
        answer = super().change_view(
            request, object_id, form_url, {**context, **(extra_context or {})}
        )
        answer["Cache-Control"] = "no-store"
        return answer

    def rotate(self, request: HttpRequest, endpoint_id: int) -> HttpResponse:
        """Make a new secret; the one before signs too for a while.

        Only of the one that the page showed: pressed twice, the button would end it at once.
        """
        if request.method != "POST":
            return HttpResponseNotAllowed(["POST"])
        if not self.has_change_permission(request):
            raise PermissionDenied
        overlap = timedelta(hours=settings.WEBHOOK_SECRET_OVERLAP_HOURS)
        try:
            done = rotate_webhook_secret(
                endpoint_id=endpoint_id,
                at=timezone.now(),
                overlap=overlap,
                seen=request.POST.get("seen", ""),
            )
        except WebhookNotFound:
            return redirect(reverse("admin:events_webhookendpoint_changelist"))
        row = WebhookEndpoint.objects.get(pk=endpoint_id)
        if done.rotated:
            self.log_change(request, row, "secret rotated")
            messages.success(request, _("The webhook has a new secret."))
        else:
            messages.warning(request, _("The secret was replaced already: this is the new one."))
        return redirect(reverse("admin:events_webhookendpoint_change", args=[endpoint_id]))

    @display(description=_("event types"))
    def types(self, row: WebhookEndpoint) -> str:
        """Return what it asks for."""
        return ", ".join(row.event_types) or str(_("all"))


@admin.register(WebhookDelivery)
class WebhookDeliveryAdmin(ReadOnlyAdmin):
    """What was sent where, what was answered, and sending it again."""

    empty_hint = _("What is sent to webhooks is listed here. Make a webhook to begin.")
    list_display = (
        "created_at",
        "endpoint",
        "event_type",
        "event_id",
        "how",
        "last_status",
        "attempts",
        "next_attempt_at",
    )
    list_filter = ("state", "endpoint", "event_type")
    list_select_related = ("endpoint",)
    search_fields = ("event_id__exact",)
    ordering = ("-id",)
    show_full_result_count = False
    list_disable_select_all = False
    fields = (
        "endpoint",
        "event_type",
        "event_id",
        "state",
        "attempts",
        "created_at",
        "last_attempt_at",
        "next_attempt_at",
        "last_status",
        "answer",
        "content",
    )
    readonly_fields = fields
    actions = ("resend_chosen",)
    change_form_outer_before_template = "events/delivery_actions.html"

    def get_urls(self) -> list[URLPattern]:
        """Put sending again before Django's own pages."""
        view = self.admin_site.admin_view(self.resend_one)
        own = path("<int:object_id>/resend/", view, name="events_webhookdelivery_resend")
        return [own, *super().get_urls()]

    def has_resend_permission(self, request: HttpRequest) -> bool:
        """Tell whether the user may send messages again."""
        return request.user.has_perm("events.change_webhookdelivery")

    @display(description=_("state"), label=STATE_COLOURS)
    def how(self, row: WebhookDelivery) -> tuple[str, str]:
        """Return the state with its colour."""
        return row.state, row.get_state_display()

    @display(description=_("answer"))
    def answer(self, row: WebhookDelivery) -> str:
        """Return what the receiver said last."""
        return format_html('<pre class="pc-json">{}</pre>', row.last_answer)

    @display(description=_("content"))
    def content(self, row: WebhookDelivery) -> str:
        """Return what is sent, byte for byte."""
        return format_html('<pre class="pc-json">{}</pre>', row.body)

    @admin.action(description=_("Send again"), permissions=["resend"])
    def resend_chosen(self, request: HttpRequest, rows: QuerySet[WebhookDelivery]) -> None:
        """Put the chosen messages back to wait."""
        keys = list(rows.values_list("pk", flat=True))
        for key in keys:
            resend_delivery(delivery_id=key, at=timezone.now())
        text = ngettext(
            "%(count)s message is sent again.", "%(count)s messages are sent again.", len(keys)
        )
        messages.success(request, text % {"count": len(keys)})

    def resend_one(self, request: HttpRequest, object_id: int) -> HttpResponse:
        """Put this message back to wait."""
        if request.method != "POST":
            return HttpResponseNotAllowed(["POST"])
        if not self.has_resend_permission(request):
            raise PermissionDenied
        self.resend_chosen(request, self.get_queryset(request).filter(pk=object_id))
        return redirect(reverse("admin:events_webhookdelivery_changelist"))
