"""The description of the API is complete, valid and the one that is committed."""

from __future__ import annotations

from io import StringIO
from pathlib import Path
from typing import Any

import pytest
import yaml
from django.conf import settings
from django.core.management import call_command
from django.test import Client

from tests.api.test_role_matrix import endpoints


@pytest.fixture(scope="module")
def described() -> dict[str, Any]:
    """Return the document; any warning or fault of form fails."""
    out = StringIO()
    call_command("spectacular", "--validate", "--fail-on-warn", stdout=out)
    document: dict[str, Any] = yaml.safe_load(out.getvalue())
    return document


def test_the_committed_document_is_the_present_one(described: dict[str, Any]) -> None:
    committed = Path(settings.BASE_DIR) / "docs" / "openapi.yaml"
    assert yaml.safe_load(committed.read_text()) == described, "run make openapi"


def test_every_endpoint_is_described(described: dict[str, Any]) -> None:
    assert described["openapi"].startswith("3.1")
    for method, address, _view, _path in endpoints():
        operation = described["paths"][f"/api/v1/{address}"][method.lower()]
        assert operation["operationId"]
        assert operation["summary"]
        assert {"token": []} in operation["security"]
        assert operation["responses"]["default"] == {"$ref": "#/components/responses/Problem"}


def test_the_document_and_its_pages_are_served() -> None:
    schema = Client().get("/api/schema/")
    assert schema.status_code == 200
    assert yaml.safe_load(schema.content)["info"]["title"] == "Punchcard"
    for address in ("/api/docs/", "/api/redoc/"):
        page = Client().get(address)
        assert page.status_code == 200
        assert page["Content-Type"].startswith("text/html")
        assert b"https://" not in page.content, "nothing is loaded from another host"
