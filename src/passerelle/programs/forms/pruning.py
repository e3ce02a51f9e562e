"""Answers are dropped once their question no longer applies or their option is no longer offered, and what hangs on them."""

from collections.abc import Mapping
from typing import Any

from passerelle.programs.rules import Question, Questionnaire, conditions, is_blank
from passerelle.programs.rules import answer_keys as keys_of

ABILITIES = ("listening", "reading", "writing", "speaking")


def pruned(questionnaire: Questionnaire, answers: Mapping[str, Any], given: Mapping[str, Any]) -> dict[str, Any]:
    """Return ``answers`` without those whose question or option does not apply; keys of no question are kept."""
    kept = dict(answers)
    while fallen := _fallen(questionnaire, kept, given):
        for key in fallen:
            del kept[key]
    return {**kept, **_understood(questionnaire, kept, given)}


def _understood(questionnaire: Questionnaire, answers: Mapping[str, Any], given: Mapping[str, Any]) -> dict[str, Any]:
    """Return what questions that do not apply stand for, once what they depend on is answered."""
    values = {**given, **answers}
    return {
        one.key: one.otherwise
        for section in questionnaire.applying(values)
        for one in section.questions
        if one.otherwise is not None and not one.applies(values) and settled(one, values)
    }


def settled(question: Question, values: Mapping[str, Any]) -> bool:
    """Whether everything a question's condition reads has been answered."""
    return not any(is_blank(values.get(key)) for key in conditions.keys(question.show_if))


def _fallen(questionnaire: Questionnaire, answers: Mapping[str, Any], given: Mapping[str, Any]) -> set[str]:
    values = {**given, **answers}
    asked = {
        key
        for section in questionnaire.sections
        for question in section.asked(values)
        if not _withdrawn(question, values)
        for key in keys_of(question)
    }
    known = {key for question in questionnaire.questions() for key in keys_of(question)}
    return {key for key in answers if key in known and key not in asked}


def _withdrawn(question: Question, values: Mapping[str, Any]) -> bool:
    """Whether the option chosen is one that other answers have since taken away."""
    chosen = [one for one in question.options if one.value == values.get(question.key)]
    return bool(chosen) and chosen[0] not in question.offered(values)


__all__ = ["ABILITIES", "keys_of", "pruned", "settled"]
