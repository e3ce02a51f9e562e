"""A grid as stages of column expressions: the one definition of what a grid means.

Each factor becomes a position in a table (``slot``) and the points found there, then its limits; sections add up. The stages
run over one row with an explanation or over millions without, and are the same expressions in both.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import reduce
from typing import Any

import polars as pl

from pointsgrid.language.tree import Expression
from pointsgrid.model import Amounts, CodeList, Columns, Factor, Grid, Input, Row, Type
from pointsgrid.scoring.columns import lower, ternary, truth
from pointsgrid.scoring.frames import Frame
from pointsgrid.scoring.slots import Slots, classify, exclusive, index_type, position_of, row_for, table

Stage = dict[str, pl.Expr]


@dataclass(slots=True)
class Plan:
    """Stages to run in order, and for each factor where to find what happened."""

    grid: Grid
    explain: bool
    stages: list[Stage] = field(default_factory=lambda: [{}])
    slot_rows: dict[str, tuple[int, ...]] = field(default_factory=dict)
    column_names: dict[Columns, str] = field(default_factory=dict)
    points: dict[str, str] = field(default_factory=dict)

    def add(self, stage: int, name: str, expr: pl.Expr) -> str:
        """Put a column into a stage (later stages see it) and return its name."""
        while len(self.stages) <= stage:
            self.stages.append({})
        self.stages[stage][name] = expr
        return name


class Compiler:
    """Turns one grid into a plan over the columns at hand."""

    def __init__(self, grid: Grid, frame: Frame, *, explain: bool) -> None:
        self.frame, self.plan, self.explain = frame, Plan(grid, explain), explain
        self.narrow: Any = pl.Int16 if largest(grid) < 30_000 else pl.Int32
        self.column_index: dict[Columns, pl.Expr] = {}

    def run(self) -> Plan:
        for columns in dict.fromkeys(factor.columns for factor in self.plan.grid.root.walk()):
            if len(columns.names) > 1:
                index = position_of(exclusive([truth(lower(tree, self.frame)) for tree in columns.conditions]))
                self.column_index[columns] = index
                self.plan.column_names[columns] = self.plan.add(0, f"·column{len(self.plan.column_names)}", index)
        self.factor(self.plan.grid.root)
        return self.plan

    # -- one factor --
    def factor(self, factor: Factor) -> int:
        """Add a factor and what is inside it; return the stage after which its points stand."""
        if factor.kind in ("sum", "best_of"):
            stage = 1 + max([0, *(self.factor(child) for child in factor.children)])
            raw = self._combined(factor)
        else:
            stage, raw = 2 if self.explain and calculated(factor) else 1, self._leaf(factor)
        limited = self._limited(factor, raw, stage)
        final = self._switched(factor, limited)
        self.plan.points[factor.id] = self.plan.add(
            stage, f"·p·{factor.id}", final.fill_null(0) if self.explain else final
        )
        if self.explain and factor.requires is not None:
            self.plan.add(0, f"·q·{factor.id}", truth(lower(factor.requires, self.frame)))
        return stage

    def _combined(self, factor: Factor) -> pl.Expr:
        parts = [pl.col(self.plan.points[child.id]) for child in factor.children]
        if not parts:
            return pl.lit(0, dtype=self.narrow)
        total = reduce(lambda a, b: a + b, parts)
        return total if factor.kind == "sum" else pl.max_horizontal(parts) + total * 0

    def _limited(self, factor: Factor, raw: pl.Expr, stage: int) -> pl.Expr:
        if factor.cap is None and factor.floor is None:
            return raw
        if self.explain:
            self.plan.add(stage, f"·r·{factor.id}", raw.fill_null(0))
        if factor.cap is not None:
            cap = self._amount(factor.cap, factor.columns)
            raw = pl.when(raw > cap).then(cap).otherwise(raw)
        if factor.floor is not None:
            floor = self._amount(factor.floor, factor.columns)
            raw = pl.when(raw < floor).then(floor).otherwise(raw)
        return raw

    def _switched(self, factor: Factor, points: pl.Expr) -> pl.Expr:
        """Apply waivers and ``when``; note the state for an explanation (0 counted, 1 not applicable, 2… waived)."""
        state = pl.lit(0, dtype=pl.Int8)
        for position, waiver in reversed(list(enumerate(factor.waivers))):  # the first that holds decides
            test = truth(lower(waiver.when, self.frame))
            gives = pl.lit(0, dtype=self.narrow) if waiver.gives is None else self._amount(waiver.gives, factor.columns)
            points = ternary(test, gives, points)
            state = ternary(test, pl.lit(2 + position, dtype=pl.Int8), state)
        if factor.when is not None:
            test = truth(lower(factor.when, self.frame))
            points = ternary(test, points, pl.lit(0, dtype=self.narrow))
            state = ternary(test, state, pl.lit(1, dtype=pl.Int8))
        if self.explain and (factor.waivers or factor.when is not None):
            self.plan.add(0, f"·s·{factor.id}", state.fill_null(-1))
        return points

    # -- numbers by column --
    def _amount(self, amounts: Amounts, columns: Columns) -> pl.Expr:
        """Return the number for a person's column."""
        if len(set(amounts)) == 1:
            return self._one(amounts[0])
        index = pl.col(self.plan.column_names[columns])
        if all(isinstance(amount, int) for amount in amounts):
            return table(list(amounts), index, self.narrow)
        found: Any = pl.when(index == 0).then(self._one(amounts[0]))
        for position, amount in enumerate(amounts[1:], start=1):
            found = found.when(index == position).then(self._one(amount))
        return found

    def _one(self, amount: Any, value: Expression | None = None) -> pl.Expr:
        """Return a fixed number, or the points of an expression in the grid's smallest unit."""
        if isinstance(amount, int):
            return pl.lit(amount, dtype=self.narrow)
        column = lower(amount, self.frame, value)
        expr = column.expr.cast(pl.Int64) * 10 ** (self.plan.grid.places - column.scale)
        return (expr if column.na is None else pl.when(~column.na).then(expr).otherwise(0)).cast(self.narrow)

    # -- tables --
    def _leaf(self, factor: Factor) -> pl.Expr:
        if factor.kind in ("formula", "entered"):
            return self._formula(factor)
        if factor.kind == "cases":
            return self._cases(factor)
        if factor.kind == "matrix":
            return self._from_table(factor, 0, self._matrix(factor), None)
        parts = [
            self._from_table(factor, n, self._slots(item, factor.rows), item.expression)
            for n, item in enumerate(factor.inputs)
        ]
        return reduce(lambda a, b: a + b, parts)

    def _formula(self, factor: Factor) -> pl.Expr:
        found = self._amount(factor.rows[0].amounts, factor.columns)
        self._note(factor, 1, "i", found.is_null().cast(pl.Int8), (0,))
        self._note(factor, 1, "v", found.fill_null(0))
        return (
            found if factor.not_answered is None else found.fill_null(self._amount(factor.not_answered, factor.columns))
        )

    def _note(self, factor: Factor, stage: int, what: str, expr: pl.Expr, rows: tuple[int, ...] | None = None) -> None:
        """Keep a column for the explanation."""
        if self.explain:
            name = self.plan.add(stage, f"·{what}·{factor.id}·0", expr)
            if rows is not None:
                self.plan.slot_rows[name] = rows

    def _cases(self, factor: Factor) -> pl.Expr:
        """Return the points of the first case that holds, as the points of otherwise plus differences."""
        here = exclusive([truth(lower(row.when, self.frame)) for row in factor.rows if row.when is not None])
        slot = position_of(here).fill_null(len(here) + 1)
        self._note(factor, 0, "i", slot, tuple(range(len(here) + 1)))
        rest = self._row_amount(factor, len(factor.rows) - 1)
        found = rest
        for number, test in enumerate(here):
            amounts = factor.rows[number].amounts
            if amounts == factor.rows[-1].amounts:
                found = found + test.cast(self.narrow) * 0
            elif all(isinstance(amount, int) for amount in (*amounts, *factor.rows[-1].amounts)):
                change = tuple(a - b for a, b in zip(amounts, factor.rows[-1].amounts, strict=True))
                found = found + test.cast(self.narrow) * self._amount(change, factor.columns)
            else:
                found = ternary(test, self._row_amount(factor, number), found)
        self._note(factor, 1, "v", found.fill_null(0))
        return (
            found if factor.not_answered is None else found.fill_null(self._amount(factor.not_answered, factor.columns))
        )

    def _row_amount(self, factor: Factor, number: int) -> pl.Expr:
        return self._amount(factor.rows[number].amounts, factor.columns)

    def _from_table(self, factor: Factor, position: int, slots: Slots, value: Expression | None) -> pl.Expr:
        """Return the points at a slot; rows whose points are expressions are worked out where they are matched."""
        expr = slots.expr
        if self.explain or factor.not_answered is not None:
            expr = expr.fill_null(slots.unknown)
        if slots.na is not None:
            expr = pl.when(slots.na).then(pl.lit(slots.not_applicable, dtype=index_type(slots.size))).otherwise(expr)
        if self.explain:
            name = f"·i·{factor.id}·{position}"
            self.plan.slot_rows[name] = slots.rows
            expr = pl.col(self.plan.add(0, name, expr))
        found = self._looked_up(factor, slots, expr)
        for number, row in enumerate(factor.rows):
            by_column = len(set(row.amounts)) > 1
            for column, amount in enumerate(row.amounts):
                if not isinstance(amount, int) and (column == 0 or by_column):
                    here = self._is_row(slots, expr, number)
                    if by_column:
                        here = here & (pl.col(self.plan.column_names[factor.columns]) == column)
                    found = pl.when(here).then(self._one(amount, value)).otherwise(found)
        if self.explain and calculated(factor):
            return pl.col(self.plan.add(1, f"·v·{factor.id}·{position}", found))
        return found

    def _is_row(self, slots: Slots, expr: pl.Expr, row: int) -> pl.Expr:
        return table([int(item == row) for item in slots.rows] + [0, 0], expr, self.narrow) == 1

    def _looked_up(self, factor: Factor, slots: Slots, expr: pl.Expr) -> pl.Expr:
        values: list[list[int]] = []
        for column in range(len(factor.columns.names)):
            amounts = [row.amounts[column] if isinstance(row.amounts[column], int) else 0 for row in factor.rows]
            blank = [_fixed(factor.not_answered, column), _fixed(factor.not_applicable, column)]
            values.append([*(amounts[row] for row in slots.rows), *blank])
        if all(column == values[0] for column in values):
            return table(values[0], expr, self.narrow)
        flat = [amount for column in values for amount in column]
        return table(flat, expr.cast(index_type(len(flat))) + self._offset(factor.columns, slots.size), self.narrow)

    def _offset(self, columns: Columns, size: int) -> pl.Expr:
        """Return where a person's column begins in tables of that size laid end to end."""
        name = f"·offset·{size}·{self.plan.column_names[columns]}"
        if name not in self.plan.stages[0]:
            kind = index_type(size * len(columns.names))
            self.plan.add(0, name, self.column_index[columns].cast(kind) * pl.lit(size, dtype=kind))
        return pl.col(name)

    def _slots(self, given: Input, rows: Sequence[Row]) -> Slots:
        """Return the slots of one table over one input."""
        base = self._side(given) if given.groups else classify(self.frame, given, rows)
        if not given.groups:
            return base
        by_group = [row_for(name, rows) for name, _ in given.groups]
        return Slots(base.expr, tuple(by_group[group] for group in base.rows), base.na)

    def _side(self, given: Input) -> Slots:
        """Return the class of an input: its group, or its option."""
        if not given.groups:
            column = lower(given.expression, self.frame)
            return Slots(column.expr, tuple(range(len(given.type.options))), column.na)
        members = [(number, row) for number, (_, group) in enumerate(given.groups) for row in group]
        base = classify(self.frame, given, [row for _, row in members])
        return Slots(base.expr, tuple(members[position][0] for position in base.rows), base.na)

    def _matrix(self, factor: Factor) -> Slots:
        """Return one slot for every pair of values of the two inputs."""
        down, across = (self._side(given) for given in factor.inputs)
        width = len(across.rows)
        rows = tuple(first * len(factor.across) + second for first in down.rows for second in across.rows)
        marks = [side.na for side in (down, across) if side.na is not None]
        na = reduce(lambda a, b: a | b, marks) if marks else None
        kind = index_type(len(rows) + 2)
        return Slots(down.expr.cast(kind) * pl.lit(width, dtype=kind) + across.expr.cast(kind), rows, na)


def calculated(factor: Factor) -> bool:
    """Whether some points of the factor are worked out rather than written in its rows."""
    return any(not isinstance(amount, int) for row in factor.rows for amount in row.amounts)


def _fixed(amounts: Amounts | None, column: int) -> int:
    return amounts[column] if amounts is not None and isinstance(amounts[column], int) else 0


def largest(grid: Grid) -> int:
    """Return a bound on any number met while adding up, or a large one when points are calculated."""
    total = 0
    for factor in grid.root.walk():
        for amounts in [
            *(row.amounts for row in factor.rows),
            factor.cap or (),
            factor.floor or (),
            factor.not_answered or (),
            factor.not_applicable or (),
        ]:
            if any(not isinstance(amount, int) for amount in amounts):
                return 1_000_000
            total += max(map(abs, amounts), default=0) * max(1, len(factor.inputs))
    return total


def compile_grid(
    grid: Grid, types: Mapping[str, Type], schema: Mapping[str, Any], lists: tuple[CodeList, ...], *, explain: bool
) -> Plan:
    """Return the plan of a grid over a frame with that schema."""
    return Compiler(grid, Frame(types, schema, lists), explain=explain).run()
