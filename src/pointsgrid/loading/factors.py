"""Factors: what every one may have, and the kinds of content one can hold."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from pointsgrid.language.tree import Apply, Literal
from pointsgrid.loading.context import Context, amounts, otherwise_row, read_columns, read_condition
from pointsgrid.loading.inputs import read_input, read_inputs
from pointsgrid.loading.reader import Reader
from pointsgrid.loading.tables import bands, lookup
from pointsgrid.loading.types import read_meta
from pointsgrid.loading.vocabulary import condition
from pointsgrid.model import Factor, Input, Meta, Row, Text, Waiver
from pointsgrid.problems import did_you_mean
from pointsgrid.yamltext import dotted

KINDS = ("factors", "best_of", "bands", "lookup", "cases", "bonus", "matrix", "formula", "entered")
YES_TEXT, NO_TEXT = Text("Yes", "Oui"), Text("No", "Non")


def read_children(reader: Reader, key: str, context: Context) -> tuple[Factor, ...]:
    return tuple(factor for inner in reader.children(key) if (factor := read_factor(inner, context)) is not None)


def read_factor(reader: Reader, context: Context) -> Factor | None:
    """Return one factor with everything inside it; None when it is not usable."""
    if reader.has("use"):
        return _used(reader, context)
    outer_columns, outer_meta = context.columns, context.meta
    context.columns = read_columns(reader, context) or context.columns
    meta = read_meta(reader, context.meta)
    context.meta = Meta(meta.source, meta.certainty)
    try:
        return _factor(reader, context, meta)
    finally:
        context.columns, context.meta = outer_columns, outer_meta


def _used(reader: Reader, context: Context) -> Factor | None:
    name = reader.text("use")
    shared = context.shared.get(name)
    extra = condition(reader, context.names, "when", value=reader.raw("when")) if reader.has("when") else None
    reader.done()
    if shared is None:
        reader.report(
            f"There is no shared factor {name}.",
            did_you_mean(name, context.shared, otherwise="Write it in a file under factors/."),
            "use",
        )
        return None
    factor = read_factor(Reader(shared.document, context.problems, shared.path, shared.value), context)
    return replace(factor, when=extra) if factor and extra is not None else factor


def _factor(reader: Reader, context: Context, meta: Meta) -> Factor | None:
    factor_id = reader.key("id", "Give every factor an id of its own.")
    kinds = [kind for kind in KINDS if reader.has(kind)]
    if len(kinds) != 1:
        found = "none" if not kinds else " and ".join(kinds)
        remedy = "Keep one, and put the other into a factor of its own." if kinds else "Say what gives its points."
        reader.report(f"A factor holds exactly one of {', '.join(KINDS)}; {factor_id} has {found}.", remedy)
        return None
    content = _CONTENT[kinds[0]](reader, context, meta)
    factor = Factor(
        id=factor_id,
        label=reader.label("label", needed=True),
        columns=context.columns,
        when=read_condition(reader, "when", context),
        waivers=_waivers(reader, context),
        maximum=amounts(reader, "max", context),
        published_max=amounts(reader, "published_max", context),
        cap=amounts(reader, "cap", context),
        floor=amounts(reader, "floor", context),
        minimum=amounts(reader, "minimum", context),
        requires=read_condition(reader, "requires", context),
        not_answered=amounts(reader, "not_answered", context),
        not_applicable=amounts(reader, "not_applicable", context),
        meta=meta,
        file=reader.document.file,
        line=reader.document.line(reader.path),
        path=dotted(reader.path),
        **content,
    )
    reader.done()
    return factor


def _waivers(reader: Reader, context: Context) -> tuple[Waiver, ...]:
    value = reader.raw("waive")
    readers = (
        reader.children("waive") if isinstance(value, list) else [inner for inner in [reader.child("waive")] if inner]
    )
    found = []
    for inner in readers:
        when = condition(inner, context.names, "when", value=inner.required("when", "Say when the factor is waived."))
        left_out = inner.raw("gives") == "left_out"
        gives = None if left_out else amounts(inner, "gives", context)
        if not left_out and gives is None:
            inner.report("A waiver says what it gives.", "Write gives: 20, or gives: left_out.")
        found.append(Waiver(when, gives, inner.label("label")))
        inner.done()
    return tuple(waiver for waiver in found if waiver.when is not None)


def _sum(reader: Reader, context: Context, meta: Meta) -> dict[str, Any]:
    return {"kind": "sum", "children": read_children(reader, "factors", context)}


def _best_of(reader: Reader, context: Context, meta: Meta) -> dict[str, Any]:
    return {"kind": "best_of", "children": read_children(reader, "best_of", context)}


def _table(kind: str) -> Any:
    def read(reader: Reader, context: Context, meta: Meta) -> dict[str, Any]:
        inputs = read_inputs(reader, context)
        if not inputs:
            reader.raw(kind), reader.raw("otherwise")
            return {"kind": kind}
        make = bands if kind == "bands" else lookup
        rows = make(reader, context, inputs[0], meta)
        return {"kind": kind, "inputs": inputs, "rows": rows}

    return read


def _cases(reader: Reader, context: Context, meta: Meta) -> dict[str, Any]:
    rows = [_case(inner, context, meta) for inner in reader.children("cases")]
    rest = otherwise_row(reader, context, meta, None)
    if rest is None:
        reader.report("cases needs otherwise:, the points when no case holds.", "Add otherwise: 0.")
    return {"kind": "cases", "rows": (*rows, *([rest] if rest else []))}


def _case(reader: Reader, context: Context, meta: Meta) -> Row:
    reader.required("points", "Say what the case gives.")
    row = Row(
        amounts=amounts(reader, "points", context) or (0,),
        when=read_condition(reader, "when", context),
        label=reader.label("label"),
        meta=read_meta(reader, meta),
        line=reader.document.line(reader.path),
        path=dotted(reader.path),
    )
    if not reader.has("when"):
        reader.report("The case has no condition.", "Add when:, or move it to otherwise:.")
    reader.done()
    return row if row.when is not None else replace(row, when=Literal(False))


def _bonus(reader: Reader, context: Context, meta: Meta) -> dict[str, Any]:
    inner = reader.child("bonus")
    assert inner is not None
    inner.required("when", "Say when the bonus is given.")
    inner.required("points", "Say how many points it gives.")
    when = read_condition(inner, "when", context) or Literal(False)
    given = amounts(inner, "points", context) or (0,)
    label = inner.label("label") or YES_TEXT
    inner.done()
    line = reader.document.line(inner.path)
    yes = Row(given, when=when, label=label, meta=meta, line=line, path=dotted(inner.path))
    no = Row((0,) * len(given), otherwise=True, label=NO_TEXT, meta=Meta(meta.source, meta.certainty), line=line)
    return {"kind": "cases", "rows": (yes, no)}


def _formula(reader: Reader, context: Context, meta: Meta) -> dict[str, Any]:
    found = amounts(reader, "formula", context) or (0,)
    row = Row(
        found, otherwise=True, meta=meta, line=reader.document.line((*reader.path, "formula")), path=dotted(reader.path)
    )
    return {"kind": "formula", "rows": (row,)}


def _entered(reader: Reader, context: Context, meta: Meta) -> dict[str, Any]:
    """Points an officer enters as a fact with a range."""
    inner = reader.child("entered")
    assert inner is not None
    found = read_input(inner, context, inner.required("fact", "Name the fact the officer enters."), "fact")
    low, high = inner.integer("from"), inner.integer("to")
    inner.done()
    if found is None:
        return {"kind": "entered"}
    if low is None or high is None or low > high or found.type.kind != "integer":
        inner.report(
            "Entered points need a whole-number fact and its range.",
            "Write entered: {fact: concept_rating, from: 0, to: 60}.",
        )
    tree = Apply("lowest", (Literal(high or 0), Apply("highest", (Literal(low or 0), found.expression))))
    row = Row(
        (tree,) * len(context.columns.names),
        otherwise=True,
        meta=meta,
        line=reader.document.line(inner.path),
        path=dotted(inner.path),
    )
    return {"kind": "entered", "inputs": (found,), "rows": (row,)}


def _matrix(reader: Reader, context: Context, meta: Meta) -> dict[str, Any]:
    inner = reader.child("matrix")
    assert inner is not None
    down = read_input(inner, context, inner.required("down", "Name what the rows of the matrix are."), "down")
    across = read_input(inner, context, inner.required("across", "Name what the columns of the matrix are."), "across")
    cells = inner.child("points")
    inner.done()
    if down is None or across is None or cells is None:
        if cells is None:
            inner.report("The matrix has no points.", "Write points: {row: {column: 13, …}, …}.")
        return {"kind": "matrix"}
    down_names, across_names = _classes(inner, down, "down"), _classes(inner, across, "across")
    rows = []
    _same_names(cells, down_names, "row")
    for name in down_names:
        line = cells.child(name)
        if line is None:
            continue
        _same_names(line, across_names, "column")
        for other in across_names:
            given = amounts(line, other, context) or (0,) * len(context.columns.names)
            rows.append(
                Row(
                    given,
                    match=(name, other),
                    meta=meta,
                    line=reader.document.line((*line.path, other)),
                    path=dotted(line.path),
                )
            )
    return {"kind": "matrix", "inputs": (down, across), "rows": tuple(rows), "down": down_names, "across": across_names}


def _same_names(cells: Reader, wanted: tuple[str, ...], what: str) -> None:
    for name in wanted:
        if not cells.has(name):
            cells.report(f"The matrix has no {what} {name}.", f"Its {what}s are {', '.join(wanted)}.")
    for name in cells.value:
        if name not in wanted:
            cells.report(f"There is no {what} {name} in the matrix.", f"Its {what}s are {', '.join(wanted)}.", name)


def _classes(reader: Reader, given: Input, key: str) -> tuple[str, ...]:
    if given.groups:
        return tuple(name for name, _ in given.groups)
    if given.type.kind == "choice":
        return given.type.options
    reader.report(
        f"A matrix over a {given.type} needs groups.",
        "Write {value: fact, groups: {low: {below: 7}, high: {at_least: 7}}}.",
        key,
    )
    return ()


_CONTENT: Mapping[str, Any] = {
    "factors": _sum,
    "best_of": _best_of,
    "bands": _table("bands"),
    "lookup": _table("lookup"),
    "cases": _cases,
    "bonus": _bonus,
    "matrix": _matrix,
    "formula": _formula,
    "entered": _entered,
}
