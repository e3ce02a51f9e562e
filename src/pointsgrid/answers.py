"""Answers to facts, conditions and visible questions, for one person.

Values as they are handed in and out are flat and ready for JSON: whole numbers, true/false, texts, dates as ``"2026-03-09"`` and
decimals as ``"12.50"``. ``None`` (or an absent key, or ``""``) is *not answered*; ``NOT_APPLICABLE`` is *has no meaning for this
person*; zero is a value. The three are never mixed up.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from fractions import Fraction
from math import floor
from typing import Any

from pointsgrid.language.evaluate import evaluate, truth
from pointsgrid.language.tree import Expression, clauses, names
from pointsgrid.language.typing import check as check_types
from pointsgrid.language.words import describe
from pointsgrid.loading.questionnaires import LANGUAGE_TEST
from pointsgrid.loading.vocabulary import Vocabulary, condition_tree
from pointsgrid.model import (
    NOT_APPLICABLE,
    ChartValue,
    FactDef,
    Question,
    Questionnaire,
    RecordsValue,
    TableValue,
    Text,
    Type,
)
from pointsgrid.records import aggregate
from pointsgrid.rules import Rules

__all__ = [
    "NOT_APPLICABLE",
    "Answer",
    "BadValue",
    "applies",
    "check",
    "facts",
    "missing",
    "parse_value",
    "visible_questions",
]


class BadValue(ValueError):
    """A value that is not of the declared type; ``key`` names the answer or fact."""

    def __init__(self, key: str, value: object, wanted: Type) -> None:
        ends = f" from {wanted.low} to {wanted.high}" if wanted.low is not None and wanted.high is not None else ""
        super().__init__(f"{key} is {value!r}, and a {wanted}{ends} is expected")
        self.key, self.value, self.wanted = key, value, wanted


# --- values ----------------------------------------------------------------------------------------------------------


def parse_value(key: str, value: Any, kind: Type) -> Any:
    """Return ``value`` as Python: int, Decimal, bool, str, date, list; None and NOT_APPLICABLE pass. Raises BadValue."""
    if value is None or (isinstance(value, str) and value in ("", NOT_APPLICABLE)):
        return value or None
    try:
        return _PARSE[kind.kind](value, kind)
    except (ValueError, TypeError, InvalidOperation, KeyError) as error:
        raise BadValue(key, value, kind) from error


def _integer(value: Any, kind: Type) -> int:
    if isinstance(value, bool) or (not isinstance(value, int) and Decimal(str(value)) != int(Decimal(str(value)))):
        raise ValueError(value)
    return int(Decimal(str(value)))


def _decimal(value: Any, kind: Type) -> Decimal:
    if isinstance(value, bool):
        raise ValueError(value)
    found = Decimal(str(value))
    if not found.is_finite() or found != round(found, kind.places):
        raise ValueError(value)
    return found


def _yes_no(value: Any, kind: Type) -> bool | None:
    return {True: True, False: False, "yes": True, "no": False, "true": True, "false": False, "unsure": None}[value]


def _choice(value: Any, kind: Type) -> str:
    if kind.options and str(value) not in kind.options:
        raise ValueError(value)
    return str(value)


def _choices(value: Any, kind: Type) -> tuple[str, ...]:
    if not isinstance(value, (list, tuple)):
        raise ValueError(value)
    return tuple(_choice(item, kind) for item in value)


def _date(value: Any, kind: Type) -> date:
    if isinstance(value, datetime):
        raise ValueError(value)
    if isinstance(value, date):
        return value
    text = str(value)
    return date.fromisoformat(text + "-01" if len(text) == 7 else text)


def _text(value: Any, kind: Type) -> str:
    if not isinstance(value, str):
        raise ValueError(value)
    return value


def _records(value: Any, kind: Type) -> list[Any]:
    if not isinstance(value, (list, tuple)) or not all(isinstance(item, Mapping) for item in value):
        raise ValueError(value)
    return list(value)


_PARSE = {
    "integer": _integer,
    "decimal": _decimal,
    "yes_no": _yes_no,
    "choice": _choice,
    "choices": _choices,
    "text": _text,
    "code": _text,
    "date": _date,
    "records": _records,
}


def plain(value: Any, kind: Type) -> Any:
    """Return a computed value as a flat JSON scalar of its type; decimals are cut, never rounded up."""
    if value is None or value is NOT_APPLICABLE or (isinstance(value, str)):
        return value
    if kind.kind == "integer":
        return int(value)
    if kind.kind == "decimal":
        exact = Fraction(value)
        return str(Decimal(floor(exact * 10**kind.places)).scaleb(-kind.places))
    if isinstance(value, date):
        return value.isoformat()
    return list(value) if isinstance(value, tuple) else value


# --- facts -----------------------------------------------------------------------------------------------------------


def facts(
    rules: Rules, answers: Mapping[str, Any], *, on: Mapping[str, date], fixed: Mapping[str, Any] | None = None
) -> dict[str, Any]:
    """Return every fact of the pack, flat, derived from ``answers``.

    ``on`` gives the reference dates (``{"submission": date(2026, 3, 9)}``); ``fixed`` facts were set by an officer or an import
    and are not derived. Answers to questions that are not shown count as not applicable. Raises BadValue.
    """
    person = _Person(rules, answers, on, fixed or {})
    return {key: plain(person.value(key), rules.facts[key].type) for key in rules.facts}


def derive(rules: Rules, given: Mapping[str, Any], keys: Iterable[str] | None = None) -> dict[str, Any]:
    """Return ``given`` facts with those that follow from them and are absent; what does not follow is left out.

    ``keys`` limits the facts looked for (all by default).
    """
    wanted = [key for key in (rules.facts if keys is None else keys) if key in rules.facts]
    if all(given.get(key) is not None for key in wanted):
        return dict(given)
    # Answers are given too, for facts that are copies; reference dates as ``on.submission``.
    on = {key[3:]: parse_value(key, value, Type("date")) for key, value in given.items() if key.startswith("on.")}
    fixed = {key: value for key, value in given.items() if key in rules.facts and value is not None}
    person = _Person(rules, {key: value for key, value in given.items() if key in rules.answers}, on, fixed)
    found = dict(given)
    for key in wanted:
        if given.get(key) is None:
            value = plain(person.value(key), rules.facts[key].type)
            if value is not None:
                found[key] = value
    return found


class _Person:
    """Answers and facts of one person, each worked out once."""

    def __init__(
        self, rules: Rules, answers: Mapping[str, Any], on: Mapping[str, date], fixed: Mapping[str, Any]
    ) -> None:
        self.rules, self.answers, self.on, self.fixed = rules, answers, on, fixed
        self.found: dict[str, Any] = {}
        self.said: dict[str, Any] = {}
        self.asked = _where_asked(rules)

    def value(self, key: str) -> Any:
        if key.startswith("on."):
            return self.on.get(key[3:])
        fact = self.rules.facts.get(key)
        if fact is None:
            return self.answer(key)
        if key not in self.found:
            self.found[key] = self._derive(fact)
        return self.found[key]

    def _derive(self, fact: FactDef) -> Any:
        if fact.key in self.fixed:
            return parse_value(fact.key, self.fixed[fact.key], fact.type)
        if fact.applies_when is not None:
            applies_ = truth(evaluate(fact.applies_when, self))
            if not applies_:
                return None if applies_ is None else NOT_APPLICABLE
        value = fact.value
        if value is None:
            kind = self.rules.answers.get(fact.key, fact.type)
            return self.answer(fact.key, kind)
        return self._compute(value, _Own(self, fact.key))

    def _compute(self, value: Any, scope: _Own) -> Any:
        if isinstance(value, RecordsValue):
            return aggregate(value, scope, self.rules.answers[value.records])
        if isinstance(value, ChartValue):
            return self._chart(value, scope)
        if isinstance(value, TableValue):
            return self._table(value, scope)
        return evaluate(value, scope)

    def answer(self, key: str, kind: Type | None = None) -> Any:
        if key not in self.said:
            kind = kind or self.rules.answers[key]
            shown = self._shown(key)
            value = self.answers.get(key) if shown else None if shown is None else self._otherwise(key)
            self.said[key] = parse_value(key, value, kind)
        return self.said[key]

    def _otherwise(self, key: str) -> Any:
        """Return what stands for an answer that is not asked: ``otherwise`` of its question, or not applicable."""
        return next((q.extra["otherwise"] for q, _ in self.asked[key] if "otherwise" in q.extra), NOT_APPLICABLE)

    def _shown(self, key: str) -> bool | None:
        """Whether some question for this answer is shown; None when that hangs on a blank."""
        asked = self.asked.get(key)
        if not asked:
            return True
        answered = [_all([truth(evaluate(tree, _AnswersOnly(self))) for tree in trees]) for _, trees in asked]
        return True if True in answered else None if None in answered else False

    def member(self, code: Any, name: str) -> bool | None:
        editions = [item for item in self.rules.lists if item.family == name]
        day = max((value for value in self.on.values() if value), default=None)
        for item in editions:
            if day is None or item.in_force.holds(day):
                return item.holds(str(code))
        return None

    def fields(self, records: str) -> Mapping[str, Question]:
        """Return the questions inside a group of records, by key."""
        return {field.key: field for question, _ in self.asked.get(records, []) for field in question.fields}

    def _chart(self, value: ChartValue, scope: _Own) -> Any:
        chosen = {key: evaluate(tree, scope) for key, tree in value.choose.items()}
        taken, score = evaluate(value.taken_on, scope), evaluate(value.score, scope)
        everything = [*chosen.values(), taken, score]
        if any(item == NOT_APPLICABLE for item in everything if isinstance(item, str)):
            return NOT_APPLICABLE
        if any(item is None for item in everything):
            return None
        for chart in self.rules.charts:
            fits = chart.set == value.chart and chart.in_force.holds(taken)
            if fits and all(str(chosen.get(key)) in values for key, values in chart.chosen_for.items()):
                return chart.level(value.ability, Decimal(score.numerator) / Decimal(score.denominator))
        return None

    def _table(self, value: TableValue, scope: _Own) -> Any:
        keys = tuple(evaluate(value.keys[key], scope) for key in value.keys)
        on = evaluate(value.on, scope) if value.on is not None else None
        if NOT_APPLICABLE in [key for key in keys if isinstance(key, str)]:
            return NOT_APPLICABLE
        if None in keys or (value.on is not None and on is None):
            return None
        for table in self.rules.tables:
            if table.family == value.table and (on is None or table.in_force.holds(on)):
                row = table.rows.get(tuple(str(key) for key in keys))
                return row[value.column] if row else None
        return None


class _Own:
    """The scope of a fact's own value, in which its own name means the answer of that name."""

    def __init__(self, person: _Person, key: str) -> None:
        self.person, self.key = person, key

    def value(self, key: str) -> Any:
        return self.person.answer(key) if key == self.key else self.person.value(key)

    def answer(self, key: str) -> Any:
        return self.person.answer(key)

    def fields(self, records: str) -> Mapping[str, Question]:
        return self.person.fields(records)

    def member(self, code: Any, name: str) -> bool | None:
        return self.person.member(code, name)


class _AnswersOnly:
    """The scope of ``show_if``: answers alone."""

    def __init__(self, person: _Person) -> None:
        self.person = person

    def value(self, key: str) -> Any:
        return self.person.answer(key)

    def member(self, code: Any, name: str) -> bool | None:
        return self.person.member(code, name)


def _all(values: Iterable[bool | None]) -> bool | None:
    listed = list(values)
    return False if False in listed else None if None in listed else True


Asked = dict[str, list[tuple[Question, list[Expression]]]]


def _where_asked(rules: Rules) -> Asked:
    """Return, for each answer, every question that asks for it with the conditions under which it is shown."""
    if "asked" not in rules.cache:
        asked: Asked = {}
        for questionnaire in rules.questionnaires.values():
            for section in questionnaire.sections:
                for question in section.questions:
                    trees = [tree for tree in (section.show_if, question.show_if) if tree is not None]
                    keys = (
                        [f"{question.key}_{part}" for part in LANGUAGE_TEST]
                        if question.type == "language_test"
                        else [question.key]
                    )
                    for key in keys:
                        asked.setdefault(key, []).append((question, trees))
        rules.cache["asked"] = asked
    return rules.cache["asked"]


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
    whole = _all(part.holds for part in parts)
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
        self.person = _Person(rules, {}, on, {})

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
    person = _Person(rules, answers, {}, {})
    scope = _AnswersOnly(person)
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
    person = _Person(rules, answers, {}, {})

    class Scope:
        def value(self, key: str) -> Any:
            return parse_value(key, record.get(key), kind.fields[key]) if key in kind.fields else person.answer(key)

        def member(self, code: Any, name: str) -> bool | None:
            return person.member(code, name)

    scope = Scope()
    return tuple(field for field in question.fields if field.show_if is None or truth(evaluate(field.show_if, scope)))
