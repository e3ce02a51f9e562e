"""A section of a questionnaire as a Django form: conditional questions, repeating records, language tests.

Works with scripts off: a question whose condition has become true appears when the page is shown again, with a note;
records are added and removed by buttons. With scripts on, ``programs/conditions.js`` reads the same conditions.
"""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from passerelle.core.deadlines import local_day
from passerelle.programs.forms import language_tests
from passerelle.programs.forms.fields import Setting, Undecided, field_for, occupation_words
from passerelle.programs.forms.posted import Posted, record_name
from passerelle.programs.forms.pruning import keys_of, pruned, settled
from passerelle.programs.rules import ProgramRules, Question, Questionnaire, Section, conditions, is_blank

Values = Mapping[str, Any]


@dataclass
class Row:
    """What a page draws for one question: its field or fields, or its records; hidden while it does not apply."""

    kind: str
    question: Question
    hidden: bool
    show_if: str
    prefix: str = ""
    bound: Any = None
    fields: list[Any] = field(default_factory=list)
    records: list["RecordRows"] = field(default_factory=list)
    choices: list[dict[str, str]] = field(default_factory=list)
    new: bool = False
    can_add: bool = True
    error: str = ""


@dataclass
class RecordRows:
    """One record of a repeating question."""

    number: int
    remove: str
    title: str
    rows: list[Row]


class SectionForm(forms.Form):
    """One section. ``is_valid()`` says it is whole and right; ``answers`` are what can be kept, right or not yet whole.

    ``pressed`` is ``add``, ``remove`` or ``pick`` when a button inside the form was pressed: keep ``answers`` and show the
    form again. ``newly_asked`` lists questions that apply because of what was just answered.
    """

    def __init__(
        self, rules: ProgramRules, questionnaire: Questionnaire, section: Section, answers: Values, *,
        at: datetime, data: Any = None, given: Values | None = None, lenient: bool = False,
    ) -> None:  # fmt: skip
        self.rules, self.questionnaire, self.section = rules, questionnaire, section
        self.saved, self.given, self.lenient = dict(answers), dict(given or {}), lenient
        self.setting, self.at = Setting(rules, local_day(at, rules.zone)), at
        self.posted = Posted(data, section) if data is not None else None
        self.pressed = self.posted.pressed if self.posted else ""
        self.newly_asked: list[Question] = []
        self.record_errors: dict[str, str] = {}
        self.undecided: dict[str, list[Any]] = {}
        super().__init__(data=self.posted.data if self.posted else None, initial=self._initial(), label_suffix="")
        self._make_fields()

    # --- fields -------------------------------------------------------------------------------------------------

    def _initial(self) -> dict[str, Any]:
        initial = dict(self.saved)
        for question in self.section.questions:
            for number, record in enumerate(self.saved.get(question.key) or () if question.type == "records" else ()):
                initial.update({record_name(question.key, number, key): value for key, value in record.items()})
        return initial

    def _make_fields(self) -> None:
        values = self._so_far()
        for question in self.section.questions:
            if question.type == "records":
                self._make_record_fields(question, values)
            else:
                self._add(question, question.key, values)

    def _make_record_fields(self, question: Question, values: Values) -> None:
        for number in range(self.count(question)):
            record = self._record_so_far(question, number)
            for part in question.questions:
                self._add(part, record_name(question.key, number, part.key), {**values, **record})

    def _add(self, question: Question, name: str, values: Values) -> None:
        if question.type == "language_test":
            self.fields.update(language_tests.fields(question, self.questionnaire, self.setting, values))
        else:
            self.fields[name] = field_for(question, self.setting, values)

    def count(self, question: Question) -> int:
        """Return how many records of a question the page shows."""
        if self.posted:
            return self.posted.counts[question.key]
        return max(len(self.saved.get(question.key) or ()), question.fewest, 1 if question.required else 0)

    def _so_far(self) -> dict[str, Any]:
        """Return the values that conditions and options see while the fields are made: saved ones, then typed ones."""
        typed = self.posted.typed(self.section.questions) if self.posted else {}
        return {**self.given, **self.saved, **typed}

    def _record_so_far(self, question: Question, number: int) -> dict[str, Any]:
        if self.posted:
            return self.posted.typed(question.questions, prefix=record_name(question.key, number, ""))
        records = self.saved.get(question.key) or ()
        return dict(records[number]) if number < len(records) else {}

    # --- cleaning -----------------------------------------------------------------------------------------------

    def clean(self) -> dict[str, Any]:
        """Keep what applies, ask for what is missing."""
        cleaned = super().clean() or {}
        self._note_undecided()
        for question in self.section.questions:
            if question.type == "language_test":
                for key, error in language_tests.wrong_results(question, self.questionnaire, cleaned).items():
                    self.add_error(key, error)
        self._forgive_what_does_not_apply()
        if not (self.lenient or self.pressed):
            self._ask_for_missing()
        return self.cleaned_data

    def _note_undecided(self) -> None:
        for name, errors in self.errors.items():
            for error in errors.as_data():
                if isinstance(error, Undecided):
                    self.undecided[name] = error.found

    @property
    def answers(self) -> dict[str, Any]:
        """The saved answers with this section's typed ones in their place; those that no longer apply are left out."""
        if not self.is_bound:
            return dict(self.saved)
        self.errors  # noqa: B018 - cleans
        return pruned(self.questionnaire, self._merged(), self.given)

    def _merged(self) -> dict[str, Any]:
        merged = dict(self.saved)
        for question in self.section.questions:
            if question.type == "records":
                self._put(merged, question.key, [one for one in self._records(question) if one])
            elif question.type == "language_test":
                for key in language_tests.keys(question):
                    if key in self.cleaned_data:
                        self._put(merged, key, self.cleaned_data[key])
            elif question.key in self.cleaned_data:
                self._put(merged, question.key, self.cleaned_data[question.key])
        return merged

    @staticmethod
    def _put(merged: dict[str, Any], key: str, value: Any) -> None:
        if is_blank(value):
            merged.pop(key, None)
        else:
            merged[key] = value

    def _records(self, question: Question) -> list[dict[str, Any]]:
        return [self._record(question, number) for number in range(self.count(question))]

    def _record(self, question: Question, number: int) -> dict[str, Any]:
        typed = {
            part.key: self.cleaned_data.get(record_name(question.key, number, part.key)) for part in question.questions
        }
        kept = {key: value for key, value in typed.items() if not is_blank(value)}
        outside = {**self.given, **self.saved}
        values = {**outside, **kept}
        found = {}
        for part in question.questions:
            if part.applies(values):
                found.update({part.key: kept[part.key]} if part.key in kept else {})
            elif kept and part.otherwise is not None and settled(part, values):
                found[part.key] = part.otherwise
        return found

    def _forgive_what_does_not_apply(self) -> None:
        values = {**self.given, **self._merged()}
        asked = {one.key for one in self.section.asked(values)}
        for question, name, record in list(self._each_field(values)):
            if (question.key if record is None else name.rsplit("-", 2)[0]) not in asked or not self._applies(
                question, values, record
            ):
                self.errors.pop(name, None)

    def _each_field(self, values: Values) -> Iterator[tuple[Question, str, Values | None]]:
        for question in self.section.questions:
            if question.type == "records":
                for number in range(self.count(question)):
                    record = self._record(question, number)
                    for part in question.questions:
                        yield part, record_name(question.key, number, part.key), record
            elif question.type == "language_test":
                for key in language_tests.keys(question):
                    yield question, key, None
            else:
                yield question, question.key, None

    @staticmethod
    def _applies(question: Question, values: Values, record: Values | None) -> bool:
        return question.applies({**values, **(record or {})})

    def _ask_for_missing(self) -> None:
        before = {one.key for one in self.section.asked({**self.given, **self.saved})}
        values = {**self.given, **self._merged()}
        for question in self.section.asked(values):
            if question.type == "records":
                if question.required and question.key not in before and not any(self._records(question)):
                    self.newly_asked.append(question)
                else:
                    self._ask_for_records(question, values)
            elif question.required and self._lacks(question, values):
                if question.key in before or self._partly(question, values):
                    self._ask(question)
                else:
                    self.newly_asked.append(question)

    def _lacks(self, question: Question, values: Values) -> bool:
        names = language_tests.keys(question) if question.type == "language_test" else [question.key]
        return any(is_blank(values.get(name)) and name not in self.errors for name in names)

    @staticmethod
    def _partly(question: Question, values: Values) -> bool:
        return question.type == "language_test" and any(
            not is_blank(values.get(key)) for key in language_tests.keys(question)
        )

    def _ask(self, question: Question) -> None:
        names = language_tests.keys(question) if question.type == "language_test" else [question.key]
        for name in names:
            if name not in self.errors and is_blank(self.cleaned_data.get(name)):
                self.add_error(name, ValidationError(missing_words(question, self.fields[name]), code="missing"))

    def _ask_for_records(self, question: Question, values: Values) -> None:
        whole = [one for one in self._records(question) if one]
        if len(whole) < max(question.fewest, 1 if question.required else 0):
            self.record_errors[question.key] = _("Add at least one entry under “%(label)s”.") % {
                "label": question.label
            }
            self.add_error(None, ValidationError(self.record_errors[question.key], code="missing"))
        for number in range(self.count(question)):
            record = self._record(question, number)
            for part in question.questions if record else ():
                name = record_name(question.key, number, part.key)
                if (
                    part.required
                    and part.applies({**values, **record})
                    and is_blank(record.get(part.key))
                    and name not in self.errors
                ):
                    self.add_error(name, ValidationError(missing_words(part, self.fields[name]), code="missing"))

    def is_valid(self) -> bool:
        """Whether every question that applies is answered, and rightly; False while new ones have come up."""
        return super().is_valid() and not self.newly_asked

    # --- showing ------------------------------------------------------------------------------------------------

    @property
    def given_json(self) -> str:
        """The saved answers and the given values that conditions outside this page rest on."""
        shown = {name for one in self.section.questions for name in keys_of(one)}
        read = {key for one in self.section.questions for key in conditions.keys(one.show_if)} - shown
        return json.dumps(
            {key: value for key, value in {**self.given, **self.saved}.items() if key in read}, default=str
        )

    def rows(self) -> list[Row]:
        """Return what to draw, question by question, those that do not apply hidden."""
        values = {**self.given, **self.answers} if self.is_bound else {**self.given, **self.saved}
        return [self._row(question, values) for question in self.section.questions]

    def _row(self, question: Question, values: Values) -> Row:
        row = Row(
            question.type,
            question,
            not question.applies(values),
            _json(question.show_if),
            new=question in self.newly_asked,
        )
        if question.type == "records":
            row.records = [self._record_rows(question, number, values) for number in range(self.count(question))]
            row.can_add, row.error = len(row.records) < question.most, self.record_errors.get(question.key, "")
        elif question.type == "language_test":
            language_tests.show_levels(question, self.fields, self._facts())
            row.fields = [self[key] for key in language_tests.keys(question)]
        else:
            row.bound, row.choices = self[question.key], self._to_pick(question.key)
        return row

    def _facts(self) -> dict[str, Any]:
        """Return the facts of the answers so far: what test results convert to."""
        if not self.rules.points:
            return {}
        return self.rules.facts(self.answers, self.at, category=str(self.given.get("category", "")))

    def _record_rows(self, question: Question, number: int, values: Values) -> RecordRows:
        record = {**values, **self._record_so_far(question, number)}
        rows = []
        for part in question.questions:
            name = record_name(question.key, number, part.key)
            shown = Row(
                part.type,
                part,
                not part.applies(record),
                _json(part.show_if),
                prefix=record_name(question.key, number, ""),
            )
            shown.bound, shown.choices = self[name], self._to_pick(name)
            rows.append(shown)
        title = str(question.record_name or question.label)
        return RecordRows(number + 1, f"{question.key}-{number}", f"{title} {number + 1}", rows)

    def _to_pick(self, name: str) -> list[dict[str, str]]:
        return [{"value": f"{name}={one.code}", "text": occupation_words(one)} for one in self.undecided.get(name, ())]


def _json(condition: Any) -> str:
    return json.dumps(condition, default=str) if condition else ""


def missing_words(question: Question, field: forms.Field) -> str:
    """Return what to do about an unanswered question."""
    label = {"label": field.label if question.type == "language_test" else question.label}
    if question.type == "declaration":
        return _("Tick the box if you agree: “%(label)s”.") % label
    if isinstance(field, forms.DateField):
        return _("Enter the day, month and year for “%(label)s”.") % label
    if isinstance(field, forms.ChoiceField):
        return _("Choose an answer for “%(label)s”.") % label
    return _("Enter an answer for “%(label)s”.") % label


__all__ = ["RecordRows", "Row", "SectionForm", "missing_words"]
