"""The words npd1 is written with: what may stand between the bars of a line, and the one fault all readers raise."""

import re

SPEC = "npd1"
EVERYBODY = "*"

_TOKEN = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,39}")
_HEX = re.compile(r"[0-9a-f]+")
_WHOLE = re.compile(r"0|[1-9][0-9]*")
_INSTANT = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}Z")

# Whole numbers that every reader of JSON keeps exactly (RFC 8785 rests on IEEE 754 doubles).
LARGEST = 2**53 - 1


class Malformed(ValueError):
    """Something is not in the form of npd1; the message names it and says what it must be."""


def token(value: object, what: str) -> str:
    """Return ``value`` if it may name a draw, a cell or a program: ASCII letters, digits and ``. _ -``."""
    if not isinstance(value, str) or not _TOKEN.fullmatch(value):
        raise Malformed(f"{what}: {value!r} is not 1 to 40 of A-Z a-z 0-9 . _ - beginning with a letter or digit")
    return value


def hexadecimal(value: object, digits: int, what: str) -> str:
    """Return ``value`` if it is exactly ``digits`` lower-case hexadecimal digits."""
    if not isinstance(value, str) or len(value) != digits or not _HEX.fullmatch(value):
        raise Malformed(f"{what}: {value!r} is not {digits} lower-case hexadecimal digits")
    return value


def whole(value: object, what: str) -> int:
    """Return ``value`` if it is a whole number from 0 that JSON keeps exactly."""
    if isinstance(value, bool) or not isinstance(value, int) or not 0 <= value <= LARGEST:
        raise Malformed(f"{what}: {value!r} is not a whole number from 0 to {LARGEST}")
    return value


def read_whole(text: str, what: str) -> int:
    """Read a whole number as a line writes it: decimal digits, no sign, no leading zero."""
    if not _WHOLE.fullmatch(text):
        raise Malformed(f"{what}: {text!r} is not a whole number without sign or leading zero")
    return whole(int(text), what)


def instant(value: object, what: str) -> str:
    """Return ``value`` if it is an instant in UTC to the second, as ``2026-07-06T23:00:00Z``."""
    if not isinstance(value, str) or not _INSTANT.fullmatch(value):
        raise Malformed(f"{what}: {value!r} is not an instant written as 2026-07-06T23:00:00Z")
    return value
