"""What a factor inherits while it is read, and the numbers, inputs and conditions it is made of."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from pointsgrid.language.tree import YES, Expression
from pointsgrid.loading.reader import Reader
from pointsgrid.loading.types import NOTHING_SAID, read_meta
from pointsgrid.loading.vocabulary import Vocabulary, condition, expression
from pointsgrid.model import SINGLE, Amounts, Columns, FactDef, Meta, Row, Type
from pointsgrid.problems import PackProblem
from pointsgrid.yamltext import Document, Path, dotted


@dataclass(frozen=True, slots=True)
class Shared:
    """A factor written once under factors/ for several grids."""

    document: Document
    path: Path
    value: Any


@dataclass(slots=True)
class Context:
    """What a factor inherits while it is read."""

    names: Vocabulary
    facts: Mapping[str, FactDef]
    shared: Mapping[str, Shared]
    problems: list[PackProblem]
    places: int = 0
    columns: Columns = SINGLE
    meta: Meta = NOTHING_SAID


def read_columns(reader: Reader, context: Context) -> Columns | None:
    inner = reader.child("columns")
    if inner is None:
        return None
    names_, conditions = list(inner.value), []
    for position, name in enumerate(names_):
        value = inner.raw(name)
        last = position == len(names_) - 1
        if (value == "otherwise") != last:
            inner.report(
                "Only the last column is `otherwise`, and it must be there.",
                'Write columns: {with_spouse: "condition", without_spouse: otherwise}.',
                name,
            )
        if not last:
            conditions.append(condition(inner, context.names, name, value=value) or YES)
    return Columns(tuple(map(str, names_)), tuple(conditions)) if len(names_) > 1 else None


def read_condition(reader: Reader, key: str, context: Context) -> Expression | None:
    value = reader.raw(key)
    return None if value is None else condition(reader, context.names, key, value=value)


def amounts(reader: Reader, key: str, context: Context, kind: Type | None = None) -> Amounts | None:
    """Return the number (or expression) under ``key`` for each column; None when absent."""
    value = reader.raw(key)
    if value is None:
        return None
    names = context.columns.names
    if not isinstance(value, dict):
        one = _amount(reader, value, context, kind, key)
        return (one,) * len(names)
    if names == ("",):
        reader.report(
            "The number has columns, but none are declared.", "Declare columns: on the factor or the grid.", key
        )
        return (0,)
    for name in [*names, *value]:
        if (name in names) != (name in value):
            problem = f"The column {name} has no number." if name in names else f"There is no column {name}."
            reader.report(problem, f"The columns are {', '.join(names)}.", key)
    return tuple(_amount(reader, value.get(name, 0), context, kind, key, name) for name in names)


def _amount(reader: Reader, value: Any, context: Context, kind: Type | None, *keys: str | int) -> Any:
    if isinstance(value, (int, Decimal)) and not isinstance(value, bool):
        scaled = Decimal(value).scaleb(context.places)
        if scaled == int(scaled):
            return int(scaled)
        reader.report(
            f"{value} has more places than the points of this grid.",
            "Add points_places: to the grid, or write whole points.",
            *keys,
        )
        return 0
    if not isinstance(value, str):
        reader.report(f"Points are expected here, not {value!r}.", "Write a number.", *keys)
        return 0
    if value.replace(".", "", 1).lstrip("-").isdigit():
        reader.report(f"Points are expected here, not the text {value!r}.", "Write the number without quotes.", *keys)
        return 0
    scope = context.names.inside({"value": kind}) if kind else context.names
    found = expression(reader, scope, *keys, value=value)
    if found and not (found[1].numeric and found[1].places <= context.places):
        reader.report(
            f"Points are whole numbers, and this is a {found[1]}.",
            "Wrap it in floor(…), or add points_places: to the grid.",
            *keys,
        )
    return found[0] if found else 0


def otherwise_row(reader: Reader, context: Context, meta: Meta, kind: Type | None) -> Row | None:
    """Return the row of ``otherwise:``, written as points or as {points, label}."""
    value = reader.raw("otherwise")
    if value is None:
        return None
    columned = isinstance(value, dict) and set(value) <= set(context.columns.names)
    inner = reader.child("otherwise") if isinstance(value, dict) and not columned else None
    if inner is None:
        found = amounts(reader, "otherwise", context, kind) or (0,)
        return Row(
            found,
            otherwise=True,
            meta=Meta(meta.source, meta.certainty),
            line=reader.document.line((*reader.path, "otherwise")),
        )
    row = Row(
        amounts(inner, "points", context, kind) or (0,),
        otherwise=True,
        label=inner.label("label"),
        meta=read_meta(inner, meta),
        line=reader.document.line(inner.path),
        path=dotted(inner.path),
    )
    inner.done()
    return row
