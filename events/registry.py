"""Every consumer there is: those that the apps name in their `consumers.CONSUMERS`."""

from __future__ import annotations

from functools import cache
from importlib import import_module
from importlib.util import find_spec

from django.apps import apps

from events.domain.consumer import Consumer
from events.errors import ConsumerNotFound


@cache
def consumers() -> dict[str, Consumer]:
    """Return the consumers of all installed apps by name. Raises: ValueError for a name twice."""
    found: dict[str, Consumer] = {}
    for app in apps.get_app_configs():
        if find_spec(f"{app.name}.consumers") is None:
            continue
        for one in getattr(import_module(f"{app.name}.consumers"), "CONSUMERS", ()):
            if one.name in found:
                raise ValueError(f"two consumers are named {one.name!r}")
            found[one.name] = one
    return found


def consumer_of(name: str) -> Consumer:
    """Return a consumer by its name. Raises: ConsumerNotFound."""
    try:
        return consumers()[name]
    except KeyError:
        raise ConsumerNotFound(name=name, there_are=sorted(consumers())) from None
