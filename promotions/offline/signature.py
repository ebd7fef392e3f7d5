"""Bundles signed with Ed25519, as a flattened JSON Web Signature (RFC 7515, RFC 8037).

The payload is compressed, as in signed health cards (`zip`: DEF), so that it stays small in
base64. Pure: a till without Django reads a bundle by this file.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import json
import zlib
from collections.abc import Mapping
from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import load_pem_public_key

from promotions.offline.errors import BundleKeyUnknown, BundleTampered, BundleUnreadable

_RAW_DEFLATE = -15
#: A bundle that unpacks to more is no bundle: 10,000 products with 1,000 programs take 3 MB.
_MOST_BYTES = 256 * 1024 * 1024


def sign(payload: bytes, key: Ed25519PrivateKey) -> dict[str, str]:
    """Return the payload signed: the JSON object {protected, payload, signature}."""
    public = key.public_key()
    header = {
        "alg": "EdDSA",
        "kid": key_id(public),
        "typ": "punchcard-bundle",
        "zip": "DEF",
        "jwk": jwk(public),
    }
    packer = zlib.compressobj(9, zlib.DEFLATED, _RAW_DEFLATE)
    packed = packer.compress(payload) + packer.flush()
    protected = _to_base64(json.dumps(header, separators=(",", ":")).encode())
    written = _to_base64(packed)
    signature = key.sign(f"{protected}.{written}".encode())
    return {"protected": protected, "payload": written, "signature": _to_base64(signature)}


def verify(document: Mapping[str, Any], keys: Mapping[str, Ed25519PublicKey] | None) -> bytes:
    """Return the payload of a signed document, after its signature was found good.

    `keys`: the public keys one trusts, by id. None: the key that the document itself names, which
    tells damage and clumsy changes, but not who signed.
    Raises: BundleUnreadable, BundleKeyUnknown, BundleTampered.
    """
    try:
        protected, written = document["protected"], document["payload"]
        signature = _from_base64(document["signature"])
        header = json.loads(_from_base64(protected))
        own = _read_jwk(header["jwk"])
        signed = f"{protected}.{written}".encode()
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise BundleUnreadable(reason=type(error).__name__) from None
    if header.get("alg") != "EdDSA" or header.get("zip") != "DEF":
        raise BundleUnreadable(alg=header.get("alg"), zip=header.get("zip"))
    key: Ed25519PublicKey | None = own
    if keys is not None:
        key = keys.get(header.get("kid"))
    if key is None:
        raise BundleKeyUnknown(kid=header.get("kid"), known=sorted(keys or ()))
    try:
        key.verify(signature, signed)
    except InvalidSignature:
        raise BundleTampered(kid=header.get("kid")) from None
    return _unpack(written)


def key_id(key: Ed25519PublicKey) -> str:
    """Return the key's thumbprint (RFC 7638), by which a till finds it again."""
    members = {name: held for name, held in jwk(key).items() if name in ("crv", "kty", "x")}
    canonical = json.dumps(members, sort_keys=True, separators=(",", ":")).encode()
    return _to_base64(hashlib.sha256(canonical).digest())


def jwk(key: Ed25519PublicKey) -> dict[str, str]:
    """Return the public key as a JSON Web Key."""
    return {"kty": "OKP", "crv": "Ed25519", "x": _to_base64(key.public_bytes_raw())}


def key_set(keys: list[Ed25519PublicKey]) -> dict[str, list[dict[str, str]]]:
    """Return public keys as a JSON Web Key Set, the one that signs now first."""
    return {
        "keys": [{**jwk(key), "kid": key_id(key), "alg": "EdDSA", "use": "sig"} for key in keys]
    }


def read_public_keys(text: bytes) -> dict[str, Ed25519PublicKey]:
    """Return the Ed25519 keys, by id, of a JSON Web Key Set, one such key, or a PEM file.

    Raises: BundleUnreadable.
    """
    try:
        if text.lstrip().startswith(b"-----"):
            pem = load_pem_public_key(text)
            found = [pem] if isinstance(pem, Ed25519PublicKey) else []
        else:
            data = json.loads(text)
            listed = data.get("keys", [data])
            found = [_read_jwk(one) for one in listed if one.get("crv") == "Ed25519"]
    except (KeyError, TypeError, ValueError, AttributeError):
        found = []
    if not found:
        raise BundleUnreadable("There is no Ed25519 public key in the file.")
    return {key_id(key): key for key in found}


def _read_jwk(data: Mapping[str, Any]) -> Ed25519PublicKey:
    return Ed25519PublicKey.from_public_bytes(_from_base64(data["x"]))


def _unpack(written: str) -> bytes:
    unpacker = zlib.decompressobj(_RAW_DEFLATE)
    try:
        payload = unpacker.decompress(_from_base64(written), _MOST_BYTES)
    except (zlib.error, ValueError):
        raise BundleUnreadable(reason="zip") from None
    if not unpacker.eof:
        raise BundleUnreadable(reason="too large or cut off")
    return payload


def _to_base64(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def _from_base64(text: str) -> bytes:
    """Return the bytes of unpadded base64url. Raises: ValueError."""
    try:
        return base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
    except binascii.Error as error:
        raise ValueError("not base64url") from error
