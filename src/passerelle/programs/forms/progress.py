"""How far a section or a whole questionnaire has come."""

from collections.abc import Mapping
from typing import Any, Literal

from passerelle.programs.forms.pruning import keys_of
from passerelle.programs.rules import Question, Questionnaire, Section, is_blank

State = Literal["not_started", "in_progress", "done", "optional", "not_applicable"]
Values = Mapping[str, Any]


def section_state(section: Section, answers: Values, given: Values | None = None) -> State:
    """Return how a section stands, for the task list; ``optional`` is blank and may stay so."""
    values = {**(given or {}), **answers}
    if not section.applies(values):
        return "not_applicable"
    asked = section.asked(values)
    lacking = any(_lacking(question, values) for question in asked)
    if all(is_blank(answers.get(key)) for question in asked for key in keys_of(question)):
        return "not_applicable" if not asked else "not_started" if lacking else "optional"
    return "in_progress" if lacking else "done"


def missing(
    questionnaire: Questionnaire, answers: Values, given: Values | None = None
) -> list[tuple[Section, Question]]:
    """Return every required question that is not fully answered, with its section."""
    values = {**(given or {}), **answers}
    return [
        (section, one) for section in questionnaire.sections for one in section.asked(values) if _lacking(one, values)
    ]


def is_whole(questionnaire: Questionnaire, answers: Values, given: Values | None = None) -> bool:
    """Whether everything that must be answered is."""
    return not missing(questionnaire, answers, given)


def _lacking(question: Question, values: Values) -> bool:
    if question.type == "records":
        return _records_lack(question, values)
    return question.required and any(is_blank(values.get(key)) for key in keys_of(question))


def _records_lack(question: Question, values: Values) -> bool:
    records = values.get(question.key) or ()
    if len(records) < max(question.fewest, 1 if question.required else 0):
        return True
    return any(
        part.required and is_blank(record.get(part.key))
        for record in records
        for part in question.questions
        if part.applies({**values, **record})
    )
