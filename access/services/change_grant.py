"""Give a token another role or another POS."""

from dataclasses import dataclass

from django.db import transaction

from access import token_cache
from access.caller import Role
from access.errors import TillNeedsPos, TokenNotFound
from access.models import Grant


@dataclass(frozen=True, slots=True)
class GrantChanged:
    """What the token may do from now on."""

    digest: str
    role: Role
    pos_ref: str


def change_grant(*, digest: str, role: Role, pos_ref: str = "") -> GrantChanged:
    """Change what a token may do; every process knows within a second.

    Raises: TillNeedsPos, TokenNotFound. Writes: access_grant.
    Safe under: concurrency; one UPDATE, the last one holds.
    """
    if (role is Role.POS) != bool(pos_ref):
        raise TillNeedsPos(role=role, pos_config=pos_ref or None)
    with transaction.atomic():
        changed = Grant.objects.filter(token_id=digest).update(role=role.value, pos_ref=pos_ref)
        if not changed:
            raise TokenNotFound
        token_cache.forget(digest)
    return GrantChanged(digest, role, pos_ref)
