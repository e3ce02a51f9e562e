"""What a table looks at."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from pointsgrid.language.tree import Name
from pointsgrid.loading.context import Context
from pointsgrid.loading.reader import Reader
from pointsgrid.loading.tables import group_rows
from pointsgrid.loading.vocabulary import expression
from pointsgrid.model import Input, Text


def read_input(reader: Reader, context: Context, value: Any, *keys: str | int) -> Input | None:
    """Return what a table looks at, written as an expression or as {value, groups}."""
    groups: Any = None
    if isinstance(value, dict):
        inner = Reader(reader.document, reader.problems, (*reader.path, *keys), value)
        groups = inner.child("groups")
        text = inner.required("value", "Write {value: fact, groups: {…}}.")
        inner.done()
        keys = (*keys, "value")
    else:
        text = value
    found = expression(reader, context.names, *keys, value=text)
    if found is None:
        return None
    tree, kind = found
    if kind.kind not in ("integer", "decimal", "choice", "yes_no", "code", "text"):
        remedy = _INSTEAD.get(kind.kind, "Derive a number, a choice or a yes/no from it.")
        reader.report(f"A table cannot look at a {kind}.", remedy, *keys)
        return None
    fact = context.facts.get(tree.key) if isinstance(tree, Name) else None
    made = Input(
        tree,
        kind,
        (),
        fact.label if fact else Text(),
        fact.unit if fact else Text(),
        fact.option_labels if fact else {},
    )
    return replace(made, groups=group_rows(groups, made)) if groups is not None else made


_INSTEAD = {
    "date": "Write cases: with conditions such as day < date('2020-01-01'), or look at completed_years(day, on.…).",
    "ratio": "Wrap the division: floor(a / b), round_down(a / b, 2) or percent(a, b).",
    "choices": "Look at contains(choices, 'option'), or count_true(…) of several.",
}


def read_inputs(reader: Reader, context: Context) -> tuple[Input, ...]:
    if reader.has("of") == reader.has("each"):
        reader.report("The table needs either of: (one fact) or each: (a list of facts).", "Write of: age.")
        return ()
    if reader.has("of"):
        found = [read_input(reader, context, reader.raw("of"), "of")]
    else:
        listed = reader.raw("each")
        if not isinstance(listed, list):
            reader.report("each must be a list of facts.", "Write each: [listening, reading].", "each")
            return ()
        found = [read_input(reader, context, item, "each", position) for position, item in enumerate(listed)]
    inputs = tuple(item for item in found if item is not None)
    if len({(item.type.kind, item.type.options, item.type.places) for item in inputs}) > 1:
        reader.report(
            "The facts under each: are of different types.", "They share one table, so they must be alike.", "each"
        )
    return inputs
