"""Answers tried in the place of those of a file: the questions that bear on points, and the sheets before and after."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from passerelle.desks import calculator
from passerelle.eoi import changes, trying
from passerelle.eoi import queries as eois
from passerelle.programs import forms
from passerelle.programs.rules import ProgramRules, answer_keys
from pointsgrid.scoring.sheet import ScoreSheet
from pointsgrid.values import BadValue


@dataclass(frozen=True)
class Trial:
    """What was tried. ``today``: the file's own answers if they were handed in today; ``after``: those tried, None before.

    ``recorded`` is the total that counts, ``aged`` the lines that time alone has moved since it was worked out, ``moved``
    those that what was tried moves. ``wrong``: something typed cannot be an answer; the file's own stood in for it.
    ``open``: the sections, by their keys, in which something was tried or is wrong.
    """

    forms: list[Any]
    recorded: int
    today: ScoreSheet
    after: ScoreSheet | None
    aged: list[changes.Line]
    moved: list[changes.Line]
    wrong: bool = False
    open: frozenset[str] = frozenset()

    @property
    def total(self) -> int:
        """The points with what was tried, or as they are."""
        return int(self.after.total) if self.after else self.recorded

    @property
    def difference(self) -> int:
        """What was tried brings or costs so many points, held against the same answers of today."""
        return int(self.after.total - self.today.total) if self.after else 0

    @property
    def held_back(self) -> bool:
        """Whether a limit on a group of lines keeps the total from moving as far as the lines do."""
        return sum(int(one.after) - int(one.before) for one in self.moved) != self.difference


def identity(rules: ProgramRules) -> frozenset[str]:
    """Return the questions about who one is: nobody answers them otherwise."""
    return frozenset((rules.questions.date_of_birth, rules.questions.passport_country))


def tried(eoi: Any, data: Any, *, at: datetime) -> Trial:
    """Return what the answers posted in ``data`` would come to in the place of the file's own; None: nothing is tried yet."""
    rules, given = eois.rules(eoi), eois.given(eoi)
    asked = calculator.bearing_on_points(rules, eoi.category, without=identity(rules))
    answers: dict[str, Any] = dict(eoi.answers)
    shown: list[Any] = []
    for section in asked.sections:
        if section.applies({**given, **answers}):
            form = forms.SectionForm(rules, asked, section, answers, at=at, data=data, given=given, lenient=True)
            answers = form.answers
            _forgive_ones_own(form)
            shown.append(form)
    today = trying.sheet_of(eoi, eoi.answers, at=at)
    if data is None:
        return _told(eoi, shown, today, None)
    after = _after(eoi, shown, answers, at)
    wrong = after is None or any(form.errors for form in shown)
    touched = (
        one for one in shown if one.errors or any(answers.get(key) != eoi.answers.get(key) for key in _asked(one))
    )
    return _told(eoi, shown, today, after, wrong=wrong, touched=frozenset(one.section.key for one in touched))


def _forgive_ones_own(form: Any) -> None:
    """Let an answer of the file stand that could not be given today (an occupation since gone): nobody has touched it here."""
    for name in [name for name in form.errors if name in form.fields]:
        bound = form[name]
        if not bound.field.has_changed(bound.initial, bound.data):
            del form.errors[name]


def _asked(form: Any) -> list[str]:
    return [key for question in form.section.questions for key in answer_keys(question)]


def _after(eoi: Any, shown: list[Any], answers: Mapping[str, Any], at: datetime) -> ScoreSheet | None:
    """Return the sheet of what was tried; None where an answer is one that nobody can have, which its field then says."""
    applying = forms.pruned(eois.questionnaire(eoi), answers, eois.given(eoi))
    try:
        return trying.sheet_of(eoi, applying, at=at)
    except BadValue as fault:
        for form in shown:
            if fault.key in form.fields:
                form.add_error(fault.key, _("The rules know no such answer. Enter another."))
        return None


def _told(
    eoi: Any,
    shown: list[Any],
    today: ScoreSheet,
    after: ScoreSheet | None,
    *,
    wrong: bool = False,
    touched: frozenset[str] = frozenset(),
) -> Trial:
    counts = eoi.is_confirmed and eoi.points is not None and eoi.grid == today.grid
    as_of_today = today.to_json()
    return Trial(
        forms=shown,
        recorded=eoi.points if counts else int(today.total),
        today=today,
        after=after,
        # Answers that were erased since say nothing of what time has done.
        aged=changes.lines_that_change(eoi.sheet, as_of_today) if counts and today.complete else [],
        moved=changes.lines_that_change(as_of_today, after.to_json()) if after else [],
        wrong=wrong,
        open=touched,
    )
