"""The points calculator: the pack's own questions that bear on points, and the same engine. Nothing is kept."""

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from passerelle.programs import forms
from passerelle.programs.rules import ProgramRules, Question, Questionnaire, Section, conditions


@dataclass(frozen=True)
class Calculation:
    """Forms to draw (one for each section), and the score sheet once something is answered."""

    forms: list[Any]
    sheet: Any

    @property
    def complete(self) -> bool:
        """Whether every question that points depend on is answered."""
        return self.sheet is not None and bool(self.sheet.complete)


def questions(rules: ProgramRules, category: str) -> Questionnaire:
    """Return the questionnaire cut down to what points depend on: questions of a factor, and those they hang on."""
    asked = bearing_on_points(rules, category)
    return asked.model_copy(update={"sections": tuple(asked.applying(rules.given(category)))})


def bearing_on_points(rules: ProgramRules, category: str, *, without: Collection[str] = ()) -> Questionnaire:
    """Return every section with a question that points depend on, cut down to those; ``without`` leaves some out."""
    whole = rules.questionnaire(rules.stream_of(category).questionnaire)
    wanted = _wanted(whole, {factor.id for factor in rules.grid_of(category).root.walk()}) - set(without)
    sections = [_cut(section, wanted) for section in whole.sections]
    return whole.model_copy(update={"sections": tuple(one for one in sections if one.questions)})


def _wanted(whole: Questionnaire, factors: set[str]) -> set[str]:
    known = {one.key: one for one in whole.questions()}
    wanted = {one.key for one in known.values() if one.factor in factors or _any_factor(one, factors)}
    while more := {key for one in wanted for key in _hangs_on(known[one]) if key in known} - wanted:
        wanted |= more
    return wanted


def _any_factor(question: Question, factors: set[str]) -> bool:
    return any(part.factor in factors for part in question.questions)


def _hangs_on(question: Question) -> Iterator[str]:
    yield from conditions.keys(question.show_if)
    for part in question.questions:
        yield from conditions.keys(part.show_if)


def _cut(section: Section, wanted: set[str]) -> Section:
    kept = tuple(one for one in section.questions if one.key in wanted)
    return section.model_copy(update={"questions": kept, "intro": None})


def work_out(rules: ProgramRules, data: Any, *, category: str, at: datetime) -> Calculation:
    """Return a category's questions with what was typed, and the points it gives; blanks give none."""
    asked = questions(rules, category)
    answers: dict[str, Any] = {}
    given = rules.given(category)
    filled = []
    for section in asked.sections:
        form = forms.SectionForm(rules, asked, section, answers, at=at, data=data, given=given, lenient=True)
        answers = form.answers
        filled.append(form)
    sheet = (
        rules.score(rules.facts(answers, at, category=category), category=category, partial=True) if answers else None
    )
    return Calculation(filled, sheet)
