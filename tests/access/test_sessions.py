"""Signed-in users as callers of the API."""

from __future__ import annotations

import pytest
from django.contrib.auth import get_user_model
from django.contrib.auth.models import Group, User
from django.test import Client

from loyalty.models import MembershipProduct

WHOAMI = "/api/v1/whoami"


def user(*groups: str, **fields: bool) -> User:
    made = get_user_model().objects.create(username="ana", **fields)
    made.groups.set(Group.objects.get_or_create(name=name)[0] for name in groups)
    return made


def client(*groups: str, **fields: bool) -> Client:
    made = Client(enforce_csrf_checks=True)
    made.force_login(user(*groups, **fields))
    return made


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("groups", "fields", "role"),
    [
        (("marketing",), {}, "marketing"),
        (("manager",), {}, "manager"),
        (("marketing", "manager"), {}, "manager"),
        (("admin",), {}, "admin"),
        ((), {"is_superuser": True}, "admin"),
    ],
)
def test_the_role_of_a_session_is_the_highest_of_its_groups(
    groups: tuple[str, ...], fields: dict[str, bool], role: str
) -> None:
    response = client(*groups, **fields).get(WHOAMI)
    assert response.json() == {"user": "ana", "role": role, "pos_config": None}


@pytest.mark.django_db
@pytest.mark.parametrize("groups", [(), ("cleaners",), ("pos",)])
def test_a_user_without_a_role_may_do_nothing(groups: tuple[str, ...]) -> None:
    response = client(*groups).get(WHOAMI)
    assert response.status_code == 403
    assert response.json()["code"] == "role_not_allowed"
    assert response.json()["facts"]["role"] is None


@pytest.mark.django_db
def test_a_session_writes_only_with_its_csrf_token() -> None:
    browser = client("marketing")
    gold, body = "/api/v1/membership-products/gold", {"name": "Gold"}
    refused = browser.put(gold, body, content_type="application/json")
    assert refused.status_code == 403
    assert refused.json()["code"] == "csrf_failed"
    assert not MembershipProduct.objects.exists()
    browser.get("/admin/login/")
    token = {"X-CSRFToken": browser.cookies["csrftoken"].value}
    allowed = browser.put(gold, body, content_type="application/json", headers=token)
    assert allowed.status_code == 201


@pytest.mark.django_db
def test_a_token_needs_no_csrf_token_and_a_wrong_one_does_not_fall_back_to_the_session() -> None:
    browser = client("marketing")
    response = browser.get(WHOAMI, headers={"Authorization": "Token wrong"})
    assert response.status_code == 401
    other_scheme = browser.get(WHOAMI, headers={"Authorization": "Basic YTpi"})
    assert other_scheme.status_code == 401


@pytest.mark.django_db
def test_a_deactivated_user_has_no_session() -> None:
    browser = client("manager")
    assert browser.get(WHOAMI).status_code == 200
    get_user_model().objects.update(is_active=False)
    assert browser.get(WHOAMI).status_code == 401
