"""From a request to a user and a Caller: by token, or by the session of a signed-in user."""

from __future__ import annotations

from functools import partial
from typing import Any

from django.contrib.auth import get_user_model
from django.contrib.auth.base_user import AbstractBaseUser
from django.utils.functional import SimpleLazyObject
from knox.crypto import hash_token
from rest_framework.authentication import BaseAuthentication
from rest_framework.authentication import SessionAuthentication as DRFSessionAuthentication
from rest_framework.exceptions import PermissionDenied
from rest_framework.request import Request

from access import token_cache
from access.caller import Caller, Role
from access.errors import CsrfFailed, InvalidToken

MAX_KEY_LENGTH = 256
SCHEME = "Token"


def find_token(header: str | None) -> token_cache.TokenFacts | None:
    """Return what the token of an Authorization header stands for, None if it names no token.

    Raises: InvalidToken.
    """
    if header is None:
        return None
    scheme, _space, key = header.partition(" ")
    if scheme.lower() != "token":
        return None
    key = key.strip()
    if not key or len(key) > MAX_KEY_LENGTH or not key.isascii():
        raise InvalidToken
    facts = token_cache.find(hash_token(key))
    if facts is None:
        raise InvalidToken
    return facts


class TokenAuthentication(BaseAuthentication):
    """`Authorization: Token <key>`; knox keeps the tokens, `token_cache` answers for them."""

    def authenticate(self, request: Request) -> tuple[Any, Caller] | None:
        """Return the user and caller, None if the request names no token.

        The user is built when somebody asks for it, from what the cache holds; its other fields
        load when they are read.
        Raises: InvalidToken.
        """
        facts = find_token(request._request.META.get("HTTP_AUTHORIZATION"))
        if facts is None:
            return None
        return SimpleLazyObject(partial(_user, facts)), facts.caller

    def authenticate_header(self, request: Request) -> str:
        """Return the challenge of a 401."""
        return f'{SCHEME} realm="api"'


class SessionAuthentication(DRFSessionAuthentication):
    """The session of a signed-in user, with CSRF enforced; the role comes from their groups."""

    def authenticate(self, request: Request) -> tuple[Any, Caller | None] | None:
        """Return the user and caller; the caller is None for a user who has no role.

        Raises: CsrfFailed.
        """
        found = super().authenticate(request)
        if found is None:
            return None
        return found[0], caller_of(found[0])

    def enforce_csrf(self, request: Request) -> None:
        """Refuse a writing request without its CSRF token. Raises: CsrfFailed."""
        try:
            super().enforce_csrf(request)
        except PermissionDenied as error:
            raise CsrfFailed(str(error.detail)) from None


def caller_of(user: Any) -> Caller | None:
    """Return the caller a signed-in user is: the highest role among superuser and groups.

    One query, none for a superuser. A user in none of the groups has no role: None.
    """
    role: Role | None = None
    if user.is_superuser:
        role = Role.ADMIN
    else:
        held = set(user.groups.values_list("name", flat=True))
        role = next(
            (one for one in (Role.ADMIN, Role.MANAGER, Role.MARKETING) if one in held), None
        )
    if role is None:
        return None
    return Caller(user.pk, user.get_username(), role, None, f"user:{user.pk}")


def _user(facts: token_cache.TokenFacts) -> AbstractBaseUser:
    """Return a user row with what is known; the rest is deferred, as after `only()`."""
    model = get_user_model()
    known = {
        "id": facts.caller.user_id,
        "username": facts.caller.username,
        "is_superuser": facts.is_superuser,
        "is_active": True,
    }
    names = [field.attname for field in model._meta.concrete_fields if field.attname in known]
    return model.from_db("default", names, [known[name] for name in names])
