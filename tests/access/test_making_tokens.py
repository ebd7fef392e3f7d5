"""Making and revoking tokens, by service and on the command line."""

from __future__ import annotations

from datetime import timedelta
from io import StringIO

import pytest
from django.contrib.auth import get_user_model
from django.core.management import CommandError, call_command
from django.test import Client
from django.utils import timezone
from knox.models import AuthToken

from access.caller import Role
from access.errors import InvalidUsername, TillNeedsPos, TokenNotFound, UserNotActive
from access.services.change_grant import change_grant
from access.services.create_token import TokenCreated, create_token
from access.services.revoke_token import revoke_token
from promotions.models import PosConfig
from tests.shop import Api


def till() -> TokenCreated:
    return create_token(username="till", role=Role.POS, pos_ref="main")


@pytest.mark.django_db
def test_a_till_names_its_pos_and_nobody_else_does() -> None:
    with pytest.raises(TillNeedsPos) as refused:
        create_token(username="till", role=Role.POS)
    assert refused.value.facts == {"role": "pos", "pos_config": None}
    with pytest.raises(TillNeedsPos):
        create_token(username="boss", role=Role.MANAGER, pos_ref="main")
    digest = till().digest
    with pytest.raises(TillNeedsPos):
        change_grant(digest=digest, role=Role.POS)
    assert AuthToken.objects.count() == 1
    assert not get_user_model().objects.filter(username="boss").exists()


@pytest.mark.django_db
def test_no_token_is_made_for_a_user_who_is_not_active() -> None:
    get_user_model().objects.create_user("gone", is_active=False)
    with pytest.raises(UserNotActive) as refused:
        create_token(username="gone", role=Role.ADMIN)
    assert refused.value.facts == {"user": "gone"}
    assert not AuthToken.objects.exists()


@pytest.mark.django_db
def test_what_is_no_token_is_neither_revoked_nor_changed() -> None:
    with pytest.raises(TokenNotFound):
        revoke_token(digest="f" * 128)
    with pytest.raises(TokenNotFound):
        change_grant(digest="f" * 128, role=Role.ADMIN)


@pytest.mark.django_db
@pytest.mark.parametrize("username", ["", " ", "a b", "a" * 151, "a\n", "a\x00"])
def test_a_name_that_no_user_could_have_makes_neither_user_nor_token(username: str) -> None:
    with pytest.raises(InvalidUsername) as refused:
        create_token(username=username, role=Role.ADMIN)
    assert refused.value.facts == {"username": username}
    assert not get_user_model().objects.exists()
    assert not AuthToken.objects.exists()


@pytest.mark.django_db
def test_create_token_prints_the_key_alone_on_the_last_line() -> None:
    out = StringIO()
    PosConfig.objects.create(ref="main", name="Main")
    call_command("create_token", "shop", role="pos", pos="main", stdout=out)
    lines = out.getvalue().splitlines()
    assert "shop" in lines[0]
    assert Api(lines[-1]).call("GET", "whoami")["user"] == "shop"
    user = get_user_model().objects.get(username="shop")
    assert not user.has_usable_password()
    token = AuthToken.objects.get()
    assert token.expiry is not None
    assert token.expiry > timezone.now() + timedelta(days=364)
    call_command("create_token", "shop", role="manager", expires_days=0, stdout=out)
    assert AuthToken.objects.filter(user=user, expiry=None).count() == 1
    with pytest.raises(CommandError, match="names the POS"):
        call_command("create_token", "other", role="pos", stdout=out)
    assert not get_user_model().objects.filter(username="other").exists()


@pytest.mark.django_db
def test_create_token_makes_nothing_for_a_pos_that_does_not_exist() -> None:
    PosConfig.objects.create(ref="main", name="Main")
    with pytest.raises(CommandError, match="no point of sale with the reference 'mian'") as refused:
        call_command("create_token", "shop", role="pos", pos="mian")
    assert refused.value.returncode == 1
    assert not get_user_model().objects.exists()
    assert not AuthToken.objects.exists()


@pytest.mark.django_db
def test_revoke_token_takes_a_key_or_a_user() -> None:
    out = StringIO()
    first, second, third = (till() for _ in range(3))
    call_command("revoke_token", first.key, stdout=out)
    call_command("revoke_token", second.key[:15], stdout=out)
    assert AuthToken.objects.get().digest == third.digest
    call_command("revoke_token", user="till", stdout=out)
    assert not AuthToken.objects.exists()
    with pytest.raises(CommandError):
        call_command("revoke_token", first.key, stdout=out)


def test_the_admin_has_no_second_way_to_a_token(admin_client: Client) -> None:
    assert admin_client.get("/admin/access/grant/").status_code == 200
    assert admin_client.get("/admin/knox/authtoken/").status_code == 404
