"""Instants that a query names."""

from __future__ import annotations

from datetime import datetime

from django.utils.dateparse import parse_datetime
from rest_framework.request import Request

from access.errors import InvalidQuery


def query_instant(request: Request, name: str) -> datetime | None:
    """Return an instant of the query, None if it is not asked for. Raises: InvalidQuery."""
    value = request.query_params.get(name)
    return None if value is None else parse_instant(name, value)


def parse_instant(name: str, value: str) -> datetime:
    """Return the instant that a parameter says. Raises: InvalidQuery."""
    try:
        # An unescaped + of the offset arrives as a space.
        found = parse_datetime(value.strip().replace(" ", "+"))
    except ValueError:
        found = None
    if found is None or found.tzinfo is None:
        raise InvalidQuery(parameter=name, expected="2026-12-31T23:59:59+07:00")
    return found
