"""The keys that bundles are signed with.

`BUNDLE_KEYS` names them, the one that signs first; without it one is derived from `SECRET_KEY`, so
that every process has the same and nothing needs setting up.
"""

from __future__ import annotations

import base64
import binascii
import secrets
from functools import lru_cache

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured

_SEED_BYTES = 32
_PURPOSE = b"punchcard offline bundle 1"


def signing_keys() -> tuple[Ed25519PrivateKey, ...]:
    """Return the keys, the one that signs first.

    Raises: ImproperlyConfigured if BUNDLE_KEYS holds something else.
    """
    return _keys(tuple(settings.BUNDLE_KEYS), settings.SECRET_KEY)


def new_seed() -> str:
    """Return a new key as BUNDLE_KEYS takes it: 32 random bytes in base64url."""
    return base64.urlsafe_b64encode(secrets.token_bytes(_SEED_BYTES)).rstrip(b"=").decode()


@lru_cache(maxsize=4)
def _keys(seeds: tuple[str, ...], secret: str) -> tuple[Ed25519PrivateKey, ...]:
    if seeds:
        return tuple(Ed25519PrivateKey.from_private_bytes(_seed(one)) for one in seeds)
    derive = HKDF(algorithm=SHA256(), length=_SEED_BYTES, salt=None, info=_PURPOSE)
    return (Ed25519PrivateKey.from_private_bytes(derive.derive(secret.encode())),)


def _seed(text: str) -> bytes:
    try:
        seed = base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
    except binascii.Error:
        seed = b""
    if len(seed) != _SEED_BYTES:
        raise ImproperlyConfigured(
            "BUNDLE_KEYS holds 32 bytes in base64url each; `manage.py make_bundle_key` makes one."
        )
    return seed
