"""How a score sheet is drawn: factors with their lines, for components/score_sheet.html."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from passerelle.core.text import pick


@dataclass(frozen=True)
class LineLook:
    """One line of points: what was said, which row matched, where the rule is written, how sure that is."""

    name: str
    points: Any
    max: Any = None
    fact: str = ""
    matched: str = ""
    next_row: str = ""
    cap: str = ""
    note: str = ""
    evidence: str = ""
    source: str = ""
    certainty: str = ""


@dataclass(frozen=True)
class FactorLook:
    """One factor: its points of a maximum, and why in half a line."""

    name: str
    points: Any
    max: Any
    percent: int
    why: str
    lines: Sequence[LineLook]


@dataclass(frozen=True)
class SheetLook:
    """The whole sheet."""

    total: Any
    max: Any
    percent: int
    factors: Sequence[FactorLook]


def _get(thing: Any, *names: str, default: Any = "") -> Any:
    for name in names:
        value = thing.get(name) if isinstance(thing, Mapping) else getattr(thing, name, None)
        if value is not None:
            return value
    return default


def _words(value: Any) -> str:
    return pick(value) if isinstance(value, str | Mapping) else str(value)


def percent(points: Any, maximum: Any) -> int:
    """Return ``points`` of ``maximum`` in whole percent, 0 to 100."""
    return max(0, min(100, round(100 * int(points) / int(maximum)))) if maximum else 0


def look_of(sheet: Any) -> SheetLook:
    """Return the look of a score sheet, or of the JSON kept of one."""
    factors = [_factor(one) for one in _get(sheet, "factors", default=())]
    total, highest = _get(sheet, "total", default=0), _get(sheet, "max", "maximum", default=0)
    return SheetLook(total, highest, percent(total, highest), factors)


def _factor(factor: Any) -> FactorLook:
    lines = [_line(one) for one in _get(factor, "lines", default=())]
    points, highest = _get(factor, "points", default=0), _get(factor, "max", "maximum", default=0)
    name, why = _words(_get(factor, "label", "name")), _words(_get(factor, "why"))
    return FactorLook(name, points, highest, percent(points, highest), why, lines)


def _line(line: Any) -> LineLook:
    words = {
        name: _words(_get(line, name))
        for name in ("fact", "matched", "next_row", "cap", "note", "evidence", "source", "certainty")
    }
    return LineLook(
        name=_words(_get(line, "label", "name")),
        points=_get(line, "points", default=0),
        max=_get(line, "max", default=None),
        **words,
    )
