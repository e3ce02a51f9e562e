"""Values of answers and facts: from what is stored to Python, and back to flat JSON scalars."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from fractions import Fraction
from math import floor
from typing import Any

from pointsgrid.model import NOT_APPLICABLE, Type


class BadValue(ValueError):
    """A value that is not of the declared type; ``key`` names the answer or fact."""

    def __init__(self, key: str, value: object, wanted: Type) -> None:
        ends = f" from {wanted.low} to {wanted.high}" if wanted.low is not None and wanted.high is not None else ""
        expected = f"one of {', '.join(wanted.options)}" if wanted.kind == "choice" else f"a {wanted}{ends}"
        super().__init__(f"{key} is {value!r}, and {expected} is expected")
        self.key, self.value, self.wanted = key, value, wanted


def parse_value(key: str, value: Any, kind: Type) -> Any:
    """Return ``value`` as Python: int, Decimal, bool, str, date, list; None and NOT_APPLICABLE pass. Raises BadValue."""
    if value is None or (isinstance(value, str) and value in ("", NOT_APPLICABLE)):
        return value or None
    try:
        return _PARSE[kind.kind](value, kind)
    except (ValueError, TypeError, InvalidOperation, KeyError) as error:
        raise BadValue(key, value, kind) from error


def _integer(value: Any, kind: Type) -> int:
    if isinstance(value, bool) or (not isinstance(value, int) and Decimal(str(value)) != int(Decimal(str(value)))):
        raise ValueError(value)
    return int(Decimal(str(value)))


def _decimal(value: Any, kind: Type) -> Decimal:
    if isinstance(value, bool):
        raise ValueError(value)
    found = Decimal(str(value))
    if not found.is_finite() or found != round(found, kind.places):
        raise ValueError(value)
    return found


def _yes_no(value: Any, kind: Type) -> bool | None:
    return {True: True, False: False, "yes": True, "no": False, "true": True, "false": False, "unsure": None}[value]


def _choice(value: Any, kind: Type) -> str:
    if kind.options and str(value) not in kind.options:
        raise ValueError(value)
    return str(value)


def _choices(value: Any, kind: Type) -> tuple[str, ...]:
    if not isinstance(value, (list, tuple)):
        raise ValueError(value)
    return tuple(_choice(item, kind) for item in value)


def _date(value: Any, kind: Type) -> date:
    if isinstance(value, datetime):
        raise ValueError(value)
    if isinstance(value, date):
        return value
    text = str(value)
    return date.fromisoformat(text + "-01" if len(text) == 7 else text)


def _text(value: Any, kind: Type) -> str:
    if not isinstance(value, str):
        raise ValueError(value)
    return value


def _records(value: Any, kind: Type) -> list[Any]:
    if not isinstance(value, (list, tuple)) or not all(isinstance(item, Mapping) for item in value):
        raise ValueError(value)
    return list(value)


_PARSE = {
    "integer": _integer,
    "decimal": _decimal,
    "yes_no": _yes_no,
    "choice": _choice,
    "choices": _choices,
    "text": _text,
    "code": _text,
    "date": _date,
    "records": _records,
}


def plain(value: Any, kind: Type) -> Any:
    """Return a computed value as a flat JSON scalar of its type; decimals are cut, never rounded up."""
    if value is None or value is NOT_APPLICABLE or (isinstance(value, str)):
        return value
    if kind.kind == "integer":
        return int(value)
    if kind.kind == "decimal":
        exact = Fraction(value)
        return str(Decimal(floor(exact * 10**kind.places)).scaleb(-kind.places))
    if isinstance(value, date):
        return value.isoformat()
    return list(value) if isinstance(value, tuple) else value
