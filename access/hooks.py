"""Tell the token cache when a row it stands before has changed, whoever changed it.

Tokens and users belong to other packages (knox, Django), whose admin pages, commands and cascades
save and delete rows by themselves, so signals are the only place that sees every change. A
`QuerySet.update` or raw SQL sends none: it holds when the cached entry ends (token_cache).
"""

from collections.abc import Collection
from typing import Any

from django.contrib.auth import get_user_model
from django.db.models.signals import post_delete, post_save
from knox.models import get_token_model

from access import token_cache
from access.models import Grant

# Signing in saves `last_login` alone, which no token depends on.
_FIELDS_THAT_MATTER = frozenset({"username", "is_active", "is_superuser"})


def connect() -> None:
    """Connect the hooks; connecting again changes nothing."""
    for signal in (post_save, post_delete):
        signal.connect(_token_changed, get_token_model(), dispatch_uid="access_token")
        signal.connect(_grant_changed, Grant, dispatch_uid="access_grant")
    post_save.connect(_user_changed, get_user_model(), dispatch_uid="access_user")


def _token_changed(instance: Any, **_signal: Any) -> None:
    token_cache.forget(instance.digest)


def _grant_changed(instance: Grant, **_signal: Any) -> None:
    token_cache.forget(instance.token_id)


def _user_changed(
    instance: Any, created: bool, update_fields: Collection[str] | None = None, **_signal: Any
) -> None:
    if created or (update_fields is not None and not _FIELDS_THAT_MATTER & set(update_fields)):
        return
    digests = get_token_model().objects.filter(user=instance).values_list("digest", flat=True)
    token_cache.forget(*digests)
