"""Who may sign in to the demo: users with passwords, and a token for each till.

Secrets are made at random, kept in one file that only its owner reads, and made anew when they
no longer fit the database.
"""

from __future__ import annotations

import json
import os
import secrets
from dataclasses import asdict, dataclass
from pathlib import Path

from django.conf import settings
from django.contrib.auth import authenticate, get_user_model
from django.contrib.auth.models import Group
from knox.crypto import hash_token
from knox.models import get_token_model

from access.caller import Role
from access.services.create_token import create_token
from access.services.set_up_roles import set_up_roles
from demo.shop.assortment import STORES

# user name -> group; a superuser is in none.
_USERS = {"admin": None, "marketing": Role.MARKETING, "manager": Role.MANAGER}


@dataclass(frozen=True, slots=True)
class DemoAccounts:
    """Passwords by user name, and till tokens by the reference of the store."""

    passwords: dict[str, str]
    till_tokens: dict[str, str]


def accounts_file() -> Path:
    """Return where the secrets of the demo are kept."""
    return Path(settings.LOCAL_DIR) / "demo-accounts.json"


def read_accounts() -> DemoAccounts | None:
    """Return the secrets kept, or None if there are none."""
    try:
        kept = json.loads(accounts_file().read_text(encoding="utf-8"))
        return DemoAccounts(kept["passwords"], kept["till_tokens"])
    except (OSError, ValueError, KeyError, TypeError):
        return None


def ensure_accounts() -> DemoAccounts:
    """Make the users and tokens that are missing, and return all secrets.

    A password that somebody changed is set back. Writes: users, groups, tokens, the file.
    """
    set_up_roles()
    kept = read_accounts() or DemoAccounts({}, {})
    accounts = DemoAccounts(
        passwords={name: _user(name, kept.passwords.get(name)) for name in _USERS},
        till_tokens={
            store.ref: _till_token(store.ref, kept.till_tokens.get(store.ref)) for store in STORES
        },
    )
    if accounts != kept:
        _keep(accounts)
    return accounts


def _user(name: str, password: str | None) -> str:
    """Return a password that lets this user in, keeping the one given if it does."""
    if password is not None and authenticate(username=name, password=password) is not None:
        return password
    role = _USERS[name]
    user, _new = get_user_model().objects.get_or_create(username=name)
    fresh = f"{name}-{secrets.token_urlsafe(9)}"
    user.set_password(fresh)
    user.is_staff, user.is_active, user.is_superuser = True, True, role is None
    user.email = f"{name}@example.com"
    user.save()
    if role is not None:
        user.groups.set([Group.objects.get(name=role.value)])
    return fresh


def _till_token(store: str, key: str | None) -> str:
    if key is not None and get_token_model().objects.filter(digest=hash_token(key)).exists():
        return key
    return create_token(username=f"till-{store}", role=Role.POS, pos_ref=store).key


def _keep(accounts: DemoAccounts) -> None:
    """Write the file anew, readable by its owner alone."""
    path = accounts_file()
    path.parent.mkdir(parents=True, exist_ok=True)
    fresh = path.with_suffix(".new")
    fresh.unlink(missing_ok=True)
    with os.fdopen(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
        json.dump(asdict(accounts), file, indent=2)
    fresh.replace(path)
