"""Scores of files: facts and points under the pack a file began with, as they are kept."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.db import connection

from passerelle.accounts.models import Person
from passerelle.eoi.models import ExpressionOfInterest, FactChange
from passerelle.programs import queries as programs

if TYPE_CHECKING:
    from passerelle.programs.models import Pack


@dataclass(frozen=True)
class Scored:
    """A score ready to be kept: total points, flat facts, the sheet with its lines, the grid's id."""

    points: int
    facts: dict[str, Any]
    sheet: dict[str, Any]
    grid: str


def scored(
    pack: "Pack", answers: Mapping[str, Any], *, category: str, at: datetime, changed: Mapping[str, Any] | None = None
) -> Scored:
    """Return the score of ``answers`` in a category on the instant ``at``; ``changed`` facts replace those the answers give.

    Raises pointsgrid's MissingFacts when a factor hangs on a blank.
    """
    rules = programs.rules(pack)
    facts = rules.facts(answers, at, changed or {}, category=category)
    sheet = rules.score(facts, category=category)
    return Scored(points=int(sheet.total), facts=facts, sheet=sheet.to_json(), grid=sheet.grid)


def score_into(eoi: ExpressionOfInterest, *, at: datetime) -> None:
    """Set facts, points and sheet of an unsaved change to ``eoi``; dates count from ``at``."""
    # A draft has no changes: nobody but the candidate has touched it.
    changed = changed_facts(eoi) if eoi.first_submitted_at else {}
    result = scored(eoi.pack, eoi.answers, category=eoi.category, at=at, changed=changed)
    eoi.facts, eoi.points, eoi.sheet, eoi.grid = result.facts, result.points, result.sheet, result.grid


def changed_facts(eoi: ExpressionOfInterest) -> dict[str, Any]:
    """Return the facts that officers have changed in this file, the last change of each."""
    # All of them, so that a list which brought them along is not asked once more for each row.
    changes = sorted(eoi.fact_changes.all(), key=lambda change: change.pk)
    return {change.fact: change.after for change in changes if change.state == FactChange.State.APPLIED}


# Copied by the server: the sheet is long, and it has just been sent.
_KEEP = """
    INSERT INTO eoi_scorerecord (eoi_id, pack_id, grid, facts, points, sheet, cause, by_id, at)
    SELECT id, pack_id, grid, facts, points, sheet, %s, %s, %s FROM eoi_expressionofinterest WHERE id = %s
"""


def keep(eoi: ExpressionOfInterest, *, cause: str, by: Person, at: datetime) -> None:
    """Add the score of a file, as it has just been saved, to its history."""
    with connection.cursor() as cursor:
        cursor.execute(_KEEP, [str(cause), by.pk, at, eoi.pk])
