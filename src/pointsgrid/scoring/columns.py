"""The meaning of every operator for columns of people: expression trees to polars expressions.

Numbers are whole numbers in the smallest unit of their type (cents for money), choices are positions among their options, null is
*not answered*. What may be *not applicable* carries a second, boolean column. Nothing here rounds or uses floating point.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import reduce
from typing import Any

import polars as pl

from pointsgrid.language.tree import Apply, Expression, Literal, Name
from pointsgrid.scoring.frames import Column, Frame, NotColumnar


def lower(tree: Expression, frame: Frame, value: Expression | None = None) -> Column:
    """Return the columns of ``tree``; ``value`` is what the name ``value`` stands for. Raises NotColumnar."""
    if isinstance(tree, Literal):
        return _literal(tree.value)
    if isinstance(tree, Name):
        if tree.key == "value" and value is not None:
            return lower(value, frame)
        return frame.column(tree.key)
    assert isinstance(tree, Apply)
    if tree.op in ("in list", "not in list"):
        return _listed(tree, frame, value)
    if tree.op not in COLUMNAR:
        raise NotColumnar(tree.op)
    return COLUMNAR[tree.op](*(lower(argument, frame, value) for argument in tree.args))


def _literal(value: Any) -> Column:
    if isinstance(value, bool):
        return Column(pl.lit(value), "bool", constant=value)
    if isinstance(value, int):
        return Column(pl.lit(value, dtype=pl.Int64 if abs(value) > 2**31 - 1 else pl.Int32), "number", constant=value)
    if isinstance(value, Decimal):
        places = max(0, -int(value.as_tuple().exponent))
        return Column(
            pl.lit(int(value.scaleb(places)), dtype=pl.Int64), "number", places, constant=int(value.scaleb(places))
        )
    if isinstance(value, date):
        return Column(pl.lit(value), "date", constant=value)
    if isinstance(value, tuple):
        return Column(pl.lit(0), "options", options=value, constant=value)
    return Column(pl.lit(value), "text", constant=value)


def either(*marks: pl.Expr | None) -> pl.Expr | None:
    present = [mark for mark in marks if mark is not None]
    return reduce(lambda a, b: a | b, present) if present else None


def ternary(test: pl.Expr, then: pl.Expr, other: pl.Expr) -> pl.Expr:
    """Return ``then`` where the test is true, ``other`` where false, null where it is null."""
    return pl.when(test).then(then).when(~test).then(other)


def truth(column: Column) -> pl.Expr:
    """Return a condition's column: "not applicable" counts as no."""
    return column.expr if column.na is None else column.expr & ~column.na


def _at_scale(column: Column, scale: int) -> pl.Expr:
    if column.scale == scale:
        return column.expr
    if column.constant is not None:
        return pl.lit(column.constant * 10 ** (scale - column.scale), dtype=pl.Int64)
    return column.expr.cast(pl.Int64) * 10 ** (scale - column.scale)


def _aligned(*columns: Column) -> tuple[int, list[pl.Expr]]:
    scale = max(column.scale for column in columns)
    return scale, [_at_scale(column, scale) for column in columns]


def _comparison(compare: Callable[[pl.Expr, pl.Expr], pl.Expr]) -> Callable[..., Column]:
    def apply(left: Column, right: Column) -> Column:
        if left.kind == "number":
            _, (a, b) = _aligned(left, right)
        else:
            a, b = left.expr, right.expr
        found, na = compare(a, b), either(left.na, right.na)
        return Column(found if na is None else found & ~na, "bool")

    return apply


def _in(column: Column, *options: Column) -> Column:
    tests = [_comparison(lambda a, b: a == b)(column, option).expr for option in options]
    return Column(reduce(lambda a, b: a | b, tests), "bool")


def _not_in(column: Column, *options: Column) -> Column:
    found = ~_in(column, *options).expr
    return Column(found if column.na is None else found & ~column.na, "bool")


def _listed(tree: Apply, frame: Frame, value: Expression | None) -> Column:
    code, name = lower(tree.args[0], frame, value), tree.args[1]
    assert isinstance(name, Literal)
    editions = [item for item in frame.lists if item.family == name.value]
    if len(editions) > 1:
        raise NotColumnar(f"the list {name.value} has several editions")
    item = editions[0]
    if item.pending:
        found = pl.lit(None, dtype=pl.Boolean)
    elif item.prefix:
        found = _begins(code.expr, item.codes) & ~_begins(code.expr, item.exceptions)
    else:
        found = code.expr.is_in(sorted(item.codes - item.exceptions))
    found = ~found if tree.op == "not in list" else found
    return Column(found if code.na is None else found & ~code.na, "bool")


def _begins(expr: pl.Expr, prefixes: frozenset[str]) -> pl.Expr:
    tests = [expr.str.starts_with(prefix) for prefix in sorted(prefixes)]
    return reduce(lambda a, b: a | b, tests) if tests else pl.lit(False)


def _and(*columns: Column) -> Column:
    return Column(reduce(lambda a, b: a & b, map(truth, columns)), "bool")


def _or(*columns: Column) -> Column:
    return Column(reduce(lambda a, b: a | b, map(truth, columns)), "bool")


def _count_true(*columns: Column) -> Column:
    return Column(reduce(lambda a, b: a + b, (truth(column).cast(pl.Int32) for column in columns)), "number")


def _answered(column: Column) -> Column:
    found = column.expr.is_not_null()
    return Column(found if column.na is None else found & ~column.na, "bool")


def _applicable(column: Column) -> Column:
    return Column(pl.lit(True) if column.na is None else ~column.na, "bool")


def _rank(column: Column, options: Column) -> Column:
    return Column(column.expr, "option", 0, column.na, options.options)


def _arithmetic(calculate: Callable[[pl.Expr, pl.Expr], pl.Expr]) -> Callable[..., Column]:
    def apply(left: Column, right: Column) -> Column:
        scale, (a, b) = _aligned(left, right)
        return Column(calculate(_wide(a), _wide(b)), "number", scale, either(left.na, right.na))

    return apply


def _wide(expr: pl.Expr) -> pl.Expr:
    return expr.cast(pl.Int64)


def _times(left: Column, right: Column) -> Column:
    return Column(_wide(left.expr) * _wide(right.expr), "number", left.scale + right.scale, either(left.na, right.na))


@dataclass(frozen=True, slots=True)
class _Ratio(Column):
    """A division not yet rounded: numerator and denominator at one scale."""

    under: pl.Expr | None = None


def _divide(left: Column, right: Column) -> Column:
    _, (a, b) = _aligned(left, right)
    return _Ratio(_wide(a), "ratio", 0, either(left.na, right.na), under=_wide(b))


def _quotient(column: Column, factor: int, half: bool = False) -> pl.Expr:
    """Return floor(column * factor) (rounding halves up on request); null where the divisor is 0."""
    over = column.expr.cast(pl.Int64) * factor
    under = column.under if isinstance(column, _Ratio) else pl.lit(10**column.scale, dtype=pl.Int64)
    assert under is not None
    if half:
        over, under = over * 2 + under, under * 2
    return pl.when(under != 0).then(over.floordiv(under))


def _floor(column: Column) -> Column:
    if column.kind == "number" and column.scale == 0:
        return column
    return Column(_quotient(column, 1), "number", 0, column.na)


def _rounded(half: bool) -> Callable[..., Column]:
    def apply(column: Column, places: Column) -> Column:
        return Column(_quotient(column, 10**places.constant, half), "number", places.constant, column.na)

    return apply


def _percent(part: Column, whole: Column) -> Column:
    return Column(_quotient(_divide(part, whole), 100), "number", 0, either(part.na, whole.na))


def _everywhere(columns: list[Column]) -> pl.Expr | None:
    """Return where none of several columns is applicable."""
    marks = [column.na for column in columns if column.na is not None]
    return reduce(lambda a, b: a & b, marks) if len(marks) == len(columns) else None


def _options_of(columns: tuple[Column, ...]) -> tuple[str, ...]:
    return next((column.options for column in columns if column.options), ())


def _same(columns: tuple[Column, ...]) -> tuple[int, list[Column], tuple[str, ...]]:
    """Bring columns to one scale, and fixed options to their positions."""
    options = _options_of(columns)
    if options:
        fixed = [
            Column(pl.lit(options.index(c.constant), dtype=pl.UInt8), "option", options=options)
            if c.kind == "text"
            else c
            for c in columns
        ]
        return 0, fixed, options
    if columns[0].kind != "number":
        return 0, list(columns), ()
    scale, exprs = _aligned(*columns)
    return scale, [Column(e, "number", scale, c.na) for e, c in zip(exprs, columns, strict=True)], ()


def _pick(choose: Callable[..., pl.Expr]) -> Callable[..., Column]:
    def apply(*columns: Column) -> Column:
        scale, same, options = _same(columns)
        present = [c.expr if c.na is None else pl.when(~c.na).then(c.expr) for c in same]
        unknown = either(*(c.expr.is_null() if c.na is None else c.expr.is_null() & ~c.na for c in same))
        found = pl.when(~unknown).then(choose(*present)) if unknown is not None else choose(*present)
        na = _everywhere(same)
        return Column(found, same[0].kind, scale, na, options)

    return apply


def _pick_option(choose: Callable[..., pl.Expr]) -> Callable[..., Column]:
    return lambda *columns: _pick(choose)(*columns[:-1])


def _if(test: Column, then: Column, other: Column) -> Column:
    scale, (a, b), options = _same((then, other))
    marks = [pl.lit(False) if c.na is None else c.na for c in (a, b)]
    na = ternary(truth(test), marks[0], marks[1]).fill_null(False) if a.na is not None or b.na is not None else None
    return Column(ternary(truth(test), a.expr, b.expr), a.kind, scale, na, options)


def _first_known(*columns: Column) -> Column:
    scale, same, options = _same(columns)
    found = pl.coalesce([c.expr if c.na is None else pl.when(~c.na).then(c.expr) for c in same])
    na = _everywhere(same)
    return Column(found, same[0].kind, scale, na, options)


def _dates(calculate: Callable[..., pl.Expr]) -> Callable[..., Column]:
    def apply(*columns: Column) -> Column:
        return Column(calculate(*(column.expr for column in columns)), "number", 0, either(*(c.na for c in columns)))

    return apply


def _months(start: pl.Expr, end: pl.Expr) -> pl.Expr:
    years = end.dt.year() - start.dt.year()
    months = end.dt.month().cast(pl.Int32) - start.dt.month().cast(pl.Int32)
    short = (end.dt.day() < start.dt.day()).cast(pl.Int32)
    return (years * 12 + months - short).clip(lower_bound=0)


def _years(start: pl.Expr, end: pl.Expr) -> pl.Expr:
    return _months(start, end) // 12


def _digit(code: Column, position: Column) -> Column:
    return Column(code.expr.str.slice(position.constant - 1, 1).cast(pl.Int32, strict=False), "number", 0, code.na)


def _starts_with(code: Column, *prefixes: Column) -> Column:
    found = _begins(code.expr, frozenset(prefix.constant for prefix in prefixes))
    return Column(found if code.na is None else found & ~code.na, "bool")


def _date(text: Column) -> Column:
    return _literal(date.fromisoformat(text.constant))


COLUMNAR: Mapping[str, Callable[..., Column]] = {
    "==": _comparison(lambda a, b: a == b),
    "!=": _comparison(lambda a, b: a != b),
    "<": _comparison(lambda a, b: a < b),
    "<=": _comparison(lambda a, b: a <= b),
    ">": _comparison(lambda a, b: a > b),
    ">=": _comparison(lambda a, b: a >= b),
    "in": _in,
    "not in": _not_in,
    "and": _and,
    "or": _or,
    "not": lambda column: Column(~truth(column), "bool"),
    "count_true": _count_true,
    "answered": _answered,
    "applicable": _applicable,
    "rank": _rank,
    "if": _if,
    "first_known": _first_known,
    "lowest": _pick(pl.min_horizontal),
    "highest": _pick(pl.max_horizontal),
    "lowest option": _pick_option(pl.min_horizontal),
    "highest option": _pick_option(pl.max_horizontal),
    "+": _arithmetic(lambda a, b: a + b),
    "-": _arithmetic(lambda a, b: a - b),
    "*": _times,
    "/": _divide,
    "floor": _floor,
    "percent": _percent,
    "round_down": _rounded(False),
    "round_half_up": _rounded(True),
    "completed_months": _dates(_months),
    "completed_years": _dates(_years),
    "days_between": _dates(lambda start, end: (end - start).dt.total_days().clip(lower_bound=0)),
    "year": _dates(lambda day: day.dt.year()),
    "date": _date,
    "teer": lambda code: _digit(code, Column(pl.lit(2), "number", constant=2)),
    "digit": _digit,
    "starts_with": _starts_with,
}
