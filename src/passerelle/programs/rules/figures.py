"""Figures that a condition is measured against: values of a table that a program loads for itself, and since when they count.

Until a program has loaded such a table nothing is known by it: the rows its pack comes with are a sample, and nobody's
file is held against those (``scoring.with_tables``).
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any

from pointsgrid.loading.pack import fact_names
from pointsgrid.model import TableValue
from pointsgrid.rules import Rules


@dataclass(frozen=True)
class Figures:
    """One table as it stands on a day: the name its edition was loaded under and its first day, empty where none counts."""

    table: str
    name: str = ""
    since: date | None = None


def behind(points: Rules, keys: Iterable[str], on: date) -> list[Figures]:
    """Return the loadable tables that the facts among ``keys`` are worked out from, as they stand on a day."""
    tables = dict.fromkeys(table for key in keys for table in _tables(points, key))
    return [_on(points, table, on) for table in tables]


def with_operands(points: Rules, keys: Iterable[str]) -> list[str]:
    """Return ``keys``, each that is worked out from such a table after what it is worked out from: the figure, the wage."""
    found: dict[str, None] = {}
    for key in keys:
        if any(_tables(points, key)):
            own = fact_names(points.facts[key])
            found |= dict.fromkeys(one for one in points.facts if one in own)
        found[key] = None
    return list(found)


def _tables(points: Rules, key: str) -> Iterator[str]:
    fact = points.facts.get(key)
    if fact is None:
        return
    if isinstance(fact.value, TableValue) and any(one.family == fact.value.table for one in _loadable(points)):
        yield fact.value.table
    for name in sorted(fact_names(fact) - {key}):
        yield from _tables(points, name)


def _on(points: Rules, family: str, day: date) -> Figures:
    held = next(
        (one for one in _loadable(points) if one.family == family and one.rows and one.in_force.holds(day)), None
    )
    return Figures(family, held.file, held.in_force.start) if held else Figures(family)


def _loadable(points: Rules) -> list[Any]:
    return [one for one in points.tables if one.loadable]
