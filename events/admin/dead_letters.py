"""Events that a consumer could not handle: to see, to try again, to give up."""

from __future__ import annotations

import json
from collections.abc import Callable

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

from access.admin.read_only import ReadOnlyAdmin
from events.errors import DeadLetterNotFound
from events.models import DeadLetter, ParkedState
from events.registry import consumers
from events.services.discard_dead_letter import discard_dead_letter
from events.services.retry_dead_letter import retry_dead_letter


@admin.register(DeadLetter)
class DeadLetterAdmin(ReadOnlyAdmin):
    """Shown to who may view them; retried and discarded by who may change them."""

    empty_hint = _("Every event was handled; there is nothing to do.")
    list_display = ("parked_at", "consumer", "what", "order_key", "first_line", "attempts")
    list_filter = ("consumer",)
    list_select_related = ("event",)
    search_fields = ("order_key__exact", "error")
    ordering = ("-parked_at", "-id")
    list_disable_select_all = False
    fields = ("consumer", "what", "order_key", "parked_at", "attempts", "whole_error", "content")
    readonly_fields = fields
    actions = ("retry_chosen", "discard_chosen")
    change_form_outer_before_template = "events/dead_letter_actions.html"

    def get_urls(self) -> list[URLPattern]:
        """Put the pages that act before Django's own."""
        return [
            path(
                "<int:object_id>/retry/",
                self.admin_site.admin_view(self.retry_one),
                name="events_deadletter_retry",
            ),
            path(
                "<int:object_id>/discard/",
                self.admin_site.admin_view(self.discard_one),
                name="events_deadletter_discard",
            ),
            *super().get_urls(),
        ]

    def get_queryset(self, request: HttpRequest) -> QuerySet[DeadLetter]:
        """Show what is given up; what is still tried again is on the operations page."""
        rows: QuerySet[DeadLetter] = super().get_queryset(request)
        return rows.filter(state=ParkedState.DEAD)

    def has_handle_permission(self, request: HttpRequest) -> bool:
        """Tell whether the user may retry and discard."""
        return request.user.has_perm("events.change_deadletter")

    @display(description=_("event"))
    def what(self, letter: DeadLetter) -> str:
        """Return the kind of event."""
        return letter.event.type

    @display(description=_("error"))
    def first_line(self, letter: DeadLetter) -> str:
        """Return what the consumer said."""
        return letter.error.partition("\n")[0][:120]

    @display(description=_("error"))
    def whole_error(self, letter: DeadLetter) -> str:
        """Return what the consumer said, and where."""
        return format_html('<pre class="pc-json">{}</pre>', letter.error)

    @display(description=_("content"))
    def content(self, letter: DeadLetter) -> str:
        """Return all facts of the event."""
        written = json.dumps(letter.event.payload, indent=2, ensure_ascii=False)
        return format_html('<pre class="pc-json">{}</pre>', written)

    @admin.action(description=_("Try again"), permissions=["handle"])
    def retry_chosen(self, request: HttpRequest, rows: QuerySet[DeadLetter]) -> None:
        """Let the consumers have the chosen events again; of those that are switched off, none."""
        now = timezone.now()
        off = {*rows.values_list("consumer", flat=True)} - consumers().keys()
        if off:
            said = _("Not tried again, as no such consumer is switched on: %(names)s.")
            messages.error(request, said % {"names": ", ".join(sorted(off))})
            rows = rows.exclude(consumer__in=off)
            if not rows.exists():
                return
        done = self._each(
            request, rows, lambda key: retry_dead_letter(dead_letter_id=key, at=now), "retried"
        )
        text = ngettext(
            "%(count)s event is tried again.", "%(count)s events are tried again.", done
        )
        messages.success(request, text % {"count": done})

    @admin.action(description=_("Discard"), permissions=["handle"])
    def discard_chosen(self, request: HttpRequest, rows: QuerySet[DeadLetter]) -> None:
        """Give the chosen events up for their consumers."""
        done = self._each(
            request, rows, lambda key: discard_dead_letter(dead_letter_id=key), "discarded"
        )
        text = ngettext("%(count)s event was discarded.", "%(count)s events were discarded.", done)
        messages.success(request, text % {"count": done})

    def retry_one(self, request: HttpRequest, object_id: int) -> HttpResponse:
        """Let the consumer have this event again."""
        return self._one(request, object_id, self.retry_chosen)

    def discard_one(self, request: HttpRequest, object_id: int) -> HttpResponse:
        """Give this event up for its consumer."""
        return self._one(request, object_id, self.discard_chosen)

    def _one(
        self,
        request: HttpRequest,
        object_id: int,
        act: Callable[[HttpRequest, QuerySet[DeadLetter]], None],
    ) -> HttpResponse:
        if request.method != "POST":
            return HttpResponseNotAllowed(["POST"])
        if not self.has_handle_permission(request):
            raise PermissionDenied
        act(request, self.get_queryset(request).filter(pk=object_id))
        return redirect(reverse("admin:events_deadletter_changelist"))

    def _each(
        self,
        request: HttpRequest,
        rows: QuerySet[DeadLetter],
        act: Callable[[int], object],
        word: str,
    ) -> int:
        """Do it to each and note who did; return how many there still were."""
        done = 0
        for letter in rows.order_by("transaction_id", "event_id"):
            key = letter.pk
            try:
                act(key)
            except DeadLetterNotFound:
                continue  # somebody else was quicker
            letter.pk = key
            self.log_change(request, letter, f"{word}: {letter.consumer}, event {letter.event_id}")
            done += 1
        return done
