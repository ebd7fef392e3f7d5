"""Who may look at which pages of reports."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.contrib.admin.views.decorators import staff_member_required
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.views.decorators.http import require_safe

from access.authentication import caller_of
from access.caller import Role

View = Callable[..., HttpResponseBase]


def for_roles(roles: frozenset[Role]) -> Callable[[View], View]:
    """Let these roles in to look; others are asked to sign in, or refused."""

    def gate(view: View) -> View:
        @wraps(view)
        def check(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
            caller = caller_of(request.user)
            if caller is None or caller.role not in roles:
                raise PermissionDenied
            return view(request, *args, **kwargs)

        return staff_member_required(require_safe(check))

    return gate
