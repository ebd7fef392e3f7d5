"""Calls with a token pass by what only pages need; pages keep all of it."""

from __future__ import annotations

import pytest
from django.conf import settings
from django.test import Client
from django.utils import translation

from tests.shop import Api

PAGE_HEADERS = ("Content-Security-Policy", "X-Frame-Options")


@pytest.mark.django_db
def test_a_page_keeps_its_security_headers() -> None:
    response = Client().get("/admin/login/")
    assert all(response.has_header(name) for name in PAGE_HEADERS)
    assert response["X-Content-Type-Options"] == "nosniff"


@pytest.mark.django_db
def test_a_call_has_those_that_concern_it(admin: Api) -> None:
    admin.ok("GET", "whoami")
    assert not any(name in admin.headers for name in PAGE_HEADERS)
    assert admin.headers["X-Content-Type-Options"] == "nosniff"
    assert admin.headers["Cache-Control"] == "no-store"
    assert admin.headers["Content-Type"] == "application/json"
    assert admin.headers["Content-Length"]


@pytest.mark.django_db
def test_an_authorization_header_changes_nothing_for_a_page() -> None:
    response = Client().get("/admin/login/", headers={"Authorization": "Token x"})
    assert all(response.has_header(name) for name in PAGE_HEADERS)


@pytest.mark.django_db
def test_a_call_does_not_inherit_the_language_of_the_request_before(admin: Api) -> None:
    translation.activate("id")
    admin.ok("GET", "whoami")
    assert translation.get_language() == settings.LANGUAGE_CODE
    admin.call("GET", "whoami", **{"Accept-Language": "id"})
    assert translation.get_language() == "id"
    translation.deactivate()
