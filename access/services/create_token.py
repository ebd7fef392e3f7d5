"""Make a token for the API."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.contrib.auth import get_user_model
from django.contrib.auth.validators import UnicodeUsernameValidator
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from knox.models import get_token_model

from access.caller import Role
from access.errors import InvalidUsername, TillNeedsPos, UserNotActive
from access.models import Grant

_LONGEST_USERNAME = 150


@dataclass(frozen=True, slots=True)
class TokenCreated:
    """A new token. `key` is the secret itself, which is stored nowhere; None as end: no end."""

    key: str
    digest: str
    user_id: int
    user_is_new: bool
    expires_at: datetime | None


def create_token(
    *,
    username: str,
    role: Role,
    pos_ref: str = "",
    lifetime: timedelta | None = None,
    at: datetime | None = None,
) -> TokenCreated:
    """Make a token with this role for the user, who is made, without a password, if missing.

    `lifetime` counts from `at` (None: now); None: the token does not expire. The POS need not
    exist yet.
    Raises: TillNeedsPos, InvalidUsername, UserNotActive.
    Writes: auth_user, knox_authtoken, access_grant.
    Safe under: concurrency; two calls make two tokens of one user.
    """
    if (role is Role.POS) != bool(pos_ref):
        raise TillNeedsPos(role=role, pos_config=pos_ref or None)
    _check_username(username)
    with transaction.atomic():
        user, is_new = get_user_model().objects.get_or_create(username=username)
        if is_new:
            user.set_unusable_password()
            user.save(update_fields=["password"])
        if not user.is_active:
            raise UserNotActive(user=username)
        # knox's manager adds the lifetime to its own clock, so the end is set here.
        token, key = get_token_model().objects.create(user, expiry=None)
        expires_at = (at or timezone.now()) + lifetime if lifetime is not None else None
        get_token_model().objects.filter(pk=token.pk).update(expiry=expires_at)
        Grant.objects.create(token=token, role=role.value, pos_ref=pos_ref)
    return TokenCreated(key, token.digest, user.pk, is_new, expires_at)


def _check_username(username: str) -> None:
    """Refuse a name that no user could be given in the admin. Raises: InvalidUsername."""
    try:
        UnicodeUsernameValidator()(username)
    except ValidationError as error:
        raise InvalidUsername(username=username) from error
    if len(username) > _LONGEST_USERNAME:
        raise InvalidUsername(username=username)
