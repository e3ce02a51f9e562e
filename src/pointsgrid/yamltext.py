"""YAML text to plain values, with the line of everything, for messages that point at the right place.

Scalars follow YAML 1.2 with three tightenings: a plain ``12.50`` is an exact decimal, a plain ``2026-03-09`` is a date, and
``yes`` and ``no`` stay words (a reader that wants a truth value accepts them).
"""

from __future__ import annotations

import re
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from functools import lru_cache
from typing import Any

import yaml
from ruamel.yaml import YAML
from ruamel.yaml.error import MarkedYAMLError, YAMLError

from pointsgrid.problems import PackProblem

Path = tuple[str | int, ...]

_INTEGER = re.compile(r"[-+]?[0-9]+\Z")
_DECIMAL = re.compile(r"[-+]?[0-9]+\.[0-9]+\Z")
_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}\Z")
_WORDS: dict[str, Any] = {"": None, "~": None, "null": None, "true": True, "false": False}


@dataclass(slots=True)
class Document:
    """A parsed file: its value, the line (from 1) of every path in it, the text of plain scalars, and its faults."""

    file: str
    value: Any = None
    lines: dict[Path, int] = field(default_factory=dict)
    raw: dict[Path, str] = field(default_factory=dict)
    problems: list[PackProblem] = field(default_factory=list)

    def line(self, path: Path) -> int:
        """Return the line of ``path`` or of the nearest thing around it."""
        while path and path not in self.lines:
            path = path[:-1]
        return self.lines.get(path, 1)


@lru_cache(maxsize=256)
def parse(file: str, text: str) -> Document:
    """Parse ``text``; faults of form (bad YAML, a key written twice) are left in ``problems``."""
    document = Document(file)
    try:
        root = compose(text)
    except MarkedYAMLError as error:
        document.problems.append(_not_yaml(file, error))
        return document
    except YAMLError as error:  # a sign that no YAML text may hold
        first = str(error).partition("\n")[0]
        document.problems.append(PackProblem(file, 1, "", f"This is not a text: {first}.", "Save it as UTF-8."))
        return document
    if root is not None:
        document.value = _value(root, (), document)
    return document


def compose(text: str) -> Any:
    """Return the nodes of ``text``, None when it is empty. Raises ruamel's YAMLError, which names the place.

    libyaml reads them, twenty times as fast; what it refuses, and tabs, about which the two differ, ruamel reads.
    """
    if "\t" not in text:
        with suppress(yaml.YAMLError):
            return yaml.compose(text, Loader=_FAST)
    return YAML(typ="safe", pure=True).compose(text)


_FAST = getattr(yaml, "CSafeLoader", yaml.SafeLoader)  # without libyaml: the same, slowly


def _not_yaml(file: str, error: MarkedYAMLError) -> PackProblem:
    """Return the fault of a text that is not YAML, with the remedy that its kind suggests."""
    mark, opened = error.problem_mark or error.context_mark, error.context_mark
    line = mark.line + 1 if mark else 1
    told = str(error.problem or error.context)
    begun = f" The bracket opens on line {opened.line + 1}." if opened and "flow" in str(error.context) else ""
    remedy = next(remedy for sign, remedy in _YAML_REMEDIES.items() if sign in told)
    return PackProblem(file, line, "", f"This is not valid YAML: {told}.{begun}", remedy)


_YAML_REMEDIES = {
    r"'\t'": "Put spaces in place of the tab.",
    "',' or": "Look for a missing comma or bracket, or a text that needs quotes: one with ': ', a comma or a quote.",
    "block end": "Begin lines that belong together in the same column.",
    "": "Check the indentation, the colons (a text that holds ': ' needs quotes) and the brackets near this line.",
}


def _value(node: Any, path: Path, document: Document) -> Any:
    document.lines.setdefault(path, node.start_mark.line + 1)
    if node.id == "mapping":
        return _mapping(node, path, document)
    if node.id == "sequence":
        return [_value(item, (*path, index), document) for index, item in enumerate(node.value)]
    return _scalar(node, path, document)


def _mapping(node: Any, path: Path, document: Document) -> dict[Any, Any]:
    found: dict[Any, Any] = {}
    merged: dict[Any, Any] = {}
    for key_node, value_node in node.value:
        if key_node.value == "<<":
            _merge(value_node, path, document, merged)
            continue
        key = _scalar(key_node, (*path, "?"), document) if key_node.id == "scalar" else str(key_node.value)
        inner = (*path, key if isinstance(key, (str, int)) else str(key))
        if key in found:
            document.problems.append(
                PackProblem(
                    document.file,
                    key_node.start_mark.line + 1,
                    dotted(path),
                    f"The key {key} is written twice.",
                    f"Keep one of them; the first is on line {document.line(inner)}.{_dash(path)}",
                )
            )
            continue
        document.lines[inner] = key_node.start_mark.line + 1
        found[key] = _value(value_node, inner, document)
    return {**merged, **found}


def _dash(path: Path) -> str:
    """What else may be meant by a key written twice in an item of a list."""
    return " If another item begins here, begin it with a dash." if path and isinstance(path[-1], int) else ""


def _merge(node: Any, path: Path, document: Document, into: dict[Any, Any]) -> None:
    """Add what ``<<: *anchor`` (or a list of anchors, the first before the others) brings in."""
    value = _value(node, (*path, "<<"), document)
    for item in reversed(value if isinstance(value, list) else [value]):
        if isinstance(item, dict):
            into.update(item)
        else:
            document.problems.append(
                PackProblem(
                    document.file, node.start_mark.line + 1, dotted(path), "<<: takes a mapping.", "Write <<: *name."
                )
            )


def _scalar(node: Any, path: Path, document: Document) -> Any:
    text = node.value
    if node.style:  # quoted or block text stays text
        return text
    document.raw[path] = text
    if text.lower() in _WORDS:
        return _WORDS[text.lower()]
    if _INTEGER.match(text):
        return int(text)
    if _DECIMAL.match(text):
        return Decimal(text)
    if _DATE.match(text):
        try:
            return date.fromisoformat(text)
        except ValueError:
            return text
    return text


def dotted(path: Path) -> str:
    """Return ``factors[0].bands[2].points`` for a path of keys and positions."""
    text = ""
    for part in path:
        text += f"[{part}]" if isinstance(part, int) else f".{part}" if text else str(part)
    return text
