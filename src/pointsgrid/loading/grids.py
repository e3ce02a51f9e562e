"""grids/*.yaml and factors/*.yaml: factors, their tables, limits and columns."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any

from pointsgrid.language.tree import YES, Apply, Expression, Literal, Name
from pointsgrid.loading.facts import NOTHING_SAID, read_conditions, read_meta
from pointsgrid.loading.reader import Reader
from pointsgrid.loading.tables import bands, group_rows, lookup
from pointsgrid.loading.vocabulary import Vocabulary, condition, expression
from pointsgrid.model import (
    SINGLE,
    Amounts,
    Columns,
    FactDef,
    Factor,
    Grid,
    Input,
    Meta,
    Pool,
    Quota,
    Row,
    Text,
    Type,
    Waiver,
)
from pointsgrid.problems import PackProblem, did_you_mean
from pointsgrid.yamltext import Document, Path

KINDS = ("factors", "best_of", "bands", "lookup", "cases", "bonus", "matrix", "formula", "entered")
YES_TEXT, NO_TEXT = Text("Yes", "Oui"), Text("No", "Non")


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


def read_grid(reader: Reader, context: Context) -> Grid:
    """Return the grid of one file."""
    context.places = reader.integer("points_places") or 0
    grid_id = reader.key("grid", "Name the grid, with its year or edition.")
    meta = read_meta(reader)
    context.meta = Meta(meta.source, meta.certainty)
    context.columns = _columns(reader, context) or SINGLE
    computable = reader.flag("computable", default=True)
    root = _root(reader, context, computable)
    grid = Grid(
        id=grid_id,
        family=reader.text("family") or grid_id,
        label=reader.label("label", needed=True),
        in_force=reader.in_force(),
        root=root,
        status=reader.choice("status", ("official", "reconstructed", "draft"), "official"),
        computable=computable,
        message=reader.label("message"),
        places=context.places,
        pass_mark=amounts(reader, "pass_mark", context),
        gate=reader.text("gate"),
        pool=_pool(reader, context),
        known=tuple(reader.raw("known") or ()),
        meta=meta,
        file=reader.document.file,
    )
    if not computable and not grid.message:
        reader.report(
            "A grid that cannot be computed needs a message.", "Add message: {en: …, fr: …} telling what to do instead."
        )
    reader.done()
    return grid


def _root(reader: Reader, context: Context, computable: bool) -> Factor:
    children = _children(reader, "factors", context)
    if computable and not children:
        reader.report("The grid has no factors.", "Add factors:, or computable: false with a message.")
    if computable and not reader.has("max"):
        reader.report("The grid declares no max.", "Add max: the highest total, so that it can be checked.")
    return Factor(
        id="total",
        kind="sum",
        label=Text("Total", "Total"),
        children=children,
        columns=context.columns,
        maximum=amounts(reader, "max", context),
        cap=amounts(reader, "cap", context),
        floor=amounts(reader, "floor", context),
        published_max=amounts(reader, "published_max", context),
        file=reader.document.file,
        path="",
        line=reader.document.line(("max",)),
    )


def _pool(reader: Reader, context: Context) -> Pool:
    inner = reader.child("pool")
    if inner is None:
        return Pool()
    pool = Pool(
        ranked_by=inner.choice("ranked_by", ("points", "nothing"), "points"),
        tie_break=tuple(str(key) for key in inner.raw("tie_break") or ()),
        resubmission=inner.choice("resubmission", ("resets", "keeps"), "resets"),
        filters=read_conditions(inner, context.names, "filters"),
        quotas=tuple(_quota(item, context) for item in inner.children("quotas")),
        meta=read_meta(inner),
    )
    inner.done()
    return pool


def _quota(reader: Reader, context: Context) -> Quota:
    tree = condition(reader, context.names, "when", value=reader.required("when", "Say who the quota is for."))
    found = Quota(
        reader.key("id", "Name the quota."),
        reader.label("label", needed=True),
        tree,
        reader.integer("places"),
        reader.integer("percent"),
        read_meta(reader),
    )
    if (found.places is None) == (found.percent is None):
        reader.report("A quota has either places or percent.", "Keep one of the two.")
    reader.done()
    return found


def _columns(reader: Reader, context: Context) -> Columns | None:
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


def _children(reader: Reader, key: str, context: Context) -> tuple[Factor, ...]:
    return tuple(factor for inner in reader.children(key) if (factor := read_factor(inner, context)) is not None)


def read_factor(reader: Reader, context: Context) -> Factor | None:
    """Return one factor with everything inside it; None when it is not usable."""
    if reader.has("use"):
        return _used(reader, context)
    outer_columns, outer_meta = context.columns, context.meta
    context.columns = _columns(reader, context) or context.columns
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
        reader.report(f"A factor holds exactly one of {', '.join(KINDS)}; {factor_id} has {found}.", "")
        return None
    content = _CONTENT[kinds[0]](reader, context, meta)
    factor = Factor(
        id=factor_id,
        label=reader.label("label", needed=True),
        columns=context.columns,
        when=_when(reader, "when", context),
        waivers=_waivers(reader, context),
        maximum=amounts(reader, "max", context),
        published_max=amounts(reader, "published_max", context),
        cap=amounts(reader, "cap", context),
        floor=amounts(reader, "floor", context),
        minimum=amounts(reader, "minimum", context),
        requires=_when(reader, "requires", context),
        not_answered=amounts(reader, "not_answered", context),
        not_applicable=amounts(reader, "not_applicable", context),
        meta=meta,
        file=reader.document.file,
        line=reader.document.line(reader.path),
        path=_path(reader),
        **content,
    )
    reader.done()
    return factor


def _path(reader: Reader) -> str:
    from pointsgrid.yamltext import dotted

    return dotted(reader.path)


def _when(reader: Reader, key: str, context: Context) -> Expression | None:
    value = reader.raw(key)
    return None if value is None else condition(reader, context.names, key, value=value)


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


# --- amounts ---------------------------------------------------------------------------------------------------------


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


# --- inputs ----------------------------------------------------------------------------------------------------------


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
        reader.report(f"A table cannot look at a {kind}.", "Derive a number, a choice or a yes/no from it.", *keys)
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


def _inputs(reader: Reader, context: Context) -> tuple[Input, ...]:
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


# --- the kinds of content --------------------------------------------------------------------------------------------


def _sum(reader: Reader, context: Context, meta: Meta) -> dict[str, Any]:
    return {"kind": "sum", "children": _children(reader, "factors", context)}


def _best_of(reader: Reader, context: Context, meta: Meta) -> dict[str, Any]:
    return {"kind": "best_of", "children": _children(reader, "best_of", context)}


def _table(kind: str) -> Any:
    def read(reader: Reader, context: Context, meta: Meta) -> dict[str, Any]:
        inputs = _inputs(reader, context)
        if not inputs:
            reader.raw(kind), reader.raw("otherwise")
            return {"kind": kind}
        make = bands if kind == "bands" else lookup
        rows = make(reader, context, inputs[0], meta, amounts)
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
        when=_when(reader, "when", context),
        label=reader.label("label"),
        meta=read_meta(reader, meta),
        line=reader.document.line(reader.path),
        path=_path(reader),
    )
    if not reader.has("when"):
        reader.report("The case has no condition.", "Add when:, or move it to otherwise:.")
    reader.done()
    return row if row.when is not None else replace(row, when=Literal(False))


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
        path=_path(inner),
    )
    inner.done()
    return row


def _bonus(reader: Reader, context: Context, meta: Meta) -> dict[str, Any]:
    inner = reader.child("bonus")
    assert inner is not None
    inner.required("when", "Say when the bonus is given.")
    inner.required("points", "Say how many points it gives.")
    when = _when(inner, "when", context) or Literal(False)
    given = amounts(inner, "points", context) or (0,)
    label = inner.label("label") or YES_TEXT
    inner.done()
    line = reader.document.line(inner.path)
    yes = Row(given, when=when, label=label, meta=meta, line=line, path=_path(inner))
    no = Row((0,) * len(given), otherwise=True, label=NO_TEXT, meta=Meta(meta.source, meta.certainty), line=line)
    return {"kind": "cases", "rows": (yes, no)}


def _formula(reader: Reader, context: Context, meta: Meta) -> dict[str, Any]:
    found = amounts(reader, "formula", context) or (0,)
    row = Row(
        found, otherwise=True, meta=meta, line=reader.document.line((*reader.path, "formula")), path=_path(reader)
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
        path=_path(inner),
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
                    path=_path(line),
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
