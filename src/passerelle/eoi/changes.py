"""What a change of answers would do: to points, line by line, to the place in the pool, to the criteria."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from passerelle.core import sealing
from passerelle.eoi import meeting, placing, queries, scoring
from passerelle.eoi.models import ExpressionOfInterest
from passerelle.programs import forms
from passerelle.programs import queries as programs


@dataclass(frozen=True)
class Line:
    """A line of points that a change moves."""

    label: Any
    before: int
    after: int


@dataclass(frozen=True)
class Outcome:
    """A change judged before it is saved; ``scored`` is None while sections are unfinished."""

    unfinished: list[str]
    same_person: bool
    scored: scoring.Scored | None
    placed_at: datetime | None


def outcome(eoi: ExpressionOfInterest, answers: Mapping[str, Any], *, at: datetime) -> Outcome:
    """Return what ``answers`` in the place of the file's would come to at ``at``. Nothing is changed."""
    lacking = forms.missing(queries.questionnaire(eoi), answers, queries.given(eoi))
    unfinished = list(dict.fromkeys(section.key for section, _question in lacking))
    if unfinished:
        return Outcome(unfinished, True, None, None)
    changed = scoring.changed_facts(eoi)
    scored = scoring.scored(eoi.pack, answers, category=eoi.category, at=at, changed=changed)
    rule = programs.rules(eoi.pack).stream(eoi.stream).place_after_change
    place = placing.placed_at(rule, history(eoi), points=scored.points, at=at)
    return Outcome([], person_key(eoi, answers) == eoi.person_key, scored, place)


def history(eoi: ExpressionOfInterest) -> list[tuple[datetime, int]]:
    """Return every score the file has had with the instant it began to count, oldest first."""
    return list(eoi.scores.order_by("id").values_list("at", "points"))


def person_key(eoi: ExpressionOfInterest, answers: Mapping[str, Any]) -> str:
    """Return the key of the person whom ``answers`` name by their passport."""
    asked = programs.rules(eoi.pack).questions
    country, number = answers.get(asked.passport_country, ""), answers.get(asked.passport_number, "")
    return sealing.person_key(eoi.program, str(country), str(number))


def apply(eoi: ExpressionOfInterest, answers: Mapping[str, Any], found: Outcome, *, at: datetime) -> None:
    """Set an unsaved file to what a change comes to."""
    assert found.scored
    born = answers[programs.rules(eoi.pack).questions.date_of_birth]
    eoi.answers, eoi.saved_at, eoi.submitted_at, eoi.placed_at = dict(answers), at, at, found.placed_at
    eoi.birth_key = sealing.person_key(f"{eoi.program}|birth", "", str(born))
    eoi.facts, eoi.points, eoi.sheet, eoi.grid = (
        found.scored.facts, found.scored.points, found.scored.sheet, found.scored.grid,
    )  # fmt: skip
    eoi.confirmed_points = eoi.points
    eoi.lapses_at = meeting.lapses_at(eoi, since=at)


def lines_that_change(before: Mapping[str, Any], after: Mapping[str, Any]) -> list[Line]:
    """Return the lines of two sheets (``ScoreSheet.to_json``) whose points differ, in the order of the grid."""
    was = {line["id"]: line for line in _leaves(before)}
    now = {line["id"]: line for line in _leaves(after)}
    moved = []
    for key in dict.fromkeys((*was, *now)):
        old, new = was.get(key, {}).get("points", 0), now.get(key, {}).get("points", 0)
        if old != new:
            moved.append(Line((now.get(key) or was[key])["label"], old, new))
    return moved


def _leaves(sheet: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    found: list[Mapping[str, Any]] = []
    for line in sheet.get("lines", ()):
        below = line.get("lines") or ()
        found.extend(_leaves(line) if below else [line])
    return found


def place_in_pool(eoi: ExpressionOfInterest, *, points: int, placed_at: datetime, at: datetime) -> int:
    """Return which place in its stream's pool the file would have with these points, held since then; 1 is the first."""
    return queries.ahead_of(eoi, points=points, placed_at=placed_at, at=at) + 1
