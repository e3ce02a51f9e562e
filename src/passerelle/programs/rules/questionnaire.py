"""Questionnaires and forms: sections of questions, which of them apply, and what kind of answer each takes."""

from collections.abc import Iterator, Mapping
from typing import Any, Literal

from pydantic import Field

from passerelle.programs.rules import conditions
from passerelle.programs.rules.schema import Certainty, Condition, Key, Record
from passerelle.programs.rules.text import Bilingual

Answers = Mapping[str, Any]
QuestionType = Literal[
    "text", "long_text", "name", "email", "phone", "code", "whole", "decimal", "money", "date", "yes_no", "choice", "choices",
    "country", "community", "occupation", "language_test", "records", "declaration", "signature",
]  # fmt: skip


class Option(Record):
    """One answer of a choice."""

    value: str
    label: Bilingual
    hint: Bilingual | None = None
    show_if: Condition = None


class ScoreRange(Record):
    """The results a test report can show for one ability, such as 0 to 9 by halves."""

    lowest: str
    highest: str
    step: str = "1"


class LanguageTest(Record):
    """A test of English or French and the results its report can show."""

    key: Key
    name: Bilingual
    language: Literal["en", "fr"]
    listening: ScoreRange
    reading: ScoreRange
    writing: ScoreRange
    speaking: ScoreRange


class Compare(Record):
    """How an application's answer is held against the EOI's: which answer, and which direction would lower the points."""

    with_: Key = Field(alias="with")
    lowers_if: Literal["different", "less", "more"] = "different"


class Question(Record):
    """One question. ``key`` is where its answer is kept; records hold questions of their own.

    ``otherwise`` is what counts as answered when the question does not apply (no job: an empty list of jobs).
    """

    key: Key
    type: QuestionType
    label: Bilingual
    hint: Bilingual | None = None
    required: bool = True
    show_if: Condition = None
    otherwise: Any = None
    options: tuple[Option, ...] = ()
    lowest: str | int | None = None
    highest: str | int | None = None
    not_after: Literal["today"] | None = None
    not_before: Literal["today"] | None = None
    longest: int = 200
    pattern: str | None = None
    pattern_help: Bilingual | None = None
    unit: Bilingual | None = None
    questions: tuple["Question", ...] = ()
    record_name: Bilingual | None = None
    fewest: int = 0
    most: int = 20
    tests_in: Key | None = None
    tests_not_in: Key | None = None
    levels: dict[Literal["listening", "reading", "writing", "speaking"], Key] = {}
    prefill: Key | None = None
    company: bool = False
    compare: Compare | None = None
    factor: str | None = None
    class_: Literal["ordinary", "grave"] = Field("ordinary", alias="class")
    source: str | None = None
    certainty: Certainty | None = None

    def applies(self, answers: Answers) -> bool:
        """Whether the question is asked, given the other answers."""
        return conditions.holds(self.show_if, answers)

    def offered(self, answers: Answers) -> list[Option]:
        """Return the options that may be chosen, given the other answers."""
        return [one for one in self.options if conditions.holds(one.show_if, answers)]


class Section(Record):
    """A page of questions."""

    key: Key
    title: Bilingual
    intro: Bilingual | None = None
    show_if: Condition = None
    questions: tuple[Question, ...]

    def applies(self, answers: Answers) -> bool:
        """Whether the section is asked at all."""
        return conditions.holds(self.show_if, answers)

    def asked(self, answers: Answers) -> list[Question]:
        """Return the questions that apply, in order."""
        return [one for one in self.questions if one.applies(answers)] if self.applies(answers) else []


class Questionnaire(Record):
    """Sections in order. ``tests`` lists the language tests its ``language_test`` questions accept."""

    key: Key
    title: Bilingual
    intro: Bilingual | None = None
    tests: tuple[LanguageTest, ...] = ()
    sections: tuple[Section, ...]

    def section(self, key: str) -> Section:
        """Return a section; raises KeyError for one that is not there."""
        for one in self.sections:
            if one.key == key:
                return one
        raise KeyError(key)

    def questions(self) -> Iterator[Question]:
        """Yield every top-level question."""
        for section in self.sections:
            yield from section.questions

    def question(self, key: str) -> Question:
        """Return a question; raises KeyError for one that is not there."""
        for one in self.questions():
            if one.key == key:
                return one
        raise KeyError(key)

    def applying(self, answers: Answers) -> list[Section]:
        """Return the sections that apply, in order."""
        return [one for one in self.sections if one.applies(answers)]

    def test(self, key: str) -> LanguageTest | None:
        """Return a language test by its key."""
        return next((one for one in self.tests if one.key == key), None)


Question.model_rebuild()
