"""Every endpoint with every role: the table of docs/api.md is what holds."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.apps import apps
from django.conf import settings
from django.db import models
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver

from access.caller import Role
from access.permissions import RolePermission
from access.views import ApiView
from tests.api.conftest import Caller

METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE")
_ROW = re.compile(r"^\| (GET|POST|PUT|PATCH|DELETE) \| (\S+) \|(.*)\|$", re.MULTILINE)
_PARAMETER = re.compile(r"<(?:(\w+):)?(\w+)>")
_SAMPLES = {"ref": "nobody", "int": "999999999", "str": "nobody"}


def documented() -> dict[tuple[str, str], frozenset[Role]]:
    """Return the roles of each method and address as docs/api.md has them."""
    page = (Path(settings.BASE_DIR) / "docs" / "api.md").read_text()
    return {
        (method, address): frozenset(
            {Role.ADMIN, *(Role(name) for name in roles.replace(",", " ").split())}
        )
        for method, address, roles in _ROW.findall(page)
    }


def endpoints() -> Iterator[tuple[str, str, type[ApiView], str]]:
    """Yield method, address as documented, view and a path to call of every endpoint."""
    for route, view in _routes(get_resolver().url_patterns, ""):
        if not route.startswith("api/v1/"):
            continue
        address = _PARAMETER.sub(r"{\2}", route).removeprefix("api/v1/")
        path = _PARAMETER.sub(lambda found: _SAMPLES[found[1] or "str"], route)
        for method in METHODS:
            if hasattr(view, method.lower()):
                yield method, address, view, path.removeprefix("api/v1/")


def _routes(
    patterns: list[URLPattern | URLResolver], prefix: str
) -> Iterator[tuple[str, type[ApiView]]]:
    for pattern in patterns:
        route = prefix + str(pattern.pattern)
        if isinstance(pattern, URLResolver):
            yield from _routes(pattern.url_patterns, route)
        elif route.startswith("api/v1/"):
            view = getattr(pattern.callback, "cls", None)
            assert view is not None, f"{route} is not a class of ours"
            assert issubclass(view, ApiView), f"{route} is not an ApiView: who may call it?"
            yield route, view


def everything() -> dict[str, int]:
    """Count the rows of every table but those that knowing the caller takes."""
    kept: list[type[models.Model]] = [
        model
        for model in apps.get_models()
        if model._meta.app_label
        in ("access", "events", "jobs", "loyalty", "promotions", "reporting")
        and model._meta.model_name != "grant"
    ]
    return {model._meta.label: model._default_manager.count() for model in kept}


def test_every_endpoint_is_in_the_table_with_the_roles_it_lets_in() -> None:
    served = {}
    for method, address, view, _path in endpoints():
        (permission,) = view.permission_classes
        assert issubclass(permission, RolePermission)
        served[method, address] = permission.roles_for(method)
    assert served == documented()


@pytest.mark.parametrize("role", list(Role))
def test_a_role_is_let_in_exactly_where_the_table_says(role: Role, caller: Caller) -> None:
    api = caller(role)
    table = documented()
    before = everything()
    for method, address, _view, path in endpoints():
        problem = api.call(method, path, None if method == "GET" else {})
        if role in table[method, address]:
            assert api.status not in (401, 403, 500), f"{role} {method} {path}: {problem}"
        else:
            assert api.status == 403, f"{role} {method} {path}: {problem}"
            assert problem["code"] == "role_not_allowed"
            assert problem["facts"] == {
                "role": role,
                "allowed": sorted(one.value for one in table[method, address]),
            }
    assert everything() == before


@pytest.mark.django_db
def test_nobody_is_let_in_nowhere() -> None:
    before = everything()
    for method, _address, _view, path in endpoints():
        response = Client().generic(
            method, f"/api/v1/{path}", b"{}", content_type="application/json"
        )
        assert response.status_code == 401
        assert response.json()["code"] == "not_authenticated"
    assert everything() == before


@pytest.mark.parametrize(
    ("body", "kind", "status", "code"),
    [
        (b"nonsense", "application/json", 400, "malformed_json"),
        (b"\xff\xfe", "application/json", 400, "malformed_json"),
        (b"{}", "text/plain", 415, "unsupported_media_type"),
        (b"a=1", "application/x-www-form-urlencoded", 415, "unsupported_media_type"),
        (b"{}", "", 415, "unsupported_media_type"),
        (b"[" + b" " * 2**20 + b"]", "application/json", 413, "body_too_large"),
        (b'["a"]', "application/json", 400, None),
        (b'{"surely_no_field": 1}', "application/json", 400, None),
    ],
)
def test_no_endpoint_takes_a_malformed_body(
    caller: Caller, body: bytes, kind: str, status: int, code: str | None
) -> None:
    api = caller("admin")
    before = everything()
    for method, address, _view, path in endpoints():
        if method == "GET" or address in WITHOUT_BODY:
            continue
        response = api._client.generic(
            method, f"/api/v1/{path}", body, content_type=kind, headers=api._headers
        )
        assert response.status_code == status, f"{method} {path}: {response.content!r}"
        assert response["Content-Type"] == "application/problem+json"
        found = response.json()
        if code is not None:
            assert found["code"] == code
        else:
            assert found["errors"], f"{method} {path} says what is wrong"
    assert everything() == before


# These do one thing and read no body.
WITHOUT_BODY = frozenset(
    {
        "whoami",
        "orders/{ref}/cancel",
        "programs/{program}/submit",
        "jobs/{job}/stop",
        "programs/{program}/publish",
        "programs/{program}/pause",
        "programs/{program}/archive",
    }
)
