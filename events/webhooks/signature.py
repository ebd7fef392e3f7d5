"""Signatures of the Standard Webhooks scheme: HMAC-SHA256 over id, time and body.

Written out here: the scheme's own package brings an HTTP client along and signs with one secret.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import secrets
from collections.abc import Iterable, Mapping
from datetime import datetime

PREFIX = "whsec_"
BYTES = 32


def new_secret() -> str:
    """Return a random secret as receivers' libraries read it."""
    return PREFIX + base64.b64encode(secrets.token_bytes(BYTES)).decode()


def secret_mark(secret: str) -> str:
    """Return what tells a secret from others without telling it."""
    return hashlib.sha256(secret.encode()).hexdigest()[:16]


def signed_headers(
    body: bytes, *, message_id: str, at: datetime, keys: Iterable[str]
) -> Mapping[str, str]:
    """Return the headers that sign the body, one signature per secret.

    Raises: ValueError for a secret that is not of the scheme.
    """
    stamp = str(int(at.timestamp()))
    content = b".".join((message_id.encode(), stamp.encode(), body))
    return {
        "webhook-id": message_id,
        "webhook-timestamp": stamp,
        "webhook-signature": " ".join(f"v1,{_sign(content, key)}" for key in keys),
    }


def _sign(content: bytes, key: str) -> str:
    if not key.startswith(PREFIX):
        raise ValueError("a webhook's secret begins with whsec_")
    raw = base64.b64decode(key.removeprefix(PREFIX), validate=True)
    return base64.b64encode(hmac.new(raw, content, hashlib.sha256).digest()).decode()
