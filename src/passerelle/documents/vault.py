"""Stored files rest encrypted, each under a key of its own: destroying the key destroys the file in every backup.

A file is cut into pieces of 256 KB, each sealed with AES-256-GCM under the piece's number and whether it is the last,
so that no piece can be changed, swapped or left out unnoticed. The key serves one file only, hence numbers for nonces.
"""

import secrets
import struct
from collections.abc import Iterator
from typing import BinaryIO

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

PIECE = 256 * 1024
_TAG = 16


class Tampered(Exception):
    """A stored file is not what was put there."""


def new_key() -> bytes:
    """A key for one file."""
    return secrets.token_bytes(32)


def seal(source: BinaryIO, target: BinaryIO, *, key: bytes, name: str) -> None:
    """Write ``source`` to ``target``, sealed for the file ``name``."""
    cipher, number = AESGCM(key), 0
    piece = source.read(PIECE)
    while True:
        following = source.read(PIECE)
        target.write(cipher.encrypt(_nonce(number, last=not following), piece, name.encode()))
        if not following:
            return
        piece, number = following, number + 1


def pieces(stored: BinaryIO, *, key: bytes, name: str) -> Iterator[bytes]:
    """Yield the clear pieces of a sealed file; raises Tampered."""
    cipher, number = AESGCM(key), 0
    piece = stored.read(PIECE + _TAG)
    while True:
        following = stored.read(PIECE + _TAG)
        try:
            yield cipher.decrypt(_nonce(number, last=not following), piece, name.encode())
        except InvalidTag as fault:
            raise Tampered(f"piece {number} of {name}") from fault
        if not following:
            return
        piece, number = following, number + 1


def _nonce(number: int, *, last: bool) -> bytes:
    return struct.pack(">QI", number, last)
