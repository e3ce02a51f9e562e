"""The score sheet: every line of points with its fact, its row and its source. Pure data, enough to replay the total."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, fields, is_dataclass
from decimal import Decimal
from functools import cache
from typing import Any

from pointsgrid.model import Text

Number = int | Decimal
NO_TEXT = Text()


@dataclass(frozen=True, slots=True)
class Given:
    """A fact that a line looked at, and its value."""

    fact: str
    label: Text
    value: Any
    shown: Text


@dataclass(frozen=True, slots=True)
class Matched:
    """The row that applied to one input: its words, its points, and the next row up, if one gives more."""

    words: Text
    points: Number
    next_words: Text
    next_points: Number | None
    source: str | Text
    certainty: str
    note: Text
    position: int


@dataclass(frozen=True, slots=True)
class Line:
    """One factor on the sheet. ``state``: counted, not_answered, not_applicable, waived or left_out."""

    id: str
    kind: str
    label: Text
    points: Number
    maximum: Number
    state: str
    inputs: tuple[Given, ...] = ()
    rows: tuple[Matched, ...] = ()
    column: str = ""
    raw: Number = 0
    cap: Number | None = None
    floor: Number | None = None
    capped: bool = False
    minimum: Number | None = None
    meets_minimum: bool | None = None
    requires: Text = NO_TEXT
    reason: Text = NO_TEXT
    source: str | Text = ""
    certainty: str = ""
    evidence: Text = NO_TEXT
    note: Text = NO_TEXT
    lines: tuple[Line, ...] = ()

    def walk(self) -> tuple[Line, ...]:
        found: tuple[Line, ...] = (self,)
        for line in self.lines:
            found += line.walk()
        return found


@dataclass(frozen=True, slots=True)
class ScoreSheet:
    """The points of one person under one grid.

    ``complete`` is False when some factor hangs on a blank (only with ``partial``); ``passes`` is None without a pass mark,
    minimum or gate. ``unconfirmed`` tells that a line that counted rests on something no official source confirms.
    """

    grid: str
    family: str
    label: Text
    status: str
    rules: str
    total: Number
    maximum: Number
    lines: tuple[Line, ...]
    facts: Mapping[str, Any]
    complete: bool = True
    missing: tuple[str, ...] = ()
    raw_total: Number = 0
    cap: Number | None = None
    floor: Number | None = None
    pass_mark: Number | None = None
    passes: bool | None = None
    unconfirmed: bool = False
    gate: ScoreSheet | None = None

    def all_lines(self) -> tuple[Line, ...]:
        """Return every line, sections before what is inside them."""
        return tuple(inner for line in self.lines for inner in line.walk())

    def line(self, factor: str) -> Line:
        """Return the line of a factor. Raises KeyError."""
        for line in self.all_lines():
            if line.id == factor:
                return line
        raise KeyError(factor)

    def points(self) -> dict[str, Number]:
        """Return the points of every factor by id, and ``total``."""
        return {line.id: line.points for line in self.all_lines()} | {"total": self.total}

    def to_json(self) -> dict[str, Any]:
        """Return the sheet as plain mappings, lists and scalars; decimals as text."""
        return _plain(self)


# Most of what a sheet holds; asked first, since a sheet has a thousand of them.
_SCALARS = frozenset({str, int, float, bool, type(None)})


@cache
def _names(kind: Any) -> tuple[str, ...]:
    return tuple(field.name for field in fields(kind)) if is_dataclass(kind) else ()


def _plain(value: Any) -> Any:
    kind: Any = type(value)
    if kind in _SCALARS:
        return value
    if names := _names(kind):
        return {name: _plain(getattr(value, name)) for name in names}
    if isinstance(value, Mapping):
        return {str(key): _plain(item) for key, item in value.items()}
    if isinstance(value, (tuple, list)):
        return [_plain(item) for item in value]
    return str(value) if isinstance(value, Decimal) else value


class ReplayDiffers(ValueError):
    """The data of a sheet do not give its own total; ``line`` is the id where they part."""

    def __init__(self, line: str, expected: Any, found: Any) -> None:
        super().__init__(f"{line}: the sheet says {expected}, its own data give {found}")
        self.line = line


def replay(sheet: Mapping[str, Any]) -> Decimal:
    """Work out the total of a sheet (as ``to_json`` wrote it) from its rows and limits alone. Raises ReplayDiffers."""
    total = _limited(sum((_line(line) for line in sheet["lines"]), start=Decimal(0)), sheet)
    _agree("total", sheet["total"], total)
    return total


def _line(line: Mapping[str, Any]) -> Decimal:
    inner = [_line(child) for child in line["lines"]]
    if line["state"] in ("not_applicable", "left_out") and not line["rows"]:
        points = Decimal(0)
    elif line["state"] == "waived":
        points = Decimal(str(line["points"]))
    elif line["kind"] in ("sum", "best_of"):
        points = _limited(
            sum(inner, start=Decimal(0)) if line["kind"] == "sum" else max(inner, default=Decimal(0)), line
        )
    else:
        points = _limited(sum((Decimal(str(row["points"])) for row in line["rows"]), start=Decimal(0)), line)
    _agree(line["id"], line["points"], points)
    return points


def total_without(sheet: Mapping[str, Any], factors: Collection[str]) -> Decimal:
    """Return the total of a kept sheet (as ``to_json`` wrote it) were these factors to give nothing; its limits hold."""
    return _limited(sum((_left(line, factors) for line in sheet["lines"]), start=Decimal(0)), sheet)


def _left(line: Mapping[str, Any], factors: Collection[str]) -> Decimal:
    if line["id"] in factors:
        return Decimal(0)
    if line["kind"] not in ("sum", "best_of") or line["state"] != "counted":
        return Decimal(str(line["points"]))
    inner = [_left(child, factors) for child in line["lines"]]
    joined = sum(inner, start=Decimal(0)) if line["kind"] == "sum" else max(inner, default=Decimal(0))
    return _limited(joined, line)


def _limited(points: Decimal, holder: Mapping[str, Any]) -> Decimal:
    if holder["cap"] is not None:
        points = min(points, Decimal(str(holder["cap"])))
    if holder["floor"] is not None:
        points = max(points, Decimal(str(holder["floor"])))
    return points


def _agree(name: str, expected: Any, found: Decimal) -> None:
    if Decimal(str(expected)) != found:
        raise ReplayDiffers(name, expected, found)
