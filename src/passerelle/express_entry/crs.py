"""The federal score computed again, column by column, with the library of grids that the pack names.

The setting ``federal_grid`` names it (``<library>/<family of grids>``). What the file gives besides who the person is are
facts of that library under their own names; age and the levels of both languages are worked out here from the file's
birth date and levels, under the names the library gives them.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

import polars as pl

from passerelle.express_entry.models import NotComputed
from passerelle.programs.rules import ProgramRules
from pointsgrid import points
from pointsgrid.language.tree import Expression, names
from pointsgrid.rules import Grid, NotInForce, Rules

SETTING = "federal_grid"
ABILITIES = ("listening", "reading", "writing", "speaking")
WORKED_OUT = (
    "age", "first_language", "has_second_language",
    *(f"{which}_{ability}" for which in ("first", "second") for ability in ABILITIES),
)  # fmt: skip
DTYPES: Mapping[str, Any] = {"integer": pl.Int32, "yes_no": pl.Boolean}


@dataclass(frozen=True)
class Score:
    """What came of computing one score: points and lines, or why not."""

    grid: str = ""
    total: int | None = None
    lines: Mapping[str, int] = field(default_factory=dict)
    reason: str = ""
    missing: tuple[str, ...] = ()


class FederalGrids:
    """The editions of the federal grid, and the facts that they look at."""

    def __init__(self, rules: ProgramRules) -> None:
        library, _, self.family = str(rules.setting(SETTING)).partition("/")
        self.rules: Rules = rules.libraries[library]
        self.editions = [one for one in self.rules.grids.values() if one.family == self.family]
        self._facts = {one.id: self._asked(one) for one in self.editions if one.computable}
        every = dict.fromkeys(key for keys in self._facts.values() for key in keys)
        self.facts = tuple(key for key in every if key not in WORKED_OUT)
        self.lines = tuple(dict.fromkeys(line.id for one in self.editions for line in one.root.children))

    def _asked(self, grid: Grid) -> tuple[str, ...]:
        """The facts a grid rests on that do not follow from others."""
        wanted, asked = list(points.facts_used(self.rules, grid.id)), dict[str, None]()
        while wanted:
            fact = self.rules.facts[wanted.pop()]
            if isinstance(fact.value, Expression):
                wanted += names(fact.value)
            else:
                asked[fact.key] = None
            wanted += [name for name in names(fact.applies_when) if name not in asked]
        return tuple(asked)

    def grid_on(self, day: date) -> Grid | None:
        """The edition in force on a day, None where the library has none."""
        try:
            return self.rules.grid_in_force(self.family, on=day)
        except NotInForce:
            return None

    def scores(self, people: Sequence[tuple[date, Mapping[str, Any]]]) -> list[Score]:
        """Return a score for each (day of the score, facts), in their order."""
        found: dict[int, Score] = {}
        for grid, places in self._by_grid(people):
            if grid is None:
                found |= dict.fromkeys(places, Score(reason=NotComputed.NO_EDITION))
            elif not grid.computable:
                found |= dict.fromkeys(places, Score(grid.id, reason=NotComputed.KNOWN_IN_PART))
            else:
                found |= zip(places, self._scored(grid, [people[place][1] for place in places]), strict=True)
        return [found[place] for place in range(len(people))]

    def _by_grid(self, people: Sequence[tuple[date, Any]]) -> Iterable[tuple[Grid | None, list[int]]]:
        days: dict[date, list[int]] = {}
        for place, (day, _facts) in enumerate(people):
            days.setdefault(day, []).append(place)
        places: dict[str, tuple[Grid | None, list[int]]] = {}
        for day, some in days.items():
            grid = self.grid_on(day)
            places.setdefault(grid.id if grid else "", (grid, []))[1].extend(some)
        return places.values()

    def _scored(self, grid: Grid, people: list[Mapping[str, Any]]) -> Iterable[Score]:
        asked, lines = self._facts[grid.id], [line.id for line in grid.root.children]
        columns = [
            pl.Series(
                key, [one.get(key) for one in people], dtype=DTYPES.get(self.rules.facts[key].type.kind, pl.String)
            )
            for key in asked
        ]
        wanted = ["points.total", *(f"points.{line}" for line in lines)]
        frame = points.score_frame(self.rules, grid.id, pl.LazyFrame(columns)).select(wanted).collect()
        for one, (total, *each) in zip(people, frame.iter_rows(), strict=True):
            missing = self._missing(one, asked) if total is None else ()
            if total is None:
                yield Score(grid.id, reason=NotComputed.FACTS_MISSING, missing=missing)
            else:
                yield Score(grid.id, int(total), {line: int(found) for line, found in zip(lines, each, strict=True)})

    def _missing(self, one: Mapping[str, Any], asked: Sequence[str]) -> tuple[str, ...]:
        """The blank facts, save those that do not apply because another says no."""
        blank = (key for key in asked if one.get(key) is None)
        return tuple(
            key for key in blank
            if not any(one.get(name) is False for name in names(self.rules.facts[key].applies_when))
        )  # fmt: skip


def worked_out(*, age: int, first: str, levels: Mapping[str, Sequence[int]]) -> dict[str, Any]:
    """Return the facts that follow from the file's own columns: age, and the levels as first and second language."""
    second = levels["fr" if first == "en" else "en"]
    found: dict[str, Any] = {"age": age, "first_language": first, "has_second_language": bool(second)}
    found |= {f"first_{ability}": level for ability, level in zip(ABILITIES, levels[first], strict=True)}
    if second:
        found |= {f"second_{ability}": level for ability, level in zip(ABILITIES, second, strict=True)}
    return found
