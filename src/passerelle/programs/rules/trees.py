"""The YAML of a pack's files as trees that know their lines: plain dicts, lists and scalars, read once for each text."""

import re
from collections.abc import Mapping
from datetime import date
from functools import lru_cache
from typing import Any

from ruamel.yaml import YAML

from pointsgrid.yamltext import compose

_WORDS: Mapping[str, Any] = {
    **dict.fromkeys(("", "~", "null", "Null", "NULL")),
    **dict.fromkeys(("true", "True", "TRUE"), True),
    **dict.fromkeys(("false", "False", "FALSE"), False),
}
# A type said of a value, such as !!str: packs say none.
_TAG = re.compile(r"(?:^|[ \t\[{,])!", re.MULTILINE)
_INTEGER, _DATE = re.compile(r"-?[1-9][0-9]*|0"), re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")


class Mapped(dict[Any, Any]):
    """A mapping; ``lines`` has the line, from 1, of each key written in it, without those that ``<<`` brings in."""

    lines: dict[Any, int]


class Listed(list[Any]):
    """A list; ``lines`` has the line, from 1, of each item."""

    lines: list[int]


@lru_cache(maxsize=512)
def load(text: str) -> Any:
    """Return the tree of a text. Trees are only read: the same text gives the same one. Raises ruamel's YAMLError."""
    try:
        if _TAG.search(text):
            raise _Unusual
        root = compose(text)
        return None if root is None else _value(root)
    except _Unusual:
        return _lined(YAML(typ="rt").load(text))


class _Unusual(Exception):
    """A text with what packs do without; the library knows what it means, or what is wrong with it."""


def _lined(tree: Any) -> Any:
    """A tree that the library read, with what it knows of the lines."""
    marks: Any = getattr(tree, "lc", None)
    if isinstance(tree, Mapping):
        mapped = Mapped((key, _lined(value)) for key, value in tree.items())
        mapped.lines = {key: where[0] + 1 for key, where in (marks.data or {}).items()}
        return mapped
    if isinstance(tree, list):
        listed = Listed(map(_lined, tree))
        listed.lines = [marks.item(place)[0] + 1 for place in range(len(tree))]
        return listed
    return tree


def _value(node: Any) -> Any:
    if node.id == "scalar":
        return node.value if node.style else _scalar(node.value)
    if node.id == "sequence":
        listed = Listed(_value(one) for one in node.value)
        listed.lines = [one.start_mark.line + 1 for one in node.value]
        return listed
    found, merged = Mapped(), {}
    found.lines = {}
    for key_node, value_node in node.value:
        if key_node.id != "scalar":
            raise _Unusual
        if key_node.value == "<<" and not key_node.style:
            merged.update(_merged(value_node))
            continue
        key = _value(key_node)
        if key in found:
            raise _Unusual
        found[key], found.lines[key] = _value(value_node), key_node.start_mark.line + 1
    for key, value in merged.items():
        found.setdefault(key, value)
    return found


def _merged(node: Any) -> dict[Any, Any]:
    """What ``<<: *anchor``, or a list of anchors, brings in; of several the first to say something counts."""
    found: dict[Any, Any] = {}
    for one in node.value if node.id == "sequence" else [node]:
        if one.id != "mapping":
            raise _Unusual
        found = {**_value(one), **found}
    return found


def _scalar(text: str) -> Any:
    if text in _WORDS:
        return _WORDS[text]
    return _number(text) if text[0] in "-+.0123456789" else text


@lru_cache(maxsize=4096)
def _number(text: str) -> Any:
    """What a text that begins like a number is: of fractions, instants and texts the library says it."""
    if _INTEGER.fullmatch(text):
        return int(text)
    if _DATE.fullmatch(text):
        return date.fromisoformat(text)
    return YAML(typ="safe", pure=True).load(text)
