"""Answers in words, for check-your-answers, letters and the officer's page."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any

from django.utils.translation import get_language, override
from django.utils.translation import gettext as _
from django_countries import countries

from passerelle.core.dates import day_words
from passerelle.core.money import money_words
from passerelle.programs import queries
from passerelle.programs.forms.fields import occupation_words
from passerelle.programs.forms.language_tests import ABILITIES, ability_words
from passerelle.programs.rules import ProgramRules, Question, Questionnaire, Section, is_blank

Values = Mapping[str, Any]


@dataclass(frozen=True)
class AnswerRow:
    """One answer in words. ``grave`` ones are masked where they need not be read."""

    key: str
    label: str
    value: str
    question: Question
    grave: bool = False


@dataclass(frozen=True)
class AnswerGroup:
    """The answers of a section."""

    section: Section
    title: str
    rows: list[AnswerRow] = field(default_factory=list)


def answer_rows(
    rules: ProgramRules,
    questionnaire: Questionnaire,
    answers: Values,
    language: str,
    *,
    given: Values | None = None,
    facts: Values | None = None,
) -> list[AnswerGroup]:
    """Return every applying question and its answer in words, section by section.

    ``facts``, when given, add the level (CLB, NCLC) beside each language result.
    """
    values = {**(given or {}), **answers}
    with override(language):
        return [
            AnswerGroup(
                section,
                str(section.title),
                [row for one in section.asked(values) for row in _rows(rules, questionnaire, one, values, facts or {})],
            )
            for section in questionnaire.applying(values)
        ]


def _rows(
    rules: ProgramRules, questionnaire: Questionnaire, question: Question, values: Values, facts: Values
) -> list[AnswerRow]:
    grave = question.class_ == "grave"
    if question.type == "language_test":
        return _test_rows(questionnaire, question, values, facts)
    if question.type == "records":
        return _record_rows(rules, question, values)
    return [
        AnswerRow(
            question.key, str(question.label), in_words(rules, question, values.get(question.key)), question, grave
        )
    ]


def _test_rows(questionnaire: Questionnaire, question: Question, values: Values, facts: Values) -> list[AnswerRow]:
    test = questionnaire.test(values.get(f"{question.key}_test") or "")
    taken = values.get(f"{question.key}_test_date")
    rows = [
        AnswerRow(f"{question.key}_test", _("Test taken"), str(test.name) if test else "", question),
        AnswerRow(
            f"{question.key}_test_date",
            _("Date of the test"),
            day_words(date.fromisoformat(taken)) if taken else "",
            question,
        ),
    ]
    for ability in ABILITIES:
        key = f"{question.key}_{ability}"
        rows.append(
            AnswerRow(
                key, ability_words(ability), result_words(values.get(key), level_of(question, ability, facts)), question
            )
        )
    return rows


def level_of(question: Question, ability: str, facts: Values) -> int | None:
    """Return the level a language result converts to, as the facts say; None when unknown."""
    level = facts.get(question.levels.get(ability, ""))  # type: ignore[call-overload]
    return level if isinstance(level, int) else None


def result_words(result: Any, level: int | None) -> str:
    """Return ``7.5 (CLB 9)``."""
    if is_blank(result):
        return ""
    shown = _number(result)
    return shown if level is None else f"{shown} ({level_words(level)})"


def level_words(level: int) -> str:
    """Return a language level in the reader's words: ``CLB 9``, ``NCLC 9``."""
    return _("CLB %(level)d") % {"level": level}


def _record_rows(rules: ProgramRules, question: Question, values: Values) -> list[AnswerRow]:
    records = values.get(question.key) or ()
    if not records:
        return [AnswerRow(question.key, str(question.label), "", question)]
    title = str(question.record_name or question.label)
    return [
        AnswerRow(
            f"{question.key}-{number}",
            f"{title} {number}",
            _record_words(rules, question, record, values),
            question,
            question.class_ == "grave",
        )
        for number, record in enumerate(records, start=1)
    ]


def _record_words(rules: ProgramRules, question: Question, record: Values, values: Values) -> str:
    asked = [
        part for part in question.questions if part.applies({**values, **record}) and not is_blank(record.get(part.key))
    ]
    return "\n".join(
        _("%(label)s: %(value)s") % {"label": part.label, "value": in_words(rules, part, record[part.key])}
        for part in asked
    )


def in_words(rules: ProgramRules, question: Question, value: Any) -> str:
    """Return one answer in the reader's words; a blank stays blank."""
    if is_blank(value):
        return ""
    if isinstance(value, bool):
        return _("Yes") if value else _("No")
    return _WORDS.get(question.type, lambda *_args: str(value))(rules, question, value)


def _option(_rules: ProgramRules, question: Question, value: Any) -> str:
    labels = {one.value: str(one.label) for one in question.options}
    wanted = [str(one) for one in (value if isinstance(value, list) else [value])]
    return ", ".join(labels.get(one, one) for one in wanted)


def _occupation(_rules: ProgramRules, _question: Question, value: Any) -> str:
    known = queries.occupation(str(value))
    return occupation_words(known) if known else str(value)


def _community(rules: ProgramRules, _question: Question, value: Any) -> str:
    known = rules.communities.get(value)
    return str(known.name) if known else str(value)


def _number(value: Any) -> str:

    text = str(value)
    return text.replace(".", ",") if (get_language() or "en").startswith("fr") else text


def _money(_rules: ProgramRules, _question: Question, value: Any) -> str:

    return money_words(int(Decimal(str(value)) * 100), (get_language() or "en")[:2])


_WORDS: dict[str, Any] = {
    "choice": _option,
    "choices": _option,
    "country": lambda _rules, _question, value: str(countries.name(value)) or str(value),
    "community": _community,
    "occupation": _occupation,
    "date": lambda _rules, _question, value: day_words(date.fromisoformat(value)),
    "money": _money,
    "decimal": lambda _rules, question, value: _with_unit(question, _number(value)),
    "whole": lambda _rules, question, value: _with_unit(question, str(value)),
}


def _with_unit(question: Question, words: str) -> str:
    return f"{words} {question.unit}" if question.unit else words
