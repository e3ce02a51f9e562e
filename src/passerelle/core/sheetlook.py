"""How a score sheet is drawn: factors with their lines, for components/score_sheet.html.

A sheet is a ``ScoreSheet`` of the points library or the JSON kept of one; both have the same names, so both are read
alike. Texts are taken in the reader's language.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.translation import get_language
from django.utils.translation import gettext as _

CONFIRMED = frozenset({"SEED", "VERIFIED", ""})


@dataclass(frozen=True)
class ItemLook:
    """One fact on a line and the row of the grid it met; ``next_points`` is empty on the best row."""

    label: str
    shown: str
    row: str = ""
    points: Any = ""
    next_row: str = ""
    next_points: Any = ""


@dataclass(frozen=True)
class LineLook:
    """One line of points: facts, rows, limits, where the rule is written and how sure that is, what proves it."""

    name: str
    points: Any
    max: Any
    state: str
    items: Sequence[ItemLook]
    facts: Sequence[ItemLook]
    capped: Any = ""
    reason: str = ""
    note: str = ""
    evidence: str = ""
    source: str = ""
    confirmed: bool = True


@dataclass(frozen=True)
class FactorLook:
    """One factor: its points of a maximum, and why in half a line."""

    name: str
    points: Any
    max: Any
    percent: int
    why: str
    lines: Sequence[LineLook]
    open: bool


@dataclass(frozen=True)
class SheetLook:
    """The whole sheet; ``open`` is how many lines still wait for an answer."""

    total: Any
    max: Any
    percent: int
    factors: Sequence[FactorLook]
    open: int
    unconfirmed: bool = False


def _get(thing: Any, name: str, default: Any = "") -> Any:
    value = thing.get(name) if isinstance(thing, Mapping) else getattr(thing, name, None)
    return default if value is None else value


def _words(text: Any) -> str:
    if isinstance(text, str):
        return text
    code = "fr" if (get_language() or "en").startswith("fr") else "en"
    return str(_get(text, code) or _get(text, "en"))


def percent(points: Any, maximum: Any) -> int:
    """Return ``points`` of ``maximum`` in whole percent, 0 to 100."""
    highest = float(maximum or 0)
    return max(0, min(100, round(100 * float(points) / highest))) if highest else 0


def look_of(sheet: Any) -> SheetLook:
    """Return the look of a score sheet, or of the JSON kept of one."""
    factors = [_factor(line) for line in _get(sheet, "lines", ())]
    total, highest = _get(sheet, "total", 0), _get(sheet, "maximum", 0)
    waiting = sum(line.state == "not_answered" for factor in factors for line in factor.lines)
    return SheetLook(total, highest, percent(total, highest), factors, waiting, bool(_get(sheet, "unconfirmed", False)))


def _factor(top: Any) -> FactorLook:
    leaves = [_line(leaf) for leaf in _leaves(top)]
    points, highest = _get(top, "points", 0), _get(top, "maximum", 0)
    own = not _get(top, "lines", ())
    waiting = any(leaf.state == "not_answered" for leaf in leaves)
    why = _why_of_line(leaves[0]) if own else " · ".join(f"{leaf.name} {leaf.points}" for leaf in leaves if leaf.points)
    return FactorLook(_words(_get(top, "label")), points, highest, percent(points, highest), why, leaves, waiting)


def _leaves(line: Any) -> Iterator[Any]:
    inner = _get(line, "lines", ())
    if not inner:
        yield line
    for one in inner:
        yield from _leaves(one)


def _why_of_line(line: LineLook) -> str:
    if line.state != "counted":
        return state_words(line.state)
    shown = [*line.items, *line.facts]
    return " · ".join(f"{one.label} {one.shown}" if len(shown) > 1 else one.shown for one in shown)


def _line(line: Any) -> LineLook:
    inputs, rows = _get(line, "inputs", ()), _get(line, "rows", ())
    paired = len(inputs) == len(rows) > 0
    sure = [_get(row, "certainty") or _get(line, "certainty") for row in rows] or [_get(line, "certainty")]
    return LineLook(
        name=_words(_get(line, "label")),
        points=_get(line, "points", 0),
        max=_get(line, "maximum", 0),
        state=_get(line, "state") or "counted",
        items=[_item(*pair) for pair in zip(inputs, rows, strict=True)]
        if paired
        else [_item(None, row) for row in rows],
        facts=[] if paired else [_item(given, None) for given in inputs],
        capped=_get(line, "cap") if _get(line, "capped", False) else "",
        reason=_words(_get(line, "reason")),
        note=" ".join(filter(None, [_words(_get(line, "note")), *(_words(_get(row, "note")) for row in rows)])),
        evidence=_words(_get(line, "evidence")),
        source=_words(_get(line, "source")),
        confirmed=all(one in CONFIRMED for one in sure),
    )


def _item(given: Any, row: Any) -> ItemLook:
    label, shown = (_words(_get(given, "label")), _words(_get(given, "shown"))) if given is not None else ("", "")
    if row is None:
        return ItemLook(label, shown)
    more = _get(row, "next_points")
    return ItemLook(
        label, shown, _words(_get(row, "words")), _get(row, "points", 0), _words(_get(row, "next_words")), more
    )


def state_words(state: str) -> str:
    """Return why a line was not counted, in words; nothing for one that was."""
    return {
        "not_answered": _("Not answered yet"),
        "not_applicable": _("Does not apply"),
        "waived": _("Given without a test"),
        "left_out": _("Not counted"),
    }.get(state, "")
