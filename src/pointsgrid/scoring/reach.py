"""What a grid can reach: the highest and lowest points of every factor, column by column.

Exclusive factors are told apart by trying every combination of the choices and yes/no facts that switch factors on and off;
everything else is taken as free.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from functools import reduce
from itertools import islice, product
from math import floor
from typing import Any

from pointsgrid.language.evaluate import evaluate, truth
from pointsgrid.language.tree import Apply, Expression, Literal, Name, names
from pointsgrid.model import FactDef, Factor, Grid, Input, Row

Interval = tuple[Any, Any]
OPEN: Interval = (None, None)
COMBINATIONS = 4096


class _Case:
    """A scope in which some facts have a fixed value and the others are unknown."""

    def __init__(self, values: Mapping[str, Any]) -> None:
        self.values = values

    def value(self, key: str) -> Any:
        return self.values.get(key)

    def member(self, code: Any, name: str) -> bool | None:
        return None


def reaches(grid: Grid, facts: Mapping[str, FactDef]) -> dict[str, tuple[int | None, ...]]:
    """Return, for each factor (and ``total``), the highest points in each of its columns; None: no bound."""
    return _reaches(grid, facts, "")


def unlimited(grid: Grid, facts: Mapping[str, FactDef]) -> dict[str, tuple[int | None, ...]]:
    """Return what each factor would reach without its own cap and floor."""
    return _reaches(grid, facts, "raw ")


def _reaches(grid: Grid, facts: Mapping[str, FactDef], prefix: str) -> dict[str, tuple[int | None, ...]]:
    found: dict[str, list[Any]] = {}
    for factor in grid.root.walk():
        found[factor.id] = [_NEVER] * len(factor.columns.names)
        found[f"raw {factor.id}"] = [_NEVER] * len(factor.columns.names)
    for case in _cases(grid, facts):
        _walk(grid.root, case, _World(facts, grid.places), found)
    chosen = {
        key[len(prefix) :]: values
        for key, values in found.items()
        if key.startswith(prefix) and (prefix or not key.startswith("raw "))
    }
    return {key: tuple(0 if value is _NEVER else value for value in values) for key, values in chosen.items()}


_NEVER = object()


def _cases(grid: Grid, facts: Mapping[str, FactDef]) -> list[dict[str, Any]]:
    """Return every combination of the switching facts that have few values."""
    keys: dict[str, None] = {}
    for factor in grid.root.walk():
        for tree in (factor.when, *factor.columns.conditions, *(waiver.when for waiver in factor.waivers)):
            keys.update(dict.fromkeys(names(tree)))
    domains = [(key, _values(facts[key])) for key in keys if key in facts and _values(facts[key])]
    size, chosen = 1, []
    for key, values in sorted(domains, key=lambda pair: len(pair[1])):
        if size * len(values) <= COMBINATIONS:
            size *= len(values)
            chosen.append((key, values))
    combos = islice(product(*(values for _, values in chosen)), COMBINATIONS)
    return [dict(zip([key for key, _ in chosen], combo, strict=True)) for combo in combos]


def _values(fact: FactDef) -> tuple[Any, ...]:
    if fact.type.kind == "yes_no":
        return (True, False)
    if fact.type.kind == "integer" and fact.type.low is not None and fact.type.high is not None:
        low, high = int(fact.type.low), int(fact.type.high)
        return tuple(range(low, high + 1)) if high - low <= 12 else ()
    return fact.type.options if fact.type.kind == "choice" else ()


def _column(factor: Factor, case: Mapping[str, Any]) -> list[int]:
    """Return the columns possible in a case."""
    possible = []
    for position, tree in enumerate(factor.columns.conditions):
        holds = truth(evaluate(tree, _Case(case)))
        if holds is not False:
            possible.append(position)
        if holds is True:
            return possible
    return [*possible, len(factor.columns.conditions)]


@dataclass(frozen=True, slots=True)
class _World:
    """The facts, and the decimal places of points."""

    facts: Mapping[str, FactDef]
    places: int


def _walk(factor: Factor, case: Mapping[str, Any], world: _World, found: dict[str, list[Any]]) -> list[Any]:
    """Note what a factor can reach in a case; return it for each column of the grid (index 0 when it has none)."""
    inner = [_walk(child, case, world, found) for child in factor.children]
    values: list[Any] = [_NEVER] * len(factor.columns.names)
    for column in _column(factor, case):
        parts = [_at(factor, child, reached, column) for child, reached in zip(factor.children, inner, strict=True)]
        raw = _joined(factor, parts) if factor.children else _leaf(factor, column, world)
        value = _switched(factor, _limited(factor, raw, column), column, case)
        values[column] = value
        for key, reached in ((factor.id, value), (f"raw {factor.id}", raw)):
            before = found[key][column]
            found[key][column] = reached if before is _NEVER else _higher(before, reached)
    return values


def _at(factor: Factor, child: Factor, values: list[Any], column: int) -> Any:
    """Return what a child reaches in a column of its parent; a child with columns of its own may be in any of them."""
    if child.columns == factor.columns:
        return 0 if values[column] is _NEVER else values[column]
    possible = [value for value in values if value is not _NEVER]
    return reduce(_higher, possible) if possible else 0


def _higher(a: Any, b: Any) -> Any:
    return None if a is None or b is None else max(a, b)


def _joined(factor: Factor, values: list[Any]) -> Any:
    if any(value is None for value in values):
        return None
    return sum(values) if factor.kind == "sum" else max(values, default=0)


def _limited(factor: Factor, value: Any, column: int) -> Any:
    cap, low = _fixed(factor.cap, column), _fixed(factor.floor, column)
    if cap is not None:
        value = cap if value is None else min(value, cap)
    return value if low is None or value is None else max(value, low)


def _fixed(amounts: Any, column: int) -> int | None:
    return amounts[column] if amounts is not None and isinstance(amounts[column], int) else None


def _switched(factor: Factor, value: Any, column: int, case: Mapping[str, Any]) -> Any:
    for waiver in reversed(factor.waivers):
        holds = truth(evaluate(waiver.when, _Case(case)))
        gives = 0 if waiver.gives is None else _fixed(waiver.gives, column)
        if holds is not False:
            value = gives if holds else _higher(value, gives)
    if factor.when is not None:
        holds = truth(evaluate(factor.when, _Case(case)))
        value = 0 if holds is False else value if holds else _higher(value, 0)
    return value


# --- tables ----------------------------------------------------------------------------------------------------------


def _leaf(factor: Factor, column: int, world: _World) -> Any:
    count = max(1, len(factor.inputs)) if factor.kind in ("bands", "lookup") else 1
    total: Any = 0
    for position in range(count):
        given = factor.inputs[position] if factor.inputs and factor.kind != "matrix" else None
        values: list[Any] = [_row_reach(row, column, given, world) for row in factor.rows]
        if None in values:
            return None
        instead = (_fixed(factor.not_answered, column), _fixed(factor.not_applicable, column))
        total += max([*values, *(points for points in instead if points is not None)], default=0)
    return total


def _row_reach(row: Row, column: int, given: Input | None, world: _World) -> int | None:
    """Return the highest points a row can give, in the grid's smallest unit."""
    amount = row.amounts[column]
    if isinstance(amount, int):
        return amount
    places = given.type.places if given else 0
    ends: Interval = (_end(row.low, places), _end(row.high, places))
    if given is not None:
        low, high = given.type.low, given.type.high
        ends = (ends[0] if ends[0] is not None else low, ends[1] if ends[1] is not None else high)
    own = given.expression.key if given and isinstance(given.expression, Name) else "value"
    highest = interval(amount, {"value": ends, own: ends}, world.facts)[1]
    return None if highest is None else floor(highest * 10**world.places)


def _end(edge: int | None, places: int) -> Decimal | None:
    return None if edge is None else Decimal(edge).scaleb(-places)


def interval(tree: Expression, known: Mapping[str, Interval], facts: Mapping[str, FactDef]) -> Interval:
    """Return the interval in which the value of a number lies; None is no bound."""
    if isinstance(tree, Literal):
        exact = (
            Fraction(tree.value)
            if isinstance(tree.value, (int, Decimal)) and not isinstance(tree.value, bool)
            else None
        )
        return exact, exact
    if isinstance(tree, Name):
        if tree.key in known:
            return _exact(known[tree.key])
        fact = facts.get(tree.key)
        return _exact((fact.type.low, fact.type.high)) if fact else OPEN
    assert isinstance(tree, Apply)
    inner = [interval(argument, known, facts) for argument in tree.args]
    return _INTERVALS.get(tree.op, lambda *_: OPEN)(*inner)


def _exact(ends: Interval) -> Interval:
    return tuple(None if end is None else Fraction(end) for end in ends)  # type: ignore[return-value]


def _plus(a: Interval, b: Interval) -> Interval:
    return tuple(None if x is None or y is None else x + y for x, y in zip(a, b, strict=True))  # type: ignore[return-value]


def _minus(a: Interval, b: Interval) -> Interval:
    return _plus(a, (None if b[1] is None else -b[1], None if b[0] is None else -b[0]))


def _times(a: Interval, b: Interval) -> Interval:
    if None in a or None in b:
        return _half_open(a, b) or _half_open(b, a) or OPEN
    corners = [x * y for x in a for y in b]
    return min(corners), max(corners)


def _half_open(a: Interval, b: Interval) -> Interval | None:
    """Multiply by a fixed number an interval that is open at an end."""
    if a[0] is None or a[0] != a[1]:
        return None
    ends = [None if end is None else end * a[0] for end in b]
    return (ends[0], ends[1]) if a[0] >= 0 else (ends[1], ends[0])


def _over(a: Interval, b: Interval) -> Interval:
    if b[0] is None or b[1] is None or b[0] <= 0 <= b[1]:
        return OPEN
    return _times(a, (1 / b[1], 1 / b[0]))


def _floor(a: Interval) -> Interval:
    return tuple(None if end is None else Fraction(floor(end)) for end in a)  # type: ignore[return-value]


def _rounded(shift: Fraction) -> Any:
    """Return what rounding to so many places (a fixed number) makes of an interval: down with 0, half up with 1/2."""

    def at(a: Interval, places: Interval) -> Interval:
        unit = Fraction(10) ** int(places[0])
        return tuple(None if end is None else floor(end * unit + shift) / unit for end in a)  # type: ignore[return-value]

    return at


def _lowest(*items: Interval) -> Interval:
    lows, highs = [i[0] for i in items], [i[1] for i in items if i[1] is not None]
    return (None if None in lows else min(lows)), (min(highs) if highs else None)


def _highest(*items: Interval) -> Interval:
    lows, highs = [i[0] for i in items if i[0] is not None], [i[1] for i in items]
    return (max(lows) if lows else None), (None if None in highs else max(highs))


def _either(*items: Interval) -> Interval:
    lows, highs = [i[0] for i in items], [i[1] for i in items]
    return (None if None in lows else min(lows)), (None if None in highs else max(highs))


_INTERVALS: Mapping[str, Any] = {
    "+": _plus,
    "-": _minus,
    "*": _times,
    "/": _over,
    "floor": _floor,
    "lowest": _lowest,
    "highest": _highest,
    "if": lambda test, a, b: _either(a, b),
    "first_known": _either,
    "percent": lambda a, b: _floor(_times(_over(a, b), (Fraction(100), Fraction(100)))),
    "round_down": _rounded(Fraction(0)),
    "round_half_up": _rounded(Fraction(1, 2)),
    "count_true": lambda *items: (Fraction(0), Fraction(len(items))),
    "digit": lambda *items: (Fraction(0), Fraction(9)),
    "teer": lambda *items: (Fraction(0), Fraction(9)),
}
