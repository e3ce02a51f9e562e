"""What a line of a sheet could add to the total at most, were everything else to stay as it is."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pointsgrid.model import Factor, Grid
from pointsgrid.scoring.reach import reaches
from pointsgrid.scoring.sheet import Line, Number, ScoreSheet

if TYPE_CHECKING:
    from pointsgrid.rules import Rules


def gains(rules: Rules, sheet: ScoreSheet) -> dict[str, Number]:
    """Return how many points each line without further lines in it could add to the total, by id; 0 where it could not.

    A line can rise to the most that it gives anybody, in any of its columns; limits of the sections around it hold it back.
    It is a bound: an answer may move other lines too, and what a line reaches need not be open to this person. A line without
    a bound of its own is left out.
    """
    highest = _highest(rules, rules.grid(sheet.grid))
    found: dict[str, Number] = {}
    for line in sheet.lines:
        _walk(line, highest, found)
    top = highest["total"]
    return {key: gain if top is None else max(min(gain, top - sheet.total), 0) for key, gain in found.items()}


def _walk(line: Line, highest: dict[str, Number | None], found: dict[str, Number]) -> None:
    """Put in ``found`` what each line in ``line``, or itself, could add to the points of ``line``."""
    most = highest[line.id]
    if not line.lines:
        if most is not None:
            found[line.id] = max(most - line.points, 0)
        return
    for inner in line.lines:
        own: dict[str, Number] = {}
        _walk(inner, highest, own)
        found.update({key: _held(line, inner, gain, most) for key, gain in own.items()})


def _held(line: Line, inner: Line, gain: Number, most: Number | None) -> Number:
    """Return how much of a ``gain`` of ``inner`` reaches ``line``."""
    room = None if most is None else max(most - line.points, 0)
    if line.state != "counted":
        # What is in it does not count as it stands; an answer that makes it count may bring all of it at once.
        return gain if room is None else room
    if line.kind == "best_of":
        gain = max(inner.points + gain - line.points, 0)
    return gain if room is None else min(gain, room)


def _highest(rules: Rules, grid: Grid) -> dict[str, Number | None]:
    """Return the most that each factor (and ``total``) gives in any of its columns; None: no bound."""
    key = ("reach", grid.id)
    if key not in rules.cache:
        rules.cache[key] = reaches(grid, rules.facts)
    found: dict[str, Number | None] = {}
    for factor in grid.root.walk():
        columns = [_most(factor, place, reached) for place, reached in enumerate(rules.cache[key][factor.id])]
        known = [one for one in columns if one is not None]
        found[factor.id] = grid.points(max(known)) if len(known) == len(columns) else None
    return found


def _most(factor: Factor, place: int, reached: int | None) -> int | None:
    """Return the most in one column: what is reached, and what is declared where that is less."""
    declared = factor.maximum[place] if factor.maximum is not None else None
    known = [one for one in (declared, reached) if isinstance(one, int)]
    return min(known, default=None)
