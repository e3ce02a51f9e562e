"""Answers carried from one questionnaire to another, and the differences between them."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import Any

from passerelle.programs.forms.pruning import keys_of, pruned
from passerelle.programs.rules import Question, Questionnaire, is_blank

Values = Mapping[str, Any]


def prefilled(form: Questionnaire, answers: Values, earlier: Values, given: Values | None = None) -> dict[str, Any]:
    """Return ``answers`` with blank questions that name a ``prefill`` filled from ``earlier`` ones (the EOI's)."""
    filled = dict(answers)
    for question in form.questions():
        for key, source in _carried(question):
            if is_blank(filled.get(key)) and not is_blank(earlier.get(source)):
                filled[key] = earlier[source]
    return pruned(form, filled, given or {})


def _carried(question: Question) -> list[tuple[str, str]]:
    if question.prefill is None:
        return []
    return [(key, question.prefill + key[len(question.key) :]) for key in keys_of(question)]


def company_answers(form: Questionnaire, answers: Values) -> dict[str, Any]:
    """Return the answers that describe the company itself, to be used again in another file of the same employer."""
    kept = {key for question in form.questions() if question.company for key in keys_of(question)}
    return {key: value for key, value in answers.items() if key in kept}


@dataclass(frozen=True)
class Difference:
    """An answer that differs from the EOI's. ``lowers`` says that the change is in the direction that can cost points."""

    question: Question
    key: str
    before_key: str
    before: Any
    now: Any
    lowers: bool


def differences(form: Questionnaire, answers: Values, earlier: Values) -> list[Difference]:
    """Return where an application's answers differ from the EOI's, for questions the pack says to compare.

    Whether points are really lost is for a new score to say; ``lowers`` is the pack's rule of thumb for each question.
    """
    found = []
    for question in form.questions():
        if question.compare is None:
            continue
        for key in keys_of(question):
            before_key = question.compare.with_ + key[len(question.key) :]
            before, now = earlier.get(before_key), answers.get(key)
            if not _same(before, now):
                found.append(Difference(question, key, before_key, before, now, _lowers(question, before, now)))
    return found


def _same(before: Any, now: Any) -> bool:
    if is_blank(before) and is_blank(now):
        return True
    return _comparable(before) == _comparable(now)


def _comparable(value: Any) -> Any:
    if isinstance(value, list):
        return [_comparable(one) for one in value]
    if isinstance(value, Mapping):
        return {key: _comparable(one) for key, one in sorted(value.items()) if not is_blank(one)}
    if isinstance(value, bool):
        return value
    try:
        return Decimal(str(value))
    except InvalidOperation:
        return value


def _lowers(question: Question, before: Any, now: Any) -> bool:
    way = question.compare.lowers_if if question.compare else "different"
    if way == "different" or is_blank(before) or is_blank(now):
        return True
    left, right = _comparable(before), _comparable(now)
    if type(left) is not type(right) or isinstance(left, list | Mapping):
        return True
    return bool(right < left) if way == "less" else bool(right > left)


def merged_for_scoring(form: Questionnaire, answers: Values, earlier: Values) -> dict[str, Any]:
    """Return the EOI's answers with the application's in place of those the pack says to compare: what a new score rests on.

    A blank takes away what the EOI says, unless the form asks for it under that very key too: of people without an EOI.
    """
    merged = dict(earlier)
    for question in form.questions():
        if question.compare is None:
            continue
        for key in keys_of(question):
            target = question.compare.with_ + key[len(question.key) :]
            if not is_blank(answers.get(key)):
                merged[target] = answers[key]
            elif is_blank(answers.get(target)):
                merged.pop(target, None)
    return merged
