"""Take a token back."""

from dataclasses import dataclass

from django.db import transaction
from knox.models import get_token_model

from access import token_cache
from access.errors import TokenNotFound


@dataclass(frozen=True, slots=True)
class TokenRevoked:
    """The token that opens nothing any more."""

    digest: str
    username: str


def revoke_token(*, digest: str) -> TokenRevoked:
    """Delete the token and its grant; every process refuses it within a second.

    Raises: TokenNotFound. Writes: knox_authtoken, access_grant.
    Safe under: concurrency; the second of two calls finds no token.
    """
    with transaction.atomic():
        token = (
            get_token_model()
            .objects.select_for_update(of=("self",))
            .select_related("user")
            .filter(digest=digest)
            .first()
        )
        if token is None:
            raise TokenNotFound
        token.delete()
        token_cache.forget(digest)
    return TokenRevoked(digest, token.user.get_username())
