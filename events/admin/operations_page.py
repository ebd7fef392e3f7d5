"""The operations page as a view of the admin; config/urls.py gives it its address."""

from __future__ import annotations

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.utils import timezone
from django.utils.translation import gettext as _

from events.admin.operations import operations_context


def operations(request: HttpRequest) -> HttpResponse:
    """Show how everything that runs by itself is doing, to who may see the consumers."""
    if not request.user.has_perm("events.view_consumerposition"):
        raise PermissionDenied
    context = {
        **admin.site.each_context(request),
        "title": _("Operations"),
        **operations_context(timezone.now()),
    }
    answer = TemplateResponse(request, "events/operations.html", context)
    answer["Cache-Control"] = "no-store"
    return answer
