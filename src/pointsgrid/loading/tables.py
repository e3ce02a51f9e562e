"""Bands and look-ups: rows of a table over one input, with their overlaps and gaps."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from decimal import ROUND_CEILING, ROUND_FLOOR, Decimal
from typing import Any

from pointsgrid.language.tree import Apply, Expression, Literal, Name
from pointsgrid.loading.context import Context, amounts, otherwise_row
from pointsgrid.loading.reader import Reader
from pointsgrid.loading.types import read_meta
from pointsgrid.model import Amounts, Input, Meta, Row, Type
from pointsgrid.problems import PackProblem, did_you_mean
from pointsgrid.yamltext import dotted

_ENDS = ("at_least", "more_than", "at_most", "below", "is")
VALUE = Name("value")
"""Inside the points of a table, the value being looked up."""


def bands(reader: Reader, context: Context, given: Input, meta: Meta) -> tuple[Row, ...]:
    """Return the rows of ``bands:`` over a number; overlaps and gaps are reported."""
    target = given
    if given.groups or not given.type.numeric:
        reader.raw("bands")
        reader.report(
            f"bands are for numbers, and this is a {'group' if given.groups else given.type}.", "Use lookup:.", "bands"
        )
        return ()
    rows = []
    for inner in reader.children("bands"):
        low, high = interval(inner, target.type)
        points = _row_points(inner, context, target.type, low)
        rows.append(_row(inner, points, meta, low=low, high=high, below=inner.has("below")))
    rest = otherwise_row(reader, context, meta, target.type)
    check_cover(reader, "bands", target.type, rows, covered=rest is not None)
    return (*rows, *([rest] if rest else []))


def _row(reader: Reader, points: Amounts, meta: Meta, **extra: Any) -> Row:
    row = Row(
        points,
        label=reader.label("label"),
        meta=read_meta(reader, meta),
        line=reader.document.line(reader.path),
        path=dotted(reader.path),
        **extra,
    )
    reader.done()
    return row


def _row_points(reader: Reader, context: Context, kind: Type, low: int | None) -> Amounts:
    if reader.has("steps") == reader.has("points"):
        reader.report("The row needs either points or steps.", "Write points: 25.")
        reader.raw("points"), reader.raw("steps")
        return (0,) * len(context.columns.names)
    if reader.has("points"):
        return amounts(reader, "points", context, kind) or (0,)
    return (_steps(reader, context, kind, low),) * len(context.columns.names)


def _steps(reader: Reader, context: Context, kind: Type, low: int | None) -> Expression:
    """first + add * floor((value - start) / every), kept within not_under and not_over."""
    inner = reader.child("steps")
    assert inner is not None
    start = inner.number("start")
    if start is None:
        if low is None:
            inner.report("The steps have no start.", "Add start:, or give the band at_least.")
        start = Decimal(low or 0).scaleb(-kind.places)
    every, add, first = inner.number("every"), inner.number("add"), inner.number("first")
    if every is None or every <= 0 or add is None:
        inner.report(
            "steps needs every: (a width over 0) and add: (points a step).",
            "Write steps: {every: 1.00, add: 1, first: 1}.",
        )
        return Literal(0)
    tree: Expression = Apply("floor", (Apply("/", (Apply("-", (VALUE, Literal(start))), Literal(every))),))
    tree = Apply("+", (Literal(first or 0), Apply("*", (Literal(add), tree))))
    for key, op in (("not_under", "highest"), ("not_over", "lowest")):
        limit = inner.number(key)
        if limit is not None:
            tree = Apply(op, (tree, Literal(limit)))
    inner.done()
    return tree


def interval(reader: Reader, kind: Type) -> tuple[int | None, int | None]:
    """Return the closed interval of a band in the smallest unit of its input; None is an open end."""
    if not any(reader.has(key) for key in _ENDS):
        reader.report(
            "The band has no end.", "Use at_least, more_than, at_most, below or is; below: 18 has an open lower end."
        )
        return None, None
    exact = reader.number("is")
    if exact is not None:
        whole = _unit(exact, kind, ROUND_FLOOR)
        if Decimal(whole) != Decimal(exact).scaleb(kind.places):
            reader.report(f"{exact} has more places than the fact ({kind.places}).", "Add places: to the fact.", "is")
        return whole, whole
    low = _lower(reader, kind)
    high = _upper(reader, kind)
    if low is not None and high is not None and low > high:
        reader.report("The band is empty: its lower end is above its upper end.", "Swap the ends.")
        return low, low
    return low, high


def _lower(reader: Reader, kind: Type) -> int | None:
    least, over = reader.number("at_least"), reader.number("more_than")
    if least is not None:
        return _unit(least, kind, ROUND_CEILING)
    return None if over is None else _unit(over, kind, ROUND_FLOOR) + 1


def _upper(reader: Reader, kind: Type) -> int | None:
    most, under = reader.number("at_most"), reader.number("below")
    if most is not None:
        return _unit(most, kind, ROUND_FLOOR)
    return None if under is None else _unit(under, kind, ROUND_CEILING) - 1


def _unit(value: int | Decimal, kind: Type, rounding: str) -> int:
    return int(Decimal(value).scaleb(kind.places).to_integral_value(rounding))


def domain(kind: Type) -> tuple[int | None, int | None]:
    """Return the smallest and largest value an input can have, in its smallest unit."""
    low = None if kind.low is None else _unit(kind.low, kind, ROUND_CEILING)
    high = None if kind.high is None else _unit(kind.high, kind, ROUND_FLOOR)
    return low, high


def check_cover(reader: Reader, key: str, kind: Type, rows: Sequence[Row], *, covered: bool, name: str = "") -> None:
    """Report bands that overlap, values that match none, and bands outside the range of the fact."""
    lowest, highest = domain(kind)
    known = [row for row in rows if not (row.low is None and row.high is None)]
    ordered = sorted(known, key=lambda row: (row.low is not None, row.low or 0))
    edge = lowest
    open_below, closed = lowest is None, False
    gaps: list[tuple[int | None, int | None]] = []
    for position, row in enumerate(ordered):
        _outside(reader, key, row, kind, lowest, highest)
        previous = ordered[position - 1] if position else None
        if previous is not None and (previous.high is None or row.low is None or row.low <= previous.high):
            _overlap(reader, key, previous, row, kind)
        elif row.low is not None and (open_below or (edge is not None and row.low > edge)):
            gaps.append((None if open_below else edge, row.low - 1))
        open_below = False
        edge = row.high + 1 if row.high is not None and (edge is None or row.high + 1 > edge) else edge
        if row.high is None:
            edge, closed = None, True
    if not closed and edge is not None and (highest is None or edge <= highest):
        gaps.append((edge, highest))
    if covered and ordered and not gaps:
        reader.report("otherwise can never match: the rows cover every value.", "Remove otherwise.", "otherwise")
    for low, high in gaps if not covered else []:
        _gap(reader, key, low, high, kind)


def _outside(reader: Reader, key: str, row: Row, kind: Type, lowest: int | None, highest: int | None) -> None:
    above = highest is not None and row.low is not None and row.low > highest
    below = lowest is not None and row.high is not None and row.high < lowest
    if above or below:
        reader.problems.append(
            _problem(
                reader,
                row,
                f"The row can never match: the fact is from {kind.low} to {kind.high}.",
                "Remove the row, or widen range: of the fact.",
            )
        )


def _problem(reader: Reader, row: Row, problem: str, remedy: str) -> Any:
    return PackProblem(reader.document.file, row.line, row.path, problem, remedy)


def _overlap(reader: Reader, key: str, first: Row, second: Row, kind: Type) -> None:
    where = _shown(second.low, kind) if second.low is not None else "the lower end"
    if first.low == second.low and first.high == second.high and first.amounts != second.amounts:
        text = f"Two rows have the same condition and different points (the other is on line {first.line})."
        reader.problems.append(_problem(reader, second, text, "Keep the one the source gives."))
        return
    text = f"The bands overlap at {where}: this row and the one on line {first.line} both match."
    reader.problems.append(
        _problem(reader, second, text, f"End the first with below: {where}, or begin this one later.")
    )


def _gap(reader: Reader, key: str, low: int | None, high: int | None, kind: Type) -> None:
    if low is None:
        shown = f"under {_shown((high or 0) + 1, kind)}"
    elif high is None:
        shown = f"from {_shown(low, kind)} up"
    else:
        shown = _shown(low, kind) if low == high else f"from {_shown(low, kind)} to {_shown(high, kind)}"
    reader.report(f"The bands leave a gap: values {shown} match no row.", "Add a row for them, or otherwise: 0.", key)


def _shown(value: int | None, kind: Type) -> str:
    return str(Decimal(value or 0).scaleb(-kind.places)) if kind.places else str(value)


# --- look-ups --------------------------------------------------------------------------------------------------------


def lookup(reader: Reader, context: Context, given: Input, meta: Meta) -> tuple[Row, ...]:
    """Return the rows of ``lookup:``; every option must have exactly one row, or ``otherwise:``."""
    rows = (
        _listed(reader, context, given, meta)
        if isinstance(reader.raw("lookup"), list)
        else _mapped(reader, context, given, meta)
    )
    rest = otherwise_row(reader, context, meta, given.type)
    if given.type.numeric and not given.groups:
        check_cover(reader, "lookup", given.type, rows, covered=rest is not None)
    else:
        _check_options(reader, options_of(given), rows, rest)
    return (*rows, *([rest] if rest else []))


def options_of(given: Input) -> tuple[str, ...] | None:
    """Return what a look-up can be asked for: groups, options, yes/no; None when open (codes, text)."""
    if given.groups:
        return tuple(name for name, _ in given.groups)
    if given.type.kind == "yes_no":
        return ("no", "yes")
    return given.type.options if given.type.kind == "choice" else None


def _listed(reader: Reader, context: Context, given: Input, meta: Meta) -> list[Row]:
    rows = []
    for inner in reader.children("lookup"):
        value = inner.required("is", "Say which value the row is for: is: bachelor.")
        points = _row_points(inner, context, given.type, None)
        rows.extend(_look_up_rows(inner, given, value, points, meta))
    return rows


def _look_up_rows(reader: Reader, given: Input, value: Any, points: Amounts, meta: Meta) -> list[Row]:
    values = value if isinstance(value, list) else [value]
    if given.type.numeric and not given.groups:
        return [_row(reader, points, meta, **_single(reader, item, given.type)) for item in values]
    return [_row(reader, points, meta, match=tuple(_word(item) for item in values if _quoted(reader, item, given)))]


def _single(reader: Reader, item: Any, kind: Type) -> dict[str, Any]:
    if not isinstance(item, (int, Decimal)) or isinstance(item, bool):
        reader.report(f"{item!r} is not a number.", "Write the number without quotes.", "is")
        return {"low": 0, "high": 0}
    whole = _unit(item, kind, ROUND_FLOOR)
    return {"low": whole, "high": whole}


def _quoted(reader: Reader, item: Any, given: Input) -> bool:
    if given.type.kind in ("code", "text") and not isinstance(item, str):
        reader.report(f"The code {item} is written without quotes, so leading zeros would be lost.", f"Write '{item}'.")
        return False
    return True


def _word(item: Any) -> str:
    return {True: "yes", False: "no"}.get(item, str(item)) if isinstance(item, bool) else str(item)


def _mapped(reader: Reader, context: Context, given: Input, meta: Meta) -> list[Row]:
    inner = reader.child("lookup")
    rows: list[Row] = []
    if inner is None:
        return rows
    for key in inner.value:
        points = amounts(inner, key, context, given.type) or (0,)
        line = reader.document.line((*reader.path, "lookup", key))
        row = Row(
            points,
            meta=Meta(meta.source, meta.certainty, meta.evidence),
            line=line,
            path=dotted((*reader.path, "lookup", key)),
        )
        if given.type.numeric and not given.groups:
            rows.append(replace(row, **_single(reader, key, given.type)))
        elif _quoted(reader, key, given):
            rows.append(replace(row, match=(_word(key),)))
    return rows


def _check_options(reader: Reader, options: tuple[str, ...] | None, rows: Sequence[Row], rest: Row | None) -> None:
    seen: dict[str, Row] = {}
    for row in rows:
        for option in row.match:
            if options is not None and option not in options:
                reader.problems.append(
                    _problem(
                        reader,
                        row,
                        f"The row can never match: {option!r} is not one of the options.",
                        did_you_mean(option, options),
                    )
                )
            if option in seen:
                kind = "different points" if seen[option].amounts != row.amounts else "the same points"
                reader.problems.append(
                    _problem(
                        reader,
                        row,
                        f"Two rows are for {option!r} and give {kind} (the other is on line {seen[option].line}).",
                        "Keep one of them.",
                    )
                )
            seen.setdefault(option, row)
    if rest is not None:
        if options is not None and not set(options) - set(seen):
            reader.report("otherwise can never match: every option has its row.", "Remove otherwise.", "otherwise")
        return
    if options is None:
        reader.report("A look-up over codes needs otherwise:.", "Add otherwise: 0.", "lookup")
    else:
        missing = [option for option in options if option not in seen]
        if missing:
            reader.report(
                f"The look-up leaves a gap: no row for {', '.join(missing)}.",
                "Add the rows, or otherwise: 0.",
                "lookup",
            )


# --- groups ----------------------------------------------------------------------------------------------------------


def group_rows(reader: Reader, given: Input) -> tuple[tuple[str, tuple[Row, ...]], ...]:
    """Return, for each group, what belongs to it; together the groups must cover the input once."""
    found = []
    for name in reader.value:
        value = reader.raw(name)
        found.append((str(name), tuple(_member(reader, name, given, value))))
    rows = [row for _, members in found for row in members]
    if given.type.numeric:
        check_cover(reader, rows[0].path if rows else "", given.type, rows, covered=False)
    else:
        _check_options(Reader(reader.document, reader.problems, reader.path[:-1]), options_of(given), rows, None)
    return tuple(found)


def _member(reader: Reader, name: Any, given: Input, value: Any) -> list[Row]:
    line = reader.document.line((*reader.path, name))
    base = Row((), line=line, path=dotted((*reader.path, name)))
    if not given.type.numeric:
        values = value if isinstance(value, list) else [value]
        return [replace(base, match=tuple(_word(item) for item in values))]
    rows = []
    for position, item in enumerate(value if isinstance(value, list) else [value]):
        if isinstance(item, dict):
            path = (*reader.path, name, position) if isinstance(value, list) else (*reader.path, name)
            inner = Reader(reader.document, reader.problems, path, item)
            low, high = interval(inner, given.type)
            inner.done()
            rows.append(replace(base, low=low, high=high))
        else:
            rows.append(replace(base, **_single(reader, item, given.type)))
    return rows
