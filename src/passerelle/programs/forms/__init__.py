"""Questionnaires as forms: a section to fill in, its state, its answers in words. The same for every program."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from passerelle.programs.forms.carrying import Difference, company_answers, differences, merged_for_scoring, prefilled
from passerelle.programs.forms.own import as_representative, split
from passerelle.programs.forms.progress import is_whole, missing, section_state
from passerelle.programs.forms.pruning import pruned
from passerelle.programs.forms.section import SectionForm
from passerelle.programs.forms.words import AnswerGroup, AnswerRow, answer_rows, in_words, level_words
from passerelle.programs.rules import ProgramRules, Questionnaire, Section

__all__ = [
    "AnswerGroup",
    "AnswerRow",
    "Difference",
    "SectionForm",
    "answer_rows",
    "apply_section",
    "as_representative",
    "company_answers",
    "differences",
    "in_words",
    "is_whole",
    "level_words",
    "merged_for_scoring",
    "missing",
    "prefilled",
    "pruned",
    "section_form",
    "section_forms",
    "section_state",
    "split",
]


def section_form(
    rules: ProgramRules,
    questionnaire: Questionnaire,
    section: Section,
    answers: Mapping[str, Any],
    *,
    at: datetime,
    data: Any = None,
    given: Mapping[str, Any] | None = None,
) -> SectionForm:
    """Return a section as a form. ``data`` is what was posted; ``given`` are values conditions may read (the category).

    Draw it with ``programs/section_form.html``. An autosave (``autosave`` in ``data``) is never asked for what is missing.
    """
    lenient = data is not None and bool(data.get("autosave"))
    return SectionForm(rules, questionnaire, section, answers, at=at, data=data, given=given, lenient=lenient)


def section_forms(
    rules: ProgramRules,
    questionnaire: Questionnaire,
    *,
    at: datetime,
    data: Any = None,
    given: Mapping[str, Any] | None = None,
) -> list[SectionForm]:
    """Return a whole questionnaire as forms of one page: its sections that apply, in order.

    Each knows what those before it were told, so that the ``answers`` of the last are all of them.
    """
    made: list[SectionForm] = []
    for section in questionnaire.sections:
        so_far = made[-1].answers if made else {}
        if section.applies({**(given or {}), **so_far}):
            made.append(section_form(rules, questionnaire, section, so_far, at=at, data=data, given=given))
    return made


def apply_section(
    rules: ProgramRules,
    questionnaire: Questionnaire,
    section: Section,
    answers: Mapping[str, Any],
    data: Any,
    *,
    at: datetime,
    given: Mapping[str, Any] | None = None,
) -> dict[str, Any]:
    """Return ``answers`` with what was rightly typed for a section in their place, whole or not."""
    return section_form(rules, questionnaire, section, answers, at=at, data=data, given=given).answers
