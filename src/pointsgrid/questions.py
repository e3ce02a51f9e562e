"""What is asked: questions in sections."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from pointsgrid.model import Text

NO_TEXT = Text()


@dataclass(frozen=True, slots=True)
class Question:
    """One question (or, with ``fields``, a repeating group of records)."""

    key: str
    type: str
    label: Text
    hint: Text = NO_TEXT
    required: Any = False
    show_if: Any = None
    choices: tuple[tuple[str, Text], ...] = ()
    fields: tuple[Question, ...] = ()
    line: int = 1
    extra: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Section:
    id: str
    label: Text
    intro: Text
    show_if: Any
    questions: tuple[Question, ...]
    extra: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Questionnaire:
    id: str
    label: Text
    sections: tuple[Section, ...]
    file: str = ""

    def questions(self) -> tuple[Question, ...]:
        return tuple(question for section in self.sections for question in section.questions)
