"""The event log, to read."""

from __future__ import annotations

import json

from django.contrib import admin
from django.http import HttpRequest
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _
from unfold.contrib.filters.admin import RangeDateTimeFilter
from unfold.decorators import display

from access.admin.read_only import ReadOnlyAdmin
from events.models import Event


@admin.register(Event)
class EventAdmin(ReadOnlyAdmin):
    """What happened, newest first; written by the transactions that caused it."""

    empty_hint = _(
        "What tills and staff do is noted here as it happens. Sell something at the demo "
        "till to see it."
    )
    list_display = ("occurred_at", "what", "key", "facts")
    list_filter = ("type", ("occurred_at", RangeDateTimeFilter))
    list_filter_submit = True
    search_fields = ("key__exact",)
    search_help_text = _("Search by key, for example card:17")
    ordering = ("-id",)
    fields = ("type", "key", "occurred_at", "recorded_at", "content")
    readonly_fields = fields
    show_full_result_count = False

    @display(description=_("type"))
    def what(self, event: Event) -> str:
        """Return the kind of event."""
        return event.type

    @display(description=_("content"))
    def facts(self, event: Event) -> str:
        """Return the first facts of the event, short enough for a list."""
        pairs = [
            f"{name}: {held}"
            for name, held in event.payload.items()
            if held is not None and _is_short(held)
        ]
        return " · ".join(pairs[:5])

    @display(description=_("content"))
    def content(self, event: Event) -> str:
        """Return all facts of the event."""
        written = json.dumps(event.payload, indent=2, ensure_ascii=False)
        return format_html('<pre class="pc-json">{}</pre>', written)

    def has_module_permission(self, request: HttpRequest) -> bool:
        """Show the log to who may view it."""
        return self.has_view_permission(request)


def _is_short(held: object) -> bool:
    return not isinstance(held, (dict, list)) and len(str(held)) <= 40
