"""What an answer counts for when its question is not asked."""

from typing import Any

import pytest

from pointsgrid.answers import NOT_APPLICABLE, facts
from pointsgrid.rules import load

FACTS = """
answers:
  married: {type: yes_no}
  abroad: {type: yes_no}
  spouse_age: {type: integer}
  children: {type: integer}
facts:
  spouse_age: {type: integer, range: [0, 120], label: {en: Age, fr: Âge}}
  children: {type: integer, range: [0, 20], label: {en: Children, fr: Enfants}}
"""
QUESTIONS = """
questionnaire: q
label: {en: Questions, fr: Questions}
sections:
  - id: you
    label: {en: You, fr: Vous}
    questions:
      - {key: married, type: yes_no, label: {en: Married, fr: Marié}}
      - {key: children, type: integer, show_if: married, otherwise: 0, label: {en: Children, fr: Enfants}}
  - id: spouse
    label: {en: Spouse, fr: Conjoint}
    show_if: married
    questions:
      - {key: abroad, type: yes_no, label: {en: Abroad, fr: À l'étranger}}
      - {key: spouse_age, type: integer, show_if: not abroad, label: {en: Age, fr: Âge}}
"""
RULES = load({"facts.yaml": FACTS, "questionnaires/q.yaml": QUESTIONS})


@pytest.mark.parametrize(
    ("married", "abroad", "counts"),
    [
        (True, False, 40),
        (True, True, NOT_APPLICABLE),
        (False, False, NOT_APPLICABLE),
        (False, True, NOT_APPLICABLE),
        (True, None, None),
        (None, False, None),
    ],
)
def test_an_answer_counts_where_its_section_and_its_question_are_shown(
    married: bool | None, abroad: bool | None, counts: Any
) -> None:
    given = {"married": married, "abroad": abroad, "spouse_age": 40}

    assert facts(RULES, given, on={})["spouse_age"] == counts


def test_a_question_may_say_what_stands_for_an_answer_that_is_not_asked() -> None:
    told = [facts(RULES, {"married": married, "children": 3}, on={})["children"] for married in (True, False, None)]

    assert told == [3, 0, None]
