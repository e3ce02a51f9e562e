"""Answers to facts, conditions and visible questions, for one person.

Values as they are handed in and out are flat and ready for JSON: whole numbers, true/false, texts, dates as ``"2026-03-09"`` and
decimals as ``"12.50"``. ``None`` (or an absent key, or ``""``) is *not answered*; ``NOT_APPLICABLE`` is *has no meaning for this
person*; zero is a value. The three are never mixed up.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from pointsgrid.deriving import AnswersOnly, Person, all_hold, derive, facts
from pointsgrid.language.evaluate import evaluate, truth
from pointsgrid.language.tree import Expression, clauses, names
from pointsgrid.language.typing import check as check_types
from pointsgrid.language.words import describe
from pointsgrid.loading.vocabulary import Vocabulary, condition_tree
from pointsgrid.model import NOT_APPLICABLE, Text
from pointsgrid.questions import Question, Questionnaire
from pointsgrid.rules import Rules
from pointsgrid.values import BadValue, parse_value, plain

__all__ = [
    "NOT_APPLICABLE",
    "Answer",
    "BadValue",
    "applies",
    "check",
    "derive",
    "facts",
    "missing",
    "parse_value",
    "plain",
    "visible_fields",
    "visible_questions",
]


# --- conditions ------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Clause:
    """One part of a condition: its words, and whether it holds (None: not known yet)."""

    words: Text
    holds: bool | None
    facts: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Answer:
    """Whether a condition holds: "yes", "no" or "unknown", with its clauses."""

    result: str
    clauses: tuple[Clause, ...]

    def __bool__(self) -> bool:
        return self.result == "yes"

    @property
    def failed(self) -> tuple[Clause, ...]:
        return tuple(clause for clause in self.clauses if clause.holds is False)

    @property
    def unknown(self) -> tuple[Clause, ...]:
        return tuple(clause for clause in self.clauses if clause.holds is None)


def check(rules: Rules, condition: Any, values: Mapping[str, Any], *, on: Mapping[str, date] | None = None) -> Answer:
    """Say whether a condition holds for facts (and answers) by key.

    ``condition`` is the name of one in the pack, a text, a mapping, or a loaded tree. A key that is absent is not answered.
    Raises KeyError for an unknown name in it, Mistyped or Unreadable for one that makes no sense.
    """
    tree = _tree(rules, condition)
    scope = _Values(rules, values, on or {})
    parts = tuple(
        Clause(describe(part, rules), truth(evaluate(part, scope)), tuple(dict.fromkeys(names(part))))
        for part in clauses(tree)
    )
    whole = all_hold(part.holds for part in parts)
    return Answer({True: "yes", False: "no", None: "unknown"}[whole], parts)


def applies(
    rules: Rules, condition: Any, values: Mapping[str, Any], *, on: Mapping[str, date] | None = None
) -> bool | None:
    """Return True, False, or None (not known) for a condition; None as condition means always."""
    if condition is None:
        return True
    return {"yes": True, "no": False, "unknown": None}[check(rules, condition, values, on=on).result]


class _Values:
    """The scope of a condition over flat facts and answers."""

    def __init__(self, rules: Rules, values: Mapping[str, Any], on: Mapping[str, date]) -> None:
        self.rules, self.values, self.on = rules, values, on
        self.person = Person(rules, {}, on, {})

    def value(self, key: str) -> Any:
        if key.startswith("on."):
            return self.on.get(key[3:])
        fact = self.rules.facts.get(key)
        kind = fact.type if fact else self.rules.answers[key]
        return parse_value(key, self.values.get(key), kind)

    def member(self, code: Any, name: str) -> bool | None:
        return self.person.member(code, name)


def _tree(rules: Rules, condition: Any) -> Expression:
    if isinstance(condition, Expression):
        return condition
    if isinstance(condition, str) and condition in rules.conditions:
        return rules.conditions[condition].condition
    key = ("condition", repr(condition))
    if key not in rules.cache:
        rules.cache[key] = check_types(condition_tree(condition, vocabulary(rules)), vocabulary(rules))[0]
    return rules.cache[key]


def vocabulary(rules: Rules) -> Vocabulary:
    """Return the names that conditions over this pack may use."""
    if "vocabulary" not in rules.cache:
        kinds = {key: fact.type for key, fact in rules.facts.items()}
        rules.cache["vocabulary"] = Vocabulary(
            kinds, dict(rules.answers), set(rules.reference_dates), {item.family for item in rules.lists}
        )
    return rules.cache["vocabulary"]


def missing(rules: Rules, keys: Iterable[str], values: Mapping[str, Any]) -> tuple[str, ...]:
    """Return those of ``keys`` that have no value (not answered) in ``values``."""
    return tuple(key for key in keys if values.get(key) in (None, ""))


# --- questionnaires --------------------------------------------------------------------------------------------------


def visible_questions(
    rules: Rules, questionnaire: str | Questionnaire, answers: Mapping[str, Any]
) -> tuple[Question, ...]:
    """Return the questions that are asked, given the answers so far; one that hangs on a blank is not asked yet."""
    found = rules.questionnaires[questionnaire] if isinstance(questionnaire, str) else questionnaire
    person = Person(rules, answers, {}, {})
    scope = AnswersOnly(person)
    shown = []
    for section in found.sections:
        if section.show_if is None or truth(evaluate(section.show_if, scope)):
            shown += [q for q in section.questions if q.show_if is None or truth(evaluate(q.show_if, scope))]
    return tuple(shown)


def visible_fields(
    rules: Rules, question: Question, record: Mapping[str, Any], answers: Mapping[str, Any]
) -> tuple[Question, ...]:
    """Return the fields of a record that are asked, given the record and the answers so far."""
    kind = rules.answers[question.key]
    person = Person(rules, answers, {}, {})

    class Scope:
        def value(self, key: str) -> Any:
            return parse_value(key, record.get(key), kind.fields[key]) if key in kind.fields else person.answer(key)

        def member(self, code: Any, name: str) -> bool | None:
            return person.member(code, name)

    scope = Scope()
    return tuple(field for field in question.fields if field.show_if is None or truth(evaluate(field.show_if, scope)))
