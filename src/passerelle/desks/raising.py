"""What each line of points could still bring at most, its next row, and what nobody can change but time or an employer."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import pairwise
from typing import Any

from passerelle.core.deadlines import local_day, start_of_day
from passerelle.desks.trial import identity
from passerelle.eoi import changes, trying
from passerelle.eoi import queries as eois
from passerelle.programs.rules import ProgramRules, Questionnaire, answer_keys
from pointsgrid.model import Text
from pointsgrid.scoring.gains import gains
from pointsgrid.scoring.sheet import Line, ScoreSheet

AHEAD = timedelta(days=365)
_APART = timedelta(days=30)


@dataclass(frozen=True)
class Next:
    """The next row of one fact of a line: what it looks at, the row's words, and the points that the row gives."""

    label: Any
    words: Any
    points: int


@dataclass(frozen=True)
class Possible:
    """A line that could give more: its points, the most it could add to the total, the rows next to be reached.

    ``whose``: ``time`` where only time changes it, ``employer`` where the job offer says it, else nothing.
    """

    label: Any
    points: int
    gain: int
    steps: tuple[Next, ...]
    applies: bool
    whose: str = ""


def possible(eoi: Any, sheet: ScoreSheet) -> list[Possible]:
    """Return the lines of a file's sheet that could add to its total, those that could add most first."""
    rules = eois.rules(eoi)
    most, asked = gains(rules.points, sheet), _questions(eoi)
    found = [
        Possible(_both(line.label), int(line.points), int(most.get(line.id, 0)), tuple(_next(line)), line.state == "counted",
                 _whose(asked, path, rules, eoi))
        for line, path in _leaves(sheet.lines)
    ]  # fmt: skip
    return sorted((one for one in found if one.gain > 0), key=lambda one: (bool(one.whose), -one.gain))


def _leaves(lines: tuple[Line, ...], above: tuple[str, ...] = ()) -> Iterator[tuple[Line, tuple[str, ...]]]:
    """Give each line without further lines in it, with its id and those of the lines around it, the nearest first."""
    for line in lines:
        path = (line.id, *above)
        if line.lines:
            yield from _leaves(line.lines, path)
        else:
            yield line, path


def _next(line: Line) -> Iterator[Next]:
    if line.state != "counted":
        return
    paired = len(line.inputs) == len(line.rows)
    for place, row in enumerate(line.rows):
        if row.next_points is not None:
            several = paired and len(line.rows) > 1
            yield Next(_both(line.inputs[place].label) if several else "", _both(row.next_words), int(row.next_points))


def _both(words: Text) -> dict[str, str]:
    return {"en": words.en, "fr": words.fr}


def _questions(eoi: Any) -> Mapping[str, set[str]]:
    """Return the answers that each factor asks for, by the factor that a question names."""
    form: Questionnaire = eois.questionnaire(eoi)
    found: dict[str, set[str]] = {}
    for section in form.sections:
        for question in section.questions:
            factors = {question.factor, *(part.factor for part in question.questions)} - {None}
            for factor in factors:
                found.setdefault(str(factor), set()).update(answer_keys(question))
    return found


def _whose(asked: Mapping[str, set[str]], path: tuple[str, ...], rules: ProgramRules, eoi: Any) -> str:
    keys = next((asked[factor] for factor in path if factor in asked), set())
    if keys and keys <= identity(rules):
        return "time"
    offer = rules.stream(eoi.stream).offer
    if offer is None or eoi.employer_id is None:
        return ""
    offered = {key for one in rules.questionnaire(offer.form).questions() for key in answer_keys(one)}
    return "employer" if keys and keys <= offered else ""


# --- what time alone does -------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Step:
    """A day from which the same answers give other points, if they were handed in from then on."""

    day: date
    before: int
    after: int
    lines: list[changes.Line]


def in_time(eoi: Any, *, at: datetime) -> list[Step]:
    """Return the days of the coming year on which the points of a file's answers change by themselves, the first first.

    Days are looked at a month apart, and between two that differ halved until the day is found: what moves and moves
    back within a month is not seen.
    """
    zone = eois.rules(eoi).zone
    today = local_day(at, zone)
    sheets: dict[date, ScoreSheet] = {today: trying.sheet_of(eoi, eoi.answers, at=at)}

    def sheet(day: date) -> ScoreSheet:
        if day not in sheets:
            sheets[day] = trying.sheet_of(eoi, eoi.answers, at=start_of_day(day, zone))
        return sheets[day]

    def differs(one: date, other: date) -> bool:
        return sheet(one).points() != sheet(other).points()

    def between(good: date, bad: date) -> Iterator[date]:
        if not differs(good, bad):
            return
        if (bad - good).days == 1:
            yield bad
            return
        middle = good + (bad - good) // 2
        yield from between(good, middle)
        yield from between(middle, bad)

    days = [today + number * _APART for number in range(AHEAD // _APART + 1)]
    changed = [day for good, bad in pairwise(days) for day in between(good, bad)]
    return [_step(day, sheet(day - timedelta(days=1)), sheet(day)) for day in changed]


def _step(day: date, before: ScoreSheet, after: ScoreSheet) -> Step:
    return Step(day, int(before.total), int(after.total), changes.lines_that_change(before.to_json(), after.to_json()))
