"""Likeness: a file that resembles another is shown to staff; nobody is stopped by it (trust.md, section 2)."""

import unicodedata
from collections.abc import Mapping
from datetime import datetime
from difflib import SequenceMatcher
from typing import Any

from django.db.models import QuerySet

from passerelle.core.composed import composed
from passerelle.eoi.models import ExpressionOfInterest
from passerelle.notices import operations as notices
from passerelle.programs.rules import ProgramRules

ALIKE = 0.82
# Files of people born on one day; more than this many are not compared, so that the work stays the same for any pool.
COMPARED = 20


def note(eoi: ExpressionOfInterest, rules: ProgramRules, *, at: datetime) -> None:
    """Open a staff task when somebody born on the same day with a close name has a live file under another passport."""
    named = _born_on_that_day(eoi.program, eoi.birth_key, eoi.pk, eoi.person_key)
    own = _name(eoi.answers, rules)
    alike = [reference for reference, answers in named if close(own, _name(answers, rules))]
    if alike:
        text = ", ".join(alike)
        detail = {
            "en": f"Same date of birth and a close name: {text}",
            "fr": f"Même date de naissance et nom semblable\N{NO-BREAK SPACE}: {text}",
        }
        notices.open_task("eoi.likeness", program=eoi.program, about=eoi.reference, detail=detail, at=at)


@composed
def _born_on_that_day(
    program: str, birth_key: str, but: int, but_person: str
) -> QuerySet[ExpressionOfInterest, tuple[str, dict[str, Any]]]:
    same_day = ExpressionOfInterest.objects.live().filter(program=program, birth_key=birth_key)
    others = same_day.exclude(pk=but).exclude(person_key=but_person).order_by("-id")
    return others.values_list("reference", "answers")[:COMPARED]


def _name(answers: Mapping[str, Any], rules: ProgramRules) -> str:
    asked = (rules.questions.given_names, rules.questions.family_name)
    return " ".join(str(answers.get(key) or "") for key in asked)


def close(one: str, other: str) -> bool:
    """Say whether two names may be one person's: accents, case, order and single letters apart."""
    left, right = _folded(one), _folded(other)
    return bool(left and right) and SequenceMatcher(None, left, right).ratio() >= ALIKE


def _folded(name: str) -> str:
    flat = unicodedata.normalize("NFKD", name.casefold())
    letters = "".join(char if char.isalpha() else " " for char in flat if not unicodedata.combining(char))
    return " ".join(sorted(letters.split()))
