"""Answers of one person to facts, each worked out once."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from pointsgrid.language.evaluate import evaluate, truth
from pointsgrid.language.tree import Expression
from pointsgrid.loading.questionnaires import LANGUAGE_TEST
from pointsgrid.model import NOT_APPLICABLE, ChartValue, FactDef, RecordsValue, TableValue, Type
from pointsgrid.questions import Question
from pointsgrid.records import aggregate
from pointsgrid.rules import Rules
from pointsgrid.values import parse_value, plain


def facts(
    rules: Rules, answers: Mapping[str, Any], *, on: Mapping[str, date], fixed: Mapping[str, Any] | None = None
) -> dict[str, Any]:
    """Return every fact of the pack, flat, derived from ``answers``.

    ``on`` gives the reference dates (``{"submission": date(2026, 3, 9)}``); ``fixed`` facts were set by an officer or an import
    and are not derived. Answers to questions that are not shown count as not applicable. Raises BadValue.
    """
    person = Person(rules, answers, on, fixed or {})
    return {key: plain(person.value(key), rules.facts[key].type) for key in rules.facts}


def derive(rules: Rules, given: Mapping[str, Any], keys: Iterable[str] | None = None) -> dict[str, Any]:
    """Return ``given`` facts with those that follow from them and are absent; what does not follow is left out.

    ``keys`` limits the facts looked for (all by default).
    """
    wanted = [key for key in (rules.facts if keys is None else keys) if key in rules.facts]
    # Answers are given too, for facts that are copies; reference dates as ``on.submission``.
    on = {key[3:]: parse_value(key, value, Type("date")) for key, value in given.items() if key.startswith("on.")}
    fixed = {key: value for key, value in given.items() if key in rules.facts and value is not None}
    person = Person(rules, {key: value for key, value in given.items() if key in rules.answers}, on, fixed)
    found = dict(given)
    for key in wanted:
        if given.get(key) is None or rules.facts[key].applies_when is not None:
            value = plain(person.value(key), rules.facts[key].type)
            if value is not None:
                found[key] = value
    return found


class Person:
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
        held = True if fact.applies_when is None else truth(evaluate(fact.applies_when, self))
        if held is False:
            return NOT_APPLICABLE
        if fact.key in self.fixed:
            return parse_value(fact.key, self.fixed[fact.key], fact.type)
        if held is None:
            return None
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
        answered = [all_hold([truth(evaluate(tree, AnswersOnly(self))) for tree in trees]) for _, trees in asked]
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

    def __init__(self, person: Person, key: str) -> None:
        self.person, self.key = person, key

    def value(self, key: str) -> Any:
        return self.person.answer(key) if key == self.key else self.person.value(key)

    def answer(self, key: str) -> Any:
        return self.person.answer(key)

    def fields(self, records: str) -> Mapping[str, Question]:
        return self.person.fields(records)

    def member(self, code: Any, name: str) -> bool | None:
        return self.person.member(code, name)


class AnswersOnly:
    """The scope of ``show_if``: answers alone."""

    def __init__(self, person: Person) -> None:
        self.person = person

    def value(self, key: str) -> Any:
        return self.person.answer(key)

    def member(self, code: Any, name: str) -> bool | None:
        return self.person.member(code, name)


def all_hold(values: Iterable[bool | None]) -> bool | None:
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
