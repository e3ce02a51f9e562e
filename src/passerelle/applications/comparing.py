"""The application held against the expression of interest: what differs, and what it does to the points."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from typing import Any

from passerelle.applications import queries
from passerelle.applications.models import Application
from passerelle.core.text import pick
from passerelle.draws import queries as drawn
from passerelle.programs import forms
from passerelle.programs import queries as programs
from passerelle.programs.rules import ProgramRules
from passerelle.programs.rules.conditions import is_blank
from pointsgrid.points import MissingFacts

BOTH = ("candidate", "employer")


@dataclass(frozen=True)
class Difference:
    """An answer of the application that is not the EOI's, in words, and whether the change can cost points (R4.3)."""

    label: str
    before: str
    now: str
    lowers: bool


@dataclass(frozen=True)
class Comparison:
    """The application held against the EOI: what differs, and the points before and now."""

    rows: list[Difference]
    points_before: int | None
    points_now: int | None
    # The sheet and all facts of what the application's forms say; None where they are the EOI's, or leave a fact open.
    sheet: Any = field(default=None, repr=False)
    facts: Mapping[str, Any] = field(default_factory=dict, repr=False)

    @property
    def loses(self) -> bool:
        """Whether the application's answers would have given fewer points."""
        return None not in (self.points_before, self.points_now) and self.points_now < self.points_before  # type: ignore[operator]


def comparison(application: Application) -> Comparison:
    """Hold both forms against the EOI where the pack says to compare, and score what they now say."""
    rules, eoi = queries.rules_of(application), application.invitation.eoi
    earlier, rows, before = eoi.answers or {}, [], invited_with(application)
    merged = dict(earlier)
    for part in application.parts.all():
        part.application = application
        form = queries.questionnaire(part)
        found = forms.differences(form, part.answers, earlier) if part.answers else []
        rows += [_in_words(rules, one) for one in found]
        merged = forms.merged_for_scoring(form, part.answers, merged) if part.answers else merged
    if not queries.stream_of(application).grid:
        # Ranked by somebody else: what the answers would give there is not ours to work out. A federal profile says
        # little; what it left open is no difference.
        return Comparison([one for one in _grave_first(rows) if one.before], None, None)
    if not rows:
        return Comparison([], before, before)
    sheet, facts = _scored(application, merged)
    return Comparison(_grave_first(rows), before, int(sheet.total) if sheet else None, sheet, facts)


def said(application: Application, sides: Collection[str] = BOTH) -> dict[str, Any]:
    """Return what the forms of ``sides`` say, over what the EOI does: each answer under its own key and the EOI's.

    Without the candidate's side nothing of the EOI is in it, so that an employer learns nothing of the candidate.
    """
    merged = dict(application.invitation.eoi.answers or {}) if "candidate" in sides else {}
    for part in application.parts.all():
        if part.side not in sides or not part.answers:
            continue
        part.application = application
        merged |= {key: value for key, value in part.answers.items() if not is_blank(value)}
        merged = forms.merged_for_scoring(queries.questionnaire(part), part.answers, merged)
    return merged


def invited_with(application: Application) -> int | None:
    """Return the points that the file had in its draw: those that were frozen, whatever changed after its closing."""
    eoi, draw = application.invitation.eoi, application.invitation.draw
    frozen = drawn.frozen_points(draw, eoi) if draw else None
    return eoi.points if frozen is None else frozen


def _grave_first(rows: list[Difference]) -> list[Difference]:
    return sorted(rows, key=lambda one: not one.lowers)


def _scored(application: Application, answers: dict[str, Any]) -> tuple[Any, Mapping[str, Any]]:
    eoi = application.invitation.eoi
    at = eoi.submitted_at or application.opened_at
    facts = programs.facts(eoi.pack, answers, at, category=eoi.category)
    try:
        return programs.score(eoi.pack, answers, at, category=eoi.category), facts
    except MissingFacts:
        return None, facts  # the forms leave a fact open that the grid needs: the officer sees the rows, not a total


def _in_words(rules: ProgramRules, found: Any) -> Difference:
    def words(value: Any) -> str:
        return forms.in_words(rules, found.question, value) if value not in (None, "") else ""

    simple = found.key == found.question.key
    before, now = (words(found.before), words(found.now)) if simple else (str(found.before), str(found.now))
    return Difference(pick(str(found.question.label)), before, now, found.lowers)
