"""Whatever goes wrong under /api/ is a problem document: no page, no stack trace."""

from __future__ import annotations

import json
from decimal import Decimal
from typing import Any

import pytest
from django.db import IntegrityError, OperationalError, connection, transaction
from django.http import HttpRequest, HttpResponse
from django.test import Client
from django.urls import path

from access.errors import InvalidQuery, RateExceeded
from access.permissions import EVERYONE, allow
from access.views import ApiView
from config.error_table import error_rows, markdown, written
from config.problems import address_not_found, problem, translate
from core.errors import Invalid, PunchcardError, Refused
from tests.api.conftest import Caller
from tests.shop import Api


class Broken(ApiView):
    """Breaks in the way the address says."""

    permission_classes = (allow(*EVERYONE),)

    def get(self, request: HttpRequest, how: str) -> HttpResponse:
        """Break."""
        if how == "bug":
            raise ValueError("secret of the house")
        if how == "sql":
            with connection.cursor() as cursor:
                cursor.execute("select secret_of_the_house")
        if how == "deadlock":
            with connection.cursor() as cursor:
                cursor.execute("do $$ begin raise exception using errcode = '40P01'; end $$")
        if how == "lost":
            raise OperationalError("server closed the connection: secret of the house")
        raise IntegrityError("secret of the house")


def page(request: HttpRequest) -> HttpResponse:
    raise ValueError("secret of the house")


urlpatterns = [
    path("api/v1/broken/<str:how>", Broken.as_view()),
    path("api/page", page),
    path("api/<path:rest>", address_not_found),
]
BROKEN = pytest.mark.urls(__name__)


def is_problem(response: Any, status: int, code: str) -> dict[str, Any]:
    """Check the form that every problem has."""
    assert response.status_code == status, response.content
    assert response["Content-Type"] == "application/problem+json"
    body: dict[str, Any] = json.loads(response.content)
    assert body["code"] == code
    assert body["status"] == status
    assert body["type"] == f"/api/errors/{code}"
    assert body["title"]
    assert body["detail"]
    assert isinstance(body["facts"], dict)
    assert b"secret of the house" not in response.content
    assert b"Traceback" not in response.content
    return body


def get(api: Api, address: str) -> Any:
    return api._client.get(f"/api/v1/{address}", headers=api._headers)


@BROKEN
@pytest.mark.django_db
@pytest.mark.parametrize("debug", [False, True])
@pytest.mark.parametrize(
    ("how", "status", "code"),
    [
        ("bug", 500, "internal_error"),
        ("integrity", 500, "internal_error"),
        ("lost", 503, "database_busy"),
    ],
)
def test_a_bug_tells_no_internals_and_is_logged(
    caller: Caller,
    settings: Any,
    caplog: pytest.LogCaptureFixture,
    debug: bool,
    how: str,
    status: int,
    code: str,
) -> None:
    settings.DEBUG = debug
    response = get(caller("manager"), f"broken/{how}")
    is_problem(response, status, code)
    assert "secret of the house" in caplog.text
    assert response.has_header("Retry-After") == (status == 503)


@BROKEN
@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(
    ("how", "status", "code"), [("sql", 500, "internal_error"), ("deadlock", 503, "busy")]
)
def test_what_postgresql_says_is_translated(
    caller: Caller, how: str, status: int, code: str
) -> None:
    is_problem(get(caller("manager"), f"broken/{how}"), status, code)


@BROKEN
@pytest.mark.parametrize("debug", [False, True])
def test_a_crash_outside_our_views_is_a_problem_too(settings: Any, debug: bool) -> None:
    settings.DEBUG = debug
    client = Client(raise_request_exception=False)
    is_problem(client.get("/api/page"), 500, "internal_error")


@pytest.mark.parametrize("debug", [False, True])
@pytest.mark.parametrize("address", ["/api/", "/api/v1/nothing", "/api/v1/whoami/", "/api/v2/x"])
def test_an_unknown_address_is_a_problem(settings: Any, debug: bool, address: str) -> None:
    settings.DEBUG = debug
    # A browser's guard of forms must not stand before it: nobody is told that they may not.
    client = Client(enforce_csrf_checks=True)
    for answer in (client.get(address), client.post(address), client.put(address)):
        body = is_problem(answer, 404, "address_not_found")
        assert body["facts"] == {"path": address}


@pytest.mark.parametrize("debug", [False, True])
def test_a_wrong_host_is_a_problem(settings: Any, debug: bool) -> None:
    settings.DEBUG = debug
    settings.ALLOWED_HOSTS = ["shop.test"]
    is_problem(Client().get("/api/v1/whoami", headers={"Host": "evil.test"}), 400, "bad_request")


@pytest.mark.django_db
def test_a_method_that_is_not_taken_names_those_that_are(admin: Api) -> None:
    body = admin.call("DELETE", "partners/p1")
    assert admin.status == 405
    assert body["code"] == "method_not_allowed"
    assert body["facts"] == {"method": "DELETE", "allowed": ["GET", "PUT", "HEAD"]}
    assert admin.headers["Allow"] == "GET, PUT, HEAD"
    admin.call("OPTIONS", "partners/p1")
    assert admin.status == 405


@pytest.mark.django_db
def test_invalid_input_points_at_every_wrong_field(admin: Api) -> None:
    body = admin.call(
        "PUT", "partners/p1", {"nam": "Ana", "email": "a" * 300, "phone": ["no"], "a/b~c": 1}
    )
    assert admin.status == 400
    assert body["code"] == "invalid"
    found = {(one["pointer"], one["code"]) for one in body["errors"]}
    assert found == {
        ("/nam", "unknown_field"),
        ("/a~1b~0c", "unknown_field"),
        ("/name", "required"),
        ("/email", "max_length"),
        ("/phone", "invalid"),
    }
    assert all(one["detail"] for one in body["errors"])
    assert admin.call("GET", "partners/p1")["code"] == "partner_not_found"


@pytest.mark.django_db
def test_a_field_that_a_service_refuses_is_pointed_at(admin: Api) -> None:
    body = admin.call("PUT", "partners/p1", {"name": "Ana", "email": "no address"})
    assert body["code"] == "invalid_text"
    assert body["facts"]["field"] == "email"
    assert [(one["pointer"], one["code"]) for one in body["errors"]] == [("/email", "invalid_text")]


def test_facts_of_any_kind_are_shown() -> None:
    refused = Refused("No.", amount=Decimal("1.50"), kinds=frozenset({"a"}), odd=object)
    body = json.loads(problem(refused).content)
    assert body["detail"] == "No."
    assert body["facts"]["amount"] == "1.50"
    huge = json.loads(problem(Refused(number=10**30, text="\ud800")).content)
    assert huge["facts"] == {"number": 10**30, "text": "\ud800"}


def test_the_time_to_wait_is_a_header() -> None:
    assert problem(RateExceeded(retry_after_seconds=7))["Retry-After"] == "7"


def test_our_own_errors_pass_as_they_are() -> None:
    error = InvalidQuery(parameter="at")
    assert translate(error) is error
    assert isinstance(error, Invalid)


def test_every_type_of_problem_leads_to_its_meaning() -> None:
    for code, row in error_rows().items():
        response = Client().get(f"/api/errors/{code}")
        assert response.json()["status"] == row.status
        assert response.json()["title"]
    is_problem(Client().get("/api/errors/no_such_code"), 404, "address_not_found")


def test_the_documented_table_of_errors_is_complete(settings: Any) -> None:
    documented = (settings.BASE_DIR / "docs" / "api.md").read_text()
    assert documented == written(documented), "run python -m config.error_table"
    assert "| `insufficient_points` | 422 |" in markdown()


def test_every_code_has_one_status_and_a_sentence() -> None:
    def below(kind: type[PunchcardError]) -> list[type[PunchcardError]]:
        return [kind, *(one for sub in kind.__subclasses__() for one in below(sub))]

    for kind in below(PunchcardError):
        sentence = (kind.__doc__ or "").splitlines()[0]
        assert sentence.endswith("."), kind


@pytest.mark.django_db
def test_a_refused_transaction_leaves_nothing(club: Api) -> None:
    with transaction.atomic():
        body = club.call("PUT", "partners/p2", {"name": "Budi", "membership": "gold"})
        assert body["code"] == "membership_product_not_found"
    assert club.call("GET", "partners/p2")["code"] == "partner_not_found"
