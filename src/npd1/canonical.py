"""Canonical JSON (RFC 8785) for what npd1 writes: objects, lists, text, whole numbers, true, false and null.

Member names are ASCII; fractions, half characters and numbers beyond what a double holds exactly are refused, so the parts of
RFC 8785 on which readers disagree are never used.
"""

import json
from typing import Any

from npd1.words import LARGEST, Malformed


def to_bytes(value: Any) -> bytes:
    """Return the one canonical form of ``value``: keys sorted, no blanks, no newline at the end.

    >>> to_bytes({"b": [1, True, None], "a": "x"})
    b'{"a":"x","b":[1,true,null]}'
    """
    _check(value, "value")
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()


def from_bytes(data: bytes) -> Any:
    """Read canonical JSON back; bytes that are not exactly canonical are refused (one value, one form)."""
    try:
        value = json.loads(data.decode(), parse_float=_refused, parse_constant=_refused)
    except (UnicodeDecodeError, json.JSONDecodeError, RecursionError) as fault:
        raise Malformed(f"not JSON: {fault}") from fault
    if to_bytes(value) != data:
        raise Malformed("not in canonical form (RFC 8785): keys sorted, each once, no blanks, no newline at the end")
    return value


def _refused(text: str) -> Any:
    raise Malformed(f"{text}: only whole numbers may stand here")


def _check(value: Any, where: str) -> None:
    if value is None or isinstance(value, bool):
        return
    if isinstance(value, str):
        if any("\ud800" <= char <= "\udfff" for char in value):
            raise Malformed(f"{where}: {value!r} holds half a character")
    elif isinstance(value, int):
        if abs(value) > LARGEST:
            raise Malformed(f"{where}: {value} is beyond what every reader keeps exactly ({LARGEST})")
    elif isinstance(value, dict):
        for key, inner in value.items():
            if not isinstance(key, str) or not key.isascii():
                raise Malformed(f"{where}: the key {key!r} is not ASCII text")
            _check(inner, f"{where}.{key}")
    elif isinstance(value, list):
        for number, inner in enumerate(value):
            _check(inner, f"{where}[{number}]")
    else:
        raise Malformed(
            f"{where}: {type(value).__name__} may not stand here, only text, whole numbers, lists and objects"
        )


def readable(value: Any) -> bytes:
    """Return JSON to be read by people as well: two blanks deep, UTF-8, a newline at the end. Nothing is hashed over it."""
    return (json.dumps(value, ensure_ascii=False, indent=2) + "\n").encode()
