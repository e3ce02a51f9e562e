"""The facts of facts.yaml: their types, and what they are derived from."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from pointsgrid.language.tree import Expression
from pointsgrid.loading.reader import Reader
from pointsgrid.loading.types import choice_type, places_of, read_meta
from pointsgrid.loading.values import Library, read_value
from pointsgrid.loading.vocabulary import Vocabulary, condition
from pointsgrid.model import TEXT, FactDef, Text, Type
from pointsgrid.problems import did_you_mean

FACT_TYPES = ("integer", "decimal", "money", "yes_no", "choice", "multi_choice", "text", "code", "date")


def declare_facts(reader: Reader) -> dict[str, tuple[Reader, Type]]:
    """Return the type of every fact, before any expression is read (facts may be used before they are written)."""
    found = {}
    for name, inner in reader.named("facts"):
        found[name] = (inner, _fact_type(inner))
    return found


def _fact_type(reader: Reader) -> Type:
    word = reader.required("type", f"Use one of {', '.join(FACT_TYPES)}.")
    if word is not None and word not in FACT_TYPES:
        reader.report(f"There is no fact type {word}.", _type_meant(str(word)), "type")
        for key in ("range", "places", "options", "ordered"):  # of whatever type was meant
            reader.raw(key)
        return TEXT
    low, high = _range(reader)
    if word in ("decimal", "money"):
        return Type("decimal", places=places_of(reader, 2), low=low, high=high)
    if word in ("choice", "multi_choice"):
        return choice_type(reader, word, ())
    return Type(str(word or "text"), low=low, high=high)


def _type_meant(word: str) -> str:
    near = {
        "number": "integer",
        "boolean": "yes_no",
        "bool": "yes_no",
        "float": "decimal",
        "string": "text",
        "int": "integer",
    }
    return f"Did you mean {near[word]}?" if word in near else did_you_mean(word, FACT_TYPES)


def _range(reader: Reader) -> tuple[Any, Any]:
    value = reader.raw("range")
    if value is None:
        return None, None
    ends = value if isinstance(value, list) and len(value) == 2 else None
    if ends is None or not all(isinstance(end, (int, Decimal)) for end in ends) or ends[0] > ends[1]:
        found = f", not {value!r}" if not isinstance(value, list) else f", not [{', '.join(map(str, value))}]"
        reader.report(f"range must be two numbers, the lowest first{found}.", "Write range: [0, 12].", "range")
        return None, None
    return ends[0], ends[1]


def read_fact(name: str, reader: Reader, kind: Type, names: Vocabulary, library: Library) -> FactDef:
    value = reader.raw("value")
    return FactDef(
        key=name,
        type=kind,
        label=reader.label("label", needed=True),
        unit=reader.label("unit"),
        option_labels=_option_labels(reader, kind),
        value=None if value is None else read_value(reader, value, kind, names, library),
        applies_when=_applies(reader, names),
        meta=read_meta(reader),
        line=reader.document.line(reader.path),
        file=reader.document.file,
    )


def _applies(reader: Reader, names: Vocabulary) -> Expression | None:
    value = reader.raw("applies_when")
    return None if value is None else condition(reader, names, "applies_when", value=value)


def _option_labels(reader: Reader, kind: Type) -> dict[str, Text]:
    value = reader.raw("options")
    if not isinstance(value, dict):
        return {}
    inner = Reader(reader.document, reader.problems, (*reader.path, "options"), value)
    return {option: inner.label(option, needed=True) for option in kind.options}
