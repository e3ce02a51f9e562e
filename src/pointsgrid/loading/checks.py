"""What can only be judged on a whole grid: maxima that add up, caps that can bite, rows that can match."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from decimal import Decimal
from itertools import product
from typing import Any

from pointsgrid.language.evaluate import evaluate, truth
from pointsgrid.language.tree import Apply, Expression, Literal, Name, names
from pointsgrid.model import FactDef, Factor, Grid, Row
from pointsgrid.problems import PackProblem
from pointsgrid.scoring.reach import reaches, unlimited

TRIED = 20_000
"""Most combinations of values tried to see whether a case can match."""


def check_grid(grid: Grid, facts: Mapping[str, FactDef], problems: list[PackProblem]) -> None:
    """Report the faults of a grid whose factors were all readable."""
    if any(problem.file == grid.file for problem in problems):
        return  # a total over unreadable parts would only confuse
    report = _Reporter(problems)
    if _same_ids(grid, report):
        return
    reach, raw = reaches(grid, facts), unlimited(grid, facts)
    for factor in grid.root.walk():
        if factor.id != "total" and factor in grid.root.children and factor.maximum is None:
            report(factor, "The factor declares no max.", f"Add max: {_shown(grid, reach[factor.id])}.")
        for column, name in enumerate(factor.columns.names):
            _check_limits(grid, factor, column, name, reach[factor.id][column], raw[factor.id][column], report)
        if factor.kind == "cases":
            _check_cases(factor, facts, report)


class _Reporter:
    def __init__(self, problems: list[PackProblem]) -> None:
        self.problems = problems

    def __call__(self, at: Factor | Row, problem: str, remedy: str, file: str = "") -> None:
        where = at.file if isinstance(at, Factor) else file
        path = at.path or ("max" if isinstance(at, Factor) else "")
        self.problems.append(PackProblem(where, at.line, path, problem, remedy))


def _shown(grid: Grid, values: tuple[int | None, ...]) -> str:
    return " / ".join("?" if value is None else str(grid.points(value)) for value in values)


def _same_ids(grid: Grid, report: _Reporter) -> bool:
    seen: dict[str, Factor] = {}
    found = False
    for factor in grid.root.walk():
        if factor.id in seen:
            found = True
            report(
                factor,
                f"Two factors are called {factor.id} (the other is on line {seen[factor.id].line}).",
                "Give one another id.",
            )
        seen.setdefault(factor.id, factor)
    return found


def _check_limits(grid: Grid, factor: Factor, column: int, name: str, reach: Any, raw: Any, report: _Reporter) -> None:
    where = f" in the column {name}" if name else ""
    if reach is None:
        report(
            factor,
            f"The factor has no highest value{where}.",
            "Add range: to the fact, not_over: to the steps, or cap: to the factor.",
        )
        return
    declared, cap = _fixed(factor.maximum, column), _fixed(factor.cap, column)
    if declared is not None and declared != reach:
        _wrong_max(grid, factor, declared, reach, where, report)
    if cap is not None and raw is not None and cap > raw:
        report(
            factor,
            f"The cap {grid.points(cap)}{where} is larger than the {grid.points(raw)} that can be reached.",
            f"Write cap: {grid.points(raw)}, or look for a missing row.",
        )
    minimum = _fixed(factor.minimum, column)
    if minimum is not None and minimum > reach:
        report(
            factor,
            f"The minimum {grid.points(minimum)}{where} can never be met: the factor reaches {grid.points(reach)}.",
            "Lower the minimum.",
        )
    mark = _fixed(grid.pass_mark, column)
    if factor.id == "total" and mark is not None and mark > reach:
        report(
            factor,
            f"The pass mark {grid.points(mark)}{where} is above the {grid.points(reach)} that can be reached.",
            "Lower pass_mark.",
        )


def _wrong_max(grid: Grid, factor: Factor, declared: int, reach: int, where: str, report: _Reporter) -> None:
    what = "its factors add up to" if factor.kind == "sum" else "its rows reach"
    if declared > reach:
        kept = f"(and published_max: {grid.points(declared)} if the source says so)"
        remedy = f"Write max: {grid.points(reach)} {kept}, or add the missing row."
    else:
        remedy = f"Write max: {grid.points(reach)}, or cap: {grid.points(declared)} if the source limits it."
    report(factor, f"The declared max is {grid.points(declared)}, and {what} {grid.points(reach)}{where}.", remedy)


def _fixed(amounts: Any, column: int) -> int | None:
    return amounts[column] if amounts is not None and isinstance(amounts[column], int) else None


# --- cases -----------------------------------------------------------------------------------------------------------


def _check_cases(factor: Factor, facts: Mapping[str, FactDef], report: _Reporter) -> None:
    rows = [row for row in factor.rows if row.when is not None]
    for position, row in enumerate(rows):
        for other in rows[:position]:
            if other.when == row.when:
                kind = "different points" if other.amounts != row.amounts else "the same points"
                report(
                    row,
                    f"Two rows have the same condition and {kind} (the other is on line {other.line}).",
                    "Keep one of them.",
                    factor.file,
                )
                return
    wins = _wins(factor, rows, facts)
    for row, won in zip(factor.rows, wins, strict=False):
        if not won:
            report(row, *_never(row, len(rows)), factor.file)


def _never(row: Row, conditions: int) -> tuple[str, str]:
    """Return what is wrong with a row that nobody comes to, and what would mend it."""
    if row.otherwise and conditions == 1:
        return "The condition always holds.", "Correct it, or give everybody the points with formula: 30."
    if row.otherwise:
        return "otherwise can never match: the cases before it catch everything.", _MOVE
    return "The row can never match: its condition cannot hold, or rows before it catch it.", _MOVE


_MOVE = "Correct its condition, put it before the rows that catch it, or remove it."


def _wins(factor: Factor, rows: list[Row], facts: Mapping[str, FactDef]) -> list[bool]:
    """Return whether each row (and otherwise) matches for some combination of values; all True when that cannot be tried."""
    trees = [row.when for row in rows]
    domains = {key: _domain(key, trees, facts) for tree in trees for key in names(tree)}
    size = 1
    for values in domains.values():
        size *= max(1, len(values))
    if not all(domains.values()) or size > TRIED:
        return [True] * len(factor.rows)
    won = [False] * (len(rows) + 1)
    for combination in product(*domains.values()):
        scope = _Values(dict(zip(domains, combination, strict=True)))
        won[next((n for n, tree in enumerate(trees) if truth(evaluate(tree, scope))), len(rows))] = True
        if all(won):
            break
    return won


class _Values:
    def __init__(self, values: Mapping[str, Any]) -> None:
        self.values = values

    def value(self, key: str) -> Any:
        return self.values[key]

    def member(self, code: Any, name: str) -> bool | None:
        return None


def _domain(key: str, trees: list[Any], facts: Mapping[str, FactDef]) -> tuple[Any, ...]:
    """Return values of a fact that stand for all it can be, as far as these conditions can tell; empty if not known."""
    fact = facts.get(key)
    if fact is None:
        return ()
    if fact.type.kind == "yes_no":
        return (True, False)
    if fact.type.kind == "choice":
        return fact.type.options
    if not fact.type.numeric or any(_calculated(tree, key) for tree in trees):
        return ()
    step = Decimal(1).scaleb(-fact.type.places)
    edges = {Decimal(edge) for tree in trees for edge in _edges(tree, key)}
    around = {edge + move for edge in edges for move in (-step, Decimal(0), step)} | {Decimal(0)}
    low, high = fact.type.low, fact.type.high
    within = {value for value in around if (low is None or value >= low) and (high is None or value <= high)}
    within |= {Decimal(end) for end in (low, high) if end is not None}
    whole = fact.type.kind == "integer"
    return tuple(sorted({int(value) if whole else value for value in within}))


def _calculated(tree: Expression, key: str) -> bool:
    """Whether the fact is used in arithmetic, where trying values around the edges proves nothing."""
    if not isinstance(tree, Apply):
        return False
    if tree.op not in _PLAIN and any(Name(key) == argument for argument in tree.args):
        return True
    return any(_calculated(argument, key) for argument in tree.args)


_PLAIN = ("==", "!=", "<", "<=", ">", ">=", "in", "not in", "lowest", "highest", "and", "or", "not")


def _edges(tree: Expression, key: str) -> Iterator[Decimal]:
    """Yield the numbers that comparisons set against something with ``key`` in it."""
    if not isinstance(tree, Apply):
        return
    if tree.op in ("==", "!=", "<", "<=", ">", ">=", "in", "not in") and key in set(names(tree)):
        yield from (Decimal(value) for value in _numbers(tree))
        return
    for argument in tree.args:
        yield from _edges(argument, key)


def _numbers(tree: Expression) -> Iterator[Any]:
    if isinstance(tree, Literal) and isinstance(tree.value, (int, Decimal)) and not isinstance(tree.value, bool):
        yield tree.value
    elif isinstance(tree, Apply):
        for argument in tree.args:
            yield from _numbers(argument)
