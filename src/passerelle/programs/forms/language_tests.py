"""A language test as one question: which test, when, and the four results as printed on the report.

A question with key ``l1`` keeps its answers under ``l1_test``, ``l1_test_date``, ``l1_listening`` … ``l1_speaking``.
"""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from passerelle.programs.forms.fields import Choice, Day, Number, Setting
from passerelle.programs.forms.pruning import ABILITIES, keys_of
from passerelle.programs.rules import LanguageTest, Question, Questionnaire


def keys(question: Question) -> list[str]:
    """Return the answer keys of a language-test question, in order."""
    return keys_of(question)


def ability_words(ability: str) -> str:
    """Return the name of an ability in the reader's language."""
    return {
        "listening": pgettext("language ability", "Listening"),
        "reading": pgettext("language ability", "Reading"),
        "writing": pgettext("language ability", "Writing"),
        "speaking": pgettext("language ability", "Speaking"),
    }[ability]


def offered(question: Question, questionnaire: Questionnaire, values: Mapping[str, Any]) -> list[LanguageTest]:
    """Return the tests that can answer the question, given which official language comes first."""
    wanted = values.get(question.tests_in) if question.tests_in else None
    unwanted = values.get(question.tests_not_in) if question.tests_not_in else None
    return [test for test in questionnaire.tests if wanted in (None, "", test.language) and test.language != unwanted]


def fields(
    question: Question, questionnaire: Questionnaire, setting: Setting, values: Mapping[str, Any]
) -> dict[str, forms.Field]:
    """Return the six fields of the question by answer key."""
    tests = offered(question, questionnaire, values)
    test = Choice(required=False, choices=[(one.key, str(one.name)) for one in tests], widget=forms.RadioSelect)
    test.label = _("Test taken")
    day = Day(question.model_copy(update={"not_after": "today"}), setting)
    day.label = _("Date of the test")
    found: dict[str, forms.Field] = {f"{question.key}_test": test, f"{question.key}_test_date": day}
    for ability in ABILITIES:
        result = Number(question.model_copy(update={"lowest": None, "highest": None}))
        result.label = ability_words(ability)
        found[f"{question.key}_{ability}"] = result
    for field in found.values():
        field.looks_required = question.required  # type: ignore[attr-defined]
    return found


def wrong_results(
    question: Question, questionnaire: Questionnaire, cleaned: Mapping[str, Any]
) -> dict[str, ValidationError]:
    """Return, by answer key, what is wrong with results that the chosen test's report cannot show."""
    test = questionnaire.test(cleaned.get(f"{question.key}_test") or "")
    if test is None:
        return {}
    return {
        key: error
        for ability in ABILITIES
        if (value := cleaned.get(key := f"{question.key}_{ability}")) not in (None, "")
        and (error := _misfit(test, ability, str(value)))
    }


def _misfit(test: LanguageTest, ability: str, value: str) -> ValidationError | None:
    span = getattr(test, ability)
    low, high, step = Decimal(span.lowest), Decimal(span.highest), Decimal(span.step)
    number = Decimal(value)
    if low <= number <= high and (number - low) % step == 0:
        return None
    example = format(high - step, "f")
    return ValidationError(
        _("%(ability)s: enter the result as on your report, from %(low)s to %(high)s, such as %(example)s.")
        % {"ability": ability_words(ability), "low": span.lowest, "high": span.highest, "example": example}
    )


def show_levels(question: Question, fields: Mapping[str, forms.Field], facts: Mapping[str, Any]) -> None:
    """Say beside each result which level it converts to, as far as the facts know."""
    for ability, fact in question.levels.items():
        level = facts.get(fact)
        if isinstance(level, int):
            fields[f"{question.key}_{ability}"].help_text = _("Converts to CLB %(level)d.") % {"level": level}
