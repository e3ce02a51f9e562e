"""The rules of a program as its pack states them, in plain Python: no database, no clock, no files."""

from passerelle.programs.rules.checks import answer_keys, check
from passerelle.programs.rules.conditions import Condition, holds, is_blank
from passerelle.programs.rules.letters import Letter, NoWordsFor
from passerelle.programs.rules.problems import BadPack, Problem
from passerelle.programs.rules.program import ProgramRules, attempt, read
from passerelle.programs.rules.questionnaire import Compare, LanguageTest, Option, Question, Questionnaire, Section
from passerelle.programs.rules.schema import Category, Criterion, DeadlineRule, EvidenceType, Setting, Slot, Stream
from passerelle.programs.rules.text import Text

__all__ = [
    "BadPack",
    "Category",
    "Compare",
    "Condition",
    "Criterion",
    "DeadlineRule",
    "EvidenceType",
    "LanguageTest",
    "Letter",
    "NoWordsFor",
    "Option",
    "Problem",
    "ProgramRules",
    "Question",
    "Questionnaire",
    "Section",
    "Setting",
    "Slot",
    "Stream",
    "Text",
    "answer_keys",
    "attempt",
    "check",
    "holds",
    "is_blank",
    "read",
]
