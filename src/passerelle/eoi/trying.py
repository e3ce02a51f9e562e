"""Answers tried in the place of a file's own: what they would score, line by line. Nothing is changed, kept or told to anybody."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from passerelle.eoi import changes, placing, scoring
from passerelle.eoi.models import ExpressionOfInterest
from passerelle.programs import queries as programs
from pointsgrid.scoring.sheet import ScoreSheet


def sheet_of(eoi: ExpressionOfInterest, answers: Mapping[str, Any], *, at: datetime) -> ScoreSheet:
    """Return what ``answers`` would score if they were handed in at ``at`` under the rules the file began under.

    Facts that officers changed stay changed once the points are confirmed. A blank gives no points and makes the sheet
    incomplete. Raises pointsgrid's BadValue for an answer that no fact of the rules can have.
    """
    rules = programs.rules(eoi.pack)
    fixed = scoring.changed_facts(eoi) if eoi.is_confirmed else {}
    facts = rules.facts(answers, at, fixed, category=eoi.category)
    sheet: ScoreSheet = rules.score(facts, category=eoi.category, partial=True)
    return sheet


def has_changed_facts(eoi: ExpressionOfInterest) -> bool:
    """Say whether officers have changed facts of a file whose points are confirmed."""
    return eoi.is_confirmed and bool(scoring.changed_facts(eoi))


def placed_at(eoi: ExpressionOfInterest, *, points: int, at: datetime) -> datetime | None:
    """Return since when a file would hold its place with ``points`` from ``at`` on; None where it is not changed in place."""
    if not eoi.changeable or not eoi.first_submitted_at:
        return None
    rule = programs.rules(eoi.pack).stream(eoi.stream).place_after_change
    return placing.placed_at(rule, changes.history(eoi), points=points, at=at)
