"""(grid, facts) to points: one person with an explanation, or a column of millions, by the same expressions."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import Any

import polars as pl

from pointsgrid.answers import NOT_APPLICABLE, BadValue, derive, parse_value
from pointsgrid.language.tree import names
from pointsgrid.model import FactDef, Factor, Grid, Text, Type
from pointsgrid.rules import Rules
from pointsgrid.scoring.columns import lower, truth
from pointsgrid.scoring.explain import Explainer
from pointsgrid.scoring.fitness import Unfit, unfit
from pointsgrid.scoring.frames import Frame, NotColumnar
from pointsgrid.scoring.plan import Plan, compile_grid
from pointsgrid.scoring.sheet import Line, ReplayDiffers, ScoreSheet, replay

__all__ = [
    "Line",
    "MissingFacts",
    "NotComputable",
    "ReplayDiffers",
    "ScoreSheet",
    "facts_used",
    "frame",
    "replay",
    "score",
    "score_frame",
    "unfit_values",
]


class MissingFacts(ValueError):
    """Facts that a grid needs are not answered. A blank is never quietly worth 0. ``facts`` names them."""

    def __init__(self, grid: str, facts: Iterable[str]) -> None:
        self.facts = tuple(facts)
        super().__init__(f"{grid} cannot be scored: {', '.join(self.facts)} not answered")


class NotComputable(ValueError):
    """The grid is known only in part; ``message`` says in both languages what to do instead."""

    def __init__(self, grid: str, message: Text) -> None:
        self.message = message
        super().__init__(f"{grid} cannot be computed: {message.en}")


def score(rules: Rules, grid_id: str, facts: Mapping[str, Any], *, partial: bool = False) -> ScoreSheet:
    """Return the explained points of one person.

    ``facts`` maps keys to values as ``answers.facts`` returns them; derived facts that are absent are worked out from those
    given. With ``partial`` a factor that hangs on a blank gives 0 and is marked ``not_answered``, for a person who is still
    filling in. Raises MissingFacts otherwise, NotComputable for a grid known in part, and BadValue.
    """
    grid = _computable(rules, grid_id)
    gate = score(rules, grid.gate, facts, partial=partial) if grid.gate else None
    used = facts_used(rules, grid_id)
    given = derive(rules, facts, used)
    values = {
        key: _in_range(key, parse_value(key, given.get(key), _types(rules)[key]), _types(rules)[key]) for key in used
    }
    plan = _plan(rules, grid, frozenset(key for key, value in values.items() if value == NOT_APPLICABLE))
    row = _run(plan, _one_row(rules, values))
    sheet = Explainer(rules, grid, plan, values, row, gate).sheet()
    if sheet.missing and not partial:
        raise MissingFacts(grid_id, sheet.missing)
    return sheet


def _in_range(key: str, value: Any, kind: Type) -> Any:
    """Return a number that lies in the declared range of its fact. Raises BadValue."""
    if not kind.numeric or not isinstance(value, (int, Decimal)):
        return value
    if (kind.low is not None and value < kind.low) or (kind.high is not None and value > kind.high):
        raise BadValue(key, value, kind)
    return value


def facts_used(rules: Rules, grid_id: str) -> tuple[str, ...]:
    """Return the facts that a grid looks at, in its order."""
    key = ("used", grid_id)
    if key not in rules.cache:
        rules.cache[key] = tuple(
            dict.fromkeys(name for factor in rules.grid(grid_id).root.walk() for name in factor_names(factor))
        )
    return rules.cache[key]


def factor_names(factor: Factor) -> Iterable[str]:
    """Return every name that a factor's inputs, conditions and amounts use, in order, repeats included."""
    trees: list[Any] = [item.expression for item in factor.inputs]
    trees += [factor.when, factor.requires, *factor.columns.conditions]
    for waiver in factor.waivers:
        trees += [waiver.when, *(waiver.gives or ())]
    for row in factor.rows:
        trees += [row.when, *row.amounts]
    for amounts in (factor.cap, factor.floor, factor.minimum):
        trees += list(amounts or ())
    return (name for tree in trees for name in names(tree if not isinstance(tree, int) else None) if name != "value")


def _computable(rules: Rules, grid_id: str) -> Grid:
    grid = rules.grid(grid_id)
    if not grid.computable:
        raise NotComputable(grid_id, grid.message)
    return grid


def _types(rules: Rules) -> dict[str, Type]:
    if "types" not in rules.cache:
        dates = {f"on.{name}": Type("date") for name in rules.reference_dates}
        rules.cache["types"] = {**rules.answers, **{key: fact.type for key, fact in rules.facts.items()}, **dates}
    return rules.cache["types"]


# --- one person ------------------------------------------------------------------------------------------------------

_DTYPES = {"integer": pl.Int64, "decimal": pl.Int64, "yes_no": pl.Boolean, "choice": pl.UInt8, "date": pl.Date}


def _plan(rules: Rules, grid: Grid, inapplicable: frozenset[str]) -> Plan:
    """Return the plan for one explained row; it differs only in which facts do not apply."""
    key = ("plan", grid.id, inapplicable)
    if key not in rules.cache:
        schema = {name: _One(rules, name).dtype for name in facts_used(rules, grid.id)}
        schema |= {f"{name}.na": pl.Boolean for name in inapplicable}
        rules.cache[key] = compile_grid(grid, _types(rules), schema, rules.lists, explain=True)
    return rules.cache[key]


class _One:
    """A fact as the single value of a column in canonical form."""

    def __init__(self, rules: Rules, key: str) -> None:
        self.kind = _types(rules)[key]
        decimal = self.kind.kind == "decimal"
        self.dtype: Any = pl.Decimal(38, self.kind.places) if decimal else _DTYPES.get(self.kind.kind, pl.String)
        if (
            self.kind.kind == "integer"
            and self.kind.low is not None
            and self.kind.high is not None
            and self.kind.low >= -128
            and self.kind.high <= 127
        ):
            self.dtype = pl.Int8

    def series(self, name: str, value: Any) -> pl.Series:
        if value == NOT_APPLICABLE or value is None:
            return pl.Series(name, [None], dtype=self.dtype)
        if self.kind.kind == "choice":
            return pl.Series(name, [self.kind.options.index(value)], dtype=pl.UInt8)
        return pl.Series(name, [value], dtype=self.dtype)


def _one_row(rules: Rules, values: Mapping[str, Any]) -> pl.DataFrame:
    columns = [_One(rules, key).series(key, value) for key, value in values.items()]
    columns += [pl.Series(f"{key}.na", [True]) for key, value in values.items() if value == NOT_APPLICABLE]
    return pl.DataFrame(columns) if columns else pl.DataFrame({"·": [0]})


def _run(plan: Plan, data: pl.DataFrame) -> dict[str, Any]:
    for stage in plan.stages:
        if stage:
            # One after the other: to hand a single row to other threads costs more than the work.
            data = data.with_columns_seq(**stage)
    return {name: value for name, value in data.row(0, named=True).items() if name.startswith("·")}


# --- many people -----------------------------------------------------------------------------------------------------


def score_frame(rules: Rules, grid_id: str, people: pl.LazyFrame, *, not_answered: int | None = None) -> pl.LazyFrame:
    """Return ``people`` with a column ``points.<factor>`` for every factor and ``points.total``, streaming.

    Columns are named as facts. Choices may be text, Enum or positions; decimals text, Decimal or whole; a column ``<fact>.na``
    marks where a fact is not applicable. Facts that are derived from other facts are worked out when their column is absent.
    A blank makes the factor and the total null, unless ``not_answered`` gives what to write instead of null.
    Raises MissingFacts when a column is absent and cannot be derived, NotComputable.
    """
    grid = _computable(rules, grid_id)
    people = _derived(rules, grid_id, people)
    plan = compile_grid(grid, _types(rules), people.collect_schema(), rules.lists, explain=False)
    before = people.collect_schema().names()
    for stage in plan.stages:
        if stage:
            people = people.with_columns(**stage)
    results = [_result(grid, plan.points[factor.id], factor.id, not_answered) for factor in grid.root.walk()]
    return people.select([*(pl.col(name) for name in before), *results])


def unfit_values(rules: Rules, grid_id: str, people: pl.LazyFrame) -> list[Unfit]:
    """Return the columns of ``people`` with values that the grid's facts cannot have; ``score_frame`` supposes none."""
    kinds = _types(rules)
    return unfit(people, {key: kinds[key] for key in facts_used(rules, grid_id)})


def _result(grid: Grid, column: str, factor: str, not_answered: int | None) -> pl.Expr:
    expr = pl.col(column) if not_answered is None else pl.col(column).fill_null(not_answered)
    if grid.places:
        expr = expr.cast(pl.Decimal(38, grid.places)) / pl.lit(Decimal(10**grid.places), dtype=pl.Decimal(38, 0))
    return expr.alias(f"points.{factor}")


def _derived(rules: Rules, grid_id: str, people: pl.LazyFrame) -> pl.LazyFrame:
    """Add the columns of absent facts that follow from columns at hand."""
    present = set(people.collect_schema().names())
    wanted, absent = list(facts_used(rules, grid_id)), []
    needed: dict[str, None] = {}
    while wanted:
        key = wanted.pop()
        if key in present or key in needed:
            continue
        fact = rules.facts.get(key)
        if fact is None or not _columnar(fact):
            absent.append(key)
            continue
        needed[key] = None
        wanted += [*names(fact.value), *names(fact.applies_when)]
    if absent:
        raise MissingFacts(grid_id, sorted(set(absent)))
    for key in rules.order:
        if key in needed:
            people = people.with_columns(**_fact_columns(rules, rules.facts[key], people))
    return _switched_off(rules, grid_id, people, present)


def _switched_off(rules: Rules, grid_id: str, people: pl.LazyFrame, given: set[str]) -> pl.LazyFrame:
    """Mark where given facts do not apply (``applies_when`` is no), as for one person; what is not known changes nothing."""
    schema = people.collect_schema()
    frame_, marks = Frame(_types(rules), schema, rules.lists), {}
    for key in facts_used(rules, grid_id):
        fact = rules.facts.get(key)
        if (
            key not in given
            or fact is None
            or fact.applies_when is None
            or not set(names(fact.applies_when)) <= set(schema)
        ):
            continue
        mark = ~truth(lower(fact.applies_when, frame_)).fill_null(True)
        marks[f"{key}.na"] = mark | pl.col(f"{key}.na") if f"{key}.na" in schema else mark
    return people.with_columns(**marks) if marks else people


def _columnar(fact: FactDef) -> bool:
    from pointsgrid.language.tree import Expression

    return isinstance(fact.value, Expression)


def _fact_columns(rules: Rules, fact: FactDef, people: pl.LazyFrame) -> dict[str, pl.Expr]:
    frame_ = Frame(_types(rules), people.collect_schema(), rules.lists)
    try:
        column = lower(fact.value, frame_)
        found, na = column.expr, column.na
        if fact.applies_when is not None:
            test = lower(fact.applies_when, frame_).expr
            na = ~test.fill_null(True) if na is None else na | ~test.fill_null(True)
            found = pl.when(test).then(found)
    except NotColumnar as error:
        raise MissingFacts("the grid", [fact.key]) from error
    if column.kind == "text" and fact.type.kind == "choice":
        found = found.cast(pl.Enum(fact.type.options))
    if fact.type.kind == "decimal":
        scaled = found.cast(pl.Decimal(38, fact.type.places))
        found = scaled / pl.lit(Decimal(10**column.scale), dtype=pl.Decimal(38, 0)) if column.scale else scaled
    return {fact.key: found} | ({f"{fact.key}.na": na.fill_null(False)} if na is not None else {})


def frame(rules: Rules, people: Iterable[Mapping[str, Any]]) -> pl.DataFrame:
    """Return flat facts of several people (as ``answers.facts`` gives them) as a frame for ``score_frame``."""
    listed = list(people)
    columns: list[pl.Series] = []
    for key, fact in rules.facts.items():
        values = [parse_value(key, person.get(key), fact.type) for person in listed]
        marks = [value == NOT_APPLICABLE for value in values]
        dtype: Any = pl.Enum(fact.type.options) if fact.type.kind == "choice" else _One(rules, key).dtype
        if fact.type.kind == "choices":
            continue
        columns.append(
            pl.Series(key, [None if mark else value for value, mark in zip(values, marks, strict=True)], dtype=dtype)
        )
        if any(marks):
            columns.append(pl.Series(f"{key}.na", marks))
    return pl.DataFrame(columns)
