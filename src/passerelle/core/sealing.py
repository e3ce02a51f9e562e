"""Sealing (AES-256-GCM), person keys (HMAC) and signatures (Ed25519) over the key ring."""

import base64
import binascii
import hashlib
import hmac
import json
import secrets
import unicodedata
from typing import Any

from cryptography.exceptions import InvalidSignature, InvalidTag
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.core.serializers.json import DjangoJSONEncoder
from django.db import models

from passerelle.core import keys


class Unsealable(Exception):
    """The sealed text was altered, or its key is not in the ring."""


def seal_bytes(clear: bytes, purpose: str) -> bytes:
    """Return ``clear`` encrypted under the current key and bound to ``purpose``; starts with the key id."""
    key_id, key = keys.ring().current
    nonce = secrets.token_bytes(12)
    return key_id.encode() + b":" + nonce + AESGCM(key).encrypt(nonce, clear, purpose.encode())


def unseal_bytes(sealed: bytes, purpose: str) -> bytes:
    """Return what ``seal_bytes`` hid; raises Unsealable."""
    key_id, _, rest = sealed.partition(b":")
    key = keys.ring().data.get(key_id.decode(errors="replace"))
    if key is None:
        raise Unsealable(f"no key {key_id!r} in the ring")
    try:
        return AESGCM(key).decrypt(rest[:12], rest[12:], purpose.encode())
    except InvalidTag as fault:
        raise Unsealable(f"not sealed for {purpose!r}, or altered") from fault


def seal(clear: str, purpose: str) -> str:
    """Seal text as base64."""
    return base64.b64encode(seal_bytes(clear.encode(), purpose)).decode()


def unseal(sealed: str, purpose: str) -> str:
    """Return the text that ``seal`` hid; raises Unsealable."""
    return unseal_bytes(base64.b64decode(sealed), purpose).decode()


def person_key(scope: str, country: str, passport_number: str) -> str:
    """Return the blind key of one person within ``scope``: equal for the same passport, however it is typed."""
    folded = unicodedata.normalize("NFKC", passport_number).upper()
    number = "".join(char for char in folded if char.isalnum())
    text = f"{scope}|{country.strip().upper()}|{number}"
    return hmac.new(keys.ring().person, text.encode(), hashlib.sha256).hexdigest()


def blind(scope: str, text: str) -> str:
    """Return the keyed digest of a text within ``scope``: equal for equal texts, and no way back without the key."""
    return hmac.new(keys.ring().person, f"{scope}|{text}".encode(), hashlib.sha256).hexdigest()


class NotOurs(Exception):
    """The key to sign with is not in the ring, or not any more."""


def sign(payload: bytes, *, key: str = "") -> str:
    """Return the Ed25519 signature of ``payload`` as URL-safe base64 without padding.

    It is by the newest key, or by the one whose public half is ``key`` (base64), so that one key checks what belongs together.
    Raises NotOurs.
    """
    signer = keys.signing_key(base64.b64decode(key))
    if signer is None:
        raise NotOurs(f"no signing key in the ring has the public half {key}")
    return base64.urlsafe_b64encode(signer.sign(payload)).decode().rstrip("=")


def verify_signature(payload: bytes, signature: str, *, key: str = "") -> bool:
    """Say whether any of our signing keys signed ``payload``, or the one whose public half is ``key`` (base64)."""
    try:
        raw = base64.urlsafe_b64decode(signature + "=" * (-len(signature) % 4))
    except (binascii.Error, ValueError):
        return False
    return any(_signed_by(public, payload, raw) for public in ([base64.b64decode(key)] if key else keys.public_keys()))


def _signed_by(public: bytes, payload: bytes, signature: bytes) -> bool:
    try:
        Ed25519PublicKey.from_public_bytes(public).verify(signature, payload)
    except InvalidSignature:
        return False
    return True


class SealedTextField(models.TextField):
    """Text that rests sealed in the database; bound to its table and column, so it cannot be moved to another."""

    def _purpose(self) -> str:
        return f"{self.model._meta.db_table}.{self.column}"

    def from_db_value(self, value: str | None, expression: object, connection: object) -> Any:
        return None if value is None else self.read(unseal(value, self._purpose()))

    def get_prep_value(self, value: Any) -> str | None:
        return None if value is None else seal(self.written(value), self._purpose())

    def read(self, clear: str) -> Any:
        """Turn the clear text into the field's value."""
        return clear

    def written(self, value: Any) -> str:
        """Turn the field's value into clear text."""
        return str(value)


class SealedJSONField(SealedTextField):
    """JSON that rests sealed."""

    # For type checkers: what is set and read is JSON, not text.
    _pyi_private_set_type: Any
    _pyi_private_get_type: Any

    def read(self, clear: str) -> Any:
        return json.loads(clear)

    def written(self, value: Any) -> str:
        return json.dumps(value, ensure_ascii=False, cls=DjangoJSONEncoder)

    def to_python(self, value: Any) -> Any:
        return value


class SealedBytesField(SealedTextField):
    """A small file that rests sealed."""

    _pyi_private_set_type: Any
    _pyi_private_get_type: Any

    def read(self, clear: str) -> Any:
        return base64.b64decode(clear)

    def written(self, value: Any) -> str:
        return base64.b64encode(bytes(value)).decode()
