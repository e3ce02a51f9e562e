"""A mapping of a pack file, read key by key; what does not fit becomes a problem with its line."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from typing import Any

from pointsgrid.model import CERTAINTIES, InForce, Text
from pointsgrid.problems import PackProblem, did_you_mean
from pointsgrid.yamltext import Document, Path, dotted

_KEY = re.compile(r"[a-z][a-z0-9_]*\Z")
_ID = re.compile(r"[a-z0-9][a-z0-9_.-]*\Z")
_MISSING = object()


class Reader:
    """A view of one mapping in a document. Each accessor notes the key as known; ``done`` reports the others."""

    def __init__(self, document: Document, problems: list[PackProblem], path: Path = (), value: Any = _MISSING) -> None:
        self.document, self.problems, self.path = document, problems, path
        self.value = document.value if value is _MISSING else value
        self.known: set[str] = set()
        if not isinstance(self.value, dict):
            self.report(f"A mapping of keys is expected here, not {_kind(self.value)}.", "Write `key: value` lines.")
            self.value = {}

    def report(self, problem: str, remedy: str = "", *keys: str | int) -> None:
        path = (*self.path, *keys)
        self.problems.append(PackProblem(self.document.file, self.document.line(path), dotted(path), problem, remedy))

    def raw(self, key: str, default: Any = None) -> Any:
        self.known.add(key)
        return self.value.get(key, default)

    def has(self, key: str) -> bool:
        return key in self.value and self.value[key] is not None

    def required(self, key: str, remedy: str) -> Any:
        if not self.has(key):
            self.report(f"The key {key} is missing.", remedy)
        return self.raw(key)

    def text(self, key: str, default: str = "") -> str:
        value = self.raw(key)
        if value is None:
            return default
        if isinstance(value, (dict, list)):
            self.report(f"{key} must be a text, not {_kind(value)}.", "Write it between quotes.", key)
            return default
        return value if isinstance(value, str) else self.document.raw.get((*self.path, key), str(value))

    def citation(self, key: str) -> str | Text:
        """Return where something is written: one text, or one in each language."""
        return self.label(key) if isinstance(self.raw(key), dict) else self.text(key)

    def key(self, key: str, remedy: str) -> str:
        value = self.required(key, remedy)
        if isinstance(value, str) and _ID.match(value):
            return value
        if value is not None:
            self.report(
                f"{value!r} cannot be used as a name.",
                "Use small letters, digits, '-', '_' and '.', beginning with a letter or digit.",
                key,
            )
        return str(value or "?")

    def integer(self, key: str) -> int | None:
        value = self.raw(key)
        if value is None or (isinstance(value, int) and not isinstance(value, bool)):
            return value
        self.report(f"{key} must be a whole number, not {_kind(value)}.", "Write it without quotes, as in 25.", key)
        return None

    def number(self, key: str) -> int | Decimal | None:
        value = self.raw(key)
        if value is None or (isinstance(value, (int, Decimal)) and not isinstance(value, bool)):
            return value
        self.report(f"{key} must be a number, not {_kind(value)}.", "Write it without quotes, as in 16.50.", key)
        return None

    def flag(self, key: str, default: bool = False) -> bool:
        value = self.raw(key)
        if value is None:
            return default
        words = {"yes": True, "no": False, True: True, False: False}
        if not isinstance(value, (dict, list)) and value in words:
            return words[value]
        self.report(f"{key} must be yes or no, not {value!r}.", "", key)
        return default

    def date(self, key: str) -> date | None:
        value = self.raw(key)
        if value is None or isinstance(value, date):
            return value
        self.report(
            f"{key} must be a date such as 2026-03-09, not {value!r}.", "Write year-month-day without quotes.", key
        )
        return None

    def label(self, key: str, *, needed: bool = False) -> Text:
        """Return a text in both languages; one language alone is a problem."""
        value = self.raw(key)
        if value is None:
            if needed:
                self.report(f"The key {key} is missing.", f"Add {key}: {{en: …, fr: …}}.")
            return Text()
        if not isinstance(value, dict):
            self.report(f"{key} has no French.", f"Write {key}: {{en: {str(value)[:40]!r}, fr: '…'}}.", key)
            return Text(str(value), "")
        for language, name in (("en", "English"), ("fr", "French")):
            if not str(value.get(language) or "").strip():
                self.report(f"{key} has no {name}.", f"Add {language}: next to the other language.", key)
        for extra in value.keys() - {"en", "fr"}:
            self.report(f"{key} has an unknown language {extra}.", "A text has the keys en and fr.", key)
        return Text(str(value.get("en") or ""), str(value.get("fr") or ""))

    def certainty(self, default: str = "") -> str:
        value = self.raw("certainty")
        if value is None:
            return default
        word = str(value).upper().replace("_", "-")
        if word not in CERTAINTIES:
            self.report(f"certainty {value!r} is not known.", f"Use one of {', '.join(CERTAINTIES)}.", "certainty")
            return default
        return word

    def choice(self, key: str, allowed: tuple[str, ...], default: str) -> str:
        value = self.raw(key, default)
        if value not in allowed:
            self.report(
                f"{key} cannot be {value!r}.",
                did_you_mean(str(value), allowed, otherwise=f"Use one of {', '.join(allowed)}."),
                key,
            )
            return default
        return str(value)

    def child(self, key: str) -> Reader | None:
        value = self.raw(key)
        if value is None:
            return None
        return Reader(self.document, self.problems, (*self.path, key), value)

    def children(self, key: str) -> list[Reader]:
        """Return a reader for each mapping of a list."""
        value = self.raw(key)
        if value is None:
            return []
        if not isinstance(value, list):
            self.report(f"{key} must be a list.", "Begin each item with a dash.", key)
            return []
        return [
            Reader(self.document, self.problems, (*self.path, key, index), item) for index, item in enumerate(value)
        ]

    def named(self, key: str) -> Iterator[tuple[str, Reader]]:
        """Yield (name, reader) for each entry of a mapping of mappings."""
        inner = self.child(key)
        if inner is None:
            return
        for name, value in inner.value.items():
            if not isinstance(name, str) or not _KEY.match(name):
                inner.report(
                    f"{name!r} cannot be the name of a fact, answer or condition.",
                    "Use small letters, digits and '_', beginning with a letter.",
                    name if isinstance(name, (str, int)) else str(name),
                )
                continue
            yield name, Reader(self.document, self.problems, (*inner.path, name), {} if value is None else value)

    def in_force(self) -> InForce:
        inner = self.child("in_force")
        if inner is None:
            return InForce()
        found = InForce(inner.date("from"), inner.date("until"), inner.text("chosen_by"))
        if found.start and found.until and found.until < found.start:
            inner.report(
                f"until {found.until} is before from {found.start}.", "until is the last day in force.", "until"
            )
        inner.done()
        return found

    def leave(self) -> None:
        """Look no further here: a fault is told already, and what it makes meaningless would only hide it."""
        self.known |= {str(key) for key in self.value}

    def done(self, *also: str) -> None:
        """Report every key that no accessor asked for."""
        for key in self.value:
            if key not in self.known and key not in also:
                self.report(
                    f"The key {key} is not known here.",
                    "A decimal takes a point, as in 16.50, and a number no comma."
                    if isinstance(key, int)
                    else did_you_mean(str(key), self.known | set(also)),
                    key if isinstance(key, (str, int)) else str(key),
                )


def _kind(value: Any) -> str:
    names = {dict: "a mapping", list: "a list", bool: "yes/no", int: "a whole number", Decimal: "a decimal number"}
    if value is None:
        return "nothing"
    return f"{names[type(value)]} ({value})" if type(value) in names else f"the text {value!r}"
