"""A criterion that is met by passing a points grid of a library: which one, and what its facts are called in this pack."""

from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any

from passerelle.programs.rules import scoring
from passerelle.programs.rules.problems import did_you_mean
from passerelle.programs.rules.records import Key, Record
from pointsgrid import points
from pointsgrid.points import MissingFacts


class Passing(Record):
    """``grid`` is ``<library>/<id>``; ``facts`` gives each fact that the grid rests on by an answer or a fact of this pack."""

    grid: str
    facts: dict[Key, Key]

    @property
    def keys(self) -> list[str]:
        """The answers and facts of this pack that it reads."""
        return list(dict.fromkeys(self.facts.values()))


def sheet(libraries: Mapping[str, Any], passing: Passing, values: Mapping[str, Any], day: date) -> Any:
    """Return the score sheet of what ``values`` say on a day; None while something that the grid needs is not said."""
    library, _, grid = passing.grid.partition("/")
    given = {theirs: values.get(ours) for theirs, ours in passing.facts.items()}
    try:
        return points.score(libraries[library], grid, scoring.facts(libraries[library], given, day))
    except MissingFacts:
        return None


def faults(libraries: Mapping[str, Any], passing: Passing) -> Iterator[tuple[str, str]]:
    """Yield what is wrong with the grid or the names of its facts, each with what would do."""
    library, _, grid = passing.grid.partition("/")
    known = {f"{code}/{one.id}": one for code, rules in libraries.items() for one in rules.grids.values()}
    if passing.grid not in known:
        yield (
            f"There is no grid {passing.grid} to pass",
            did_you_mean(passing.grid, known) or "Name one as library/grid.",
        )
        return
    if known[passing.grid].pass_mark is None:
        yield f"The grid {grid} has no pass mark", "Name a grid with pass_mark."
    facts = libraries[library].facts
    for key in passing.facts:
        if key not in facts:
            yield f"The library has no fact {key}", did_you_mean(key, facts)
