"""Where every WebSocket leads: what the apps name in their `routing.ROUTES`."""

from __future__ import annotations

from importlib import import_module
from importlib.util import find_spec
from typing import Any

from django.apps import apps


def routes() -> list[Any]:
    """Return the routes (`django.urls.path` of Channels consumers) of all installed apps."""
    found: list[Any] = []
    for app in apps.get_app_configs():
        if find_spec(f"{app.name}.routing") is not None:
            found += getattr(import_module(f"{app.name}.routing"), "ROUTES", [])
    return found
