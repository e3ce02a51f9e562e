"""Where a value stands in a table: a small whole number for every class of values, the same for one row and for millions."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import reduce
from typing import Any

import polars as pl

from pointsgrid.model import Input, Row, Type
from pointsgrid.scoring.columns import lower
from pointsgrid.scoring.frames import Column, Frame

DENSE = 8192
"""Widest span of values that becomes a plain table; wider ones are searched by threshold."""


@dataclass(frozen=True, slots=True)
class Slots:
    """A position for every class of input values, and the row of each; two more for unknown and not applicable."""

    expr: pl.Expr
    rows: tuple[int, ...]
    na: pl.Expr | None

    @property
    def size(self) -> int:
        return len(self.rows) + 2

    @property
    def unknown(self) -> int:
        return len(self.rows)

    @property
    def not_applicable(self) -> int:
        return len(self.rows) + 1


def row_for(option: str, rows: Sequence[Row]) -> int:
    rest = 0
    for number, row in enumerate(rows):
        if option in row.match:
            return number
        if row.otherwise:
            rest = number
    return rest


def classify(frame: Frame, given: Input, rows: Sequence[Row]) -> Slots:
    """Return the slots of rows over the values of an input (its groups are not looked at)."""
    column = lower(given.expression, frame)
    kind = given.type
    if kind.numeric:
        return _numeric(column, kind, rows)
    if kind.kind == "yes_no":
        return Slots(column.expr.cast(pl.UInt8), tuple(row_for(word, rows) for word in ("no", "yes")), column.na)
    if kind.kind == "choice":
        return Slots(column.expr, tuple(row_for(option, rows) for option in kind.options), column.na)
    codes = sorted({option for row in rows for option in row.match})
    expr = column.expr.replace_strict(
        codes, list(range(len(codes))), default=len(codes), return_dtype=index_type(len(codes) + 3)
    )
    return Slots(
        pl.when(column.expr.is_not_null()).then(expr),
        (*(row_for(code, rows) for code in codes), row_for("\0", rows)),
        column.na,
    )


def _numeric(column: Column, kind: Type, rows: Sequence[Row]) -> Slots:
    edges = sorted({edge for row in rows if not row.otherwise for edge in _edges(row)}) or [0]
    low, high = edges[0] - 1, edges[-1]
    if (
        kind.kind == "integer"
        and column.narrow
        and kind.low is not None
        and kind.low >= 0
        and kind.high is not None
        and kind.high < 125
    ):
        # The value is its own position. A value out of its declared range is out of the table, which is an error.
        direct = column.expr.cast(pl.UInt8, wrap_numerical=True)
        return Slots(direct, tuple(_row_at(value, rows) for value in range(int(kind.high) + 1)), column.na)
    if high - low < DENSE:
        values = tuple(_row_at(value, rows) for value in range(low, high + 1))
        expr = column.expr.cast(pl.Int64).clip(low, high) - low
        return Slots(expr.cast(index_type(len(values) + 2)), values, column.na)
    expr = reduce(lambda a, b: a + b, [(column.expr >= edge).cast(pl.UInt16) for edge in edges])
    values = tuple(_row_at(value, rows) for value in (low, *edges))
    return Slots(expr.cast(index_type(len(values) + 2)), values, column.na)


def _edges(row: Row) -> list[int]:
    """Return the first value of the row, and the first after it."""
    return ([row.low] if row.low is not None else []) + ([row.high + 1] if row.high is not None else [])


def _row_at(value: int, rows: Sequence[Row]) -> int:
    rest = 0
    for number, row in enumerate(rows):
        if row.otherwise:
            rest = number
        elif (row.low is None or row.low <= value) and (row.high is None or value <= row.high):
            return number
    return rest


def exclusive(tests: Sequence[pl.Expr]) -> list[pl.Expr]:
    """Return, for each test, that it is the first to hold; null where that is not known."""
    found, none_before = [], None
    for test in tests:
        found.append(test if none_before is None else none_before & test)
        none_before = ~test if none_before is None else none_before & ~test
    return found


def position_of(here: Sequence[pl.Expr]) -> pl.Expr:
    """Return which of several exclusive tests holds, their number if none does."""
    parts = [test.cast(pl.Int8) * pl.lit(position - len(here), dtype=pl.Int8) for position, test in enumerate(here)]
    return reduce(lambda a, b: a + b, parts, pl.lit(len(here), dtype=pl.Int8)).cast(pl.UInt8)


def index_type(size: int) -> Any:
    """Return the smallest type that holds positions in a table of that size."""
    return pl.UInt8 if size <= 256 else pl.UInt16 if size <= 65536 else pl.UInt32


def table(values: list[int], index: pl.Expr, kind: Any) -> pl.Expr:
    """Return the value at each index (null where the index is null)."""
    return pl.lit(pl.Series(values, dtype=kind)).gather(index)
