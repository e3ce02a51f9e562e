"""The keys by which a profile number and a validation code are known: keyed digests, never the words themselves."""

import hashlib

from passerelle.core.sealing import blind


def number_key(program: str, number: str) -> str:
    """The key under which a profile number is known."""
    return blind(f"{program}|profile number", number)


def code_key(program: str, digest: str) -> str:
    """The key under which a validation code is known, from its SHA-256."""
    return blind(f"{program}|validation code", digest)


def digest_of(code: str) -> str:
    """Return the SHA-256 of a validation code as a person types it."""
    return hashlib.sha256(code.strip().upper().encode()).hexdigest()
