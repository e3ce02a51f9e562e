"""Changing what was handed in, until an invitation: prepared beside the answers that count, then saved in their place."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import transaction

from passerelle.accounts.models import Person
from passerelle.core.lifecycle import IllegalMove
from passerelle.core.verdicts import require
from passerelle.eoi import changes, queries, scoring
from passerelle.eoi.models import AnswersInProgress, ExpressionOfInterest, ScoreRecord
from passerelle.eoi.operations.drafting import merged_answers
from passerelle.eoi.operations.submitting import StaleAnswers, Unfinished, keep_version
from passerelle.eoi.operations.support import locked, locked_in_open_stream, tell, told
from passerelle.eoi.permissions import can_change

_SAVED = (
    "answers", "version", "saved_at", "facts", "points", "sheet", "grid", "birth_key", "submitted_at", "placed_at",
    "confirmed_points", "lapses_at",
)  # fmt: skip


class IdentityChanged(Exception):
    """The passport is another one: who a file is about does not change. It is withdrawn, and a new one filed."""


@transaction.atomic
def begin_change(*, reference: str, by: Person, at: datetime) -> AnswersInProgress:
    """Begin to prepare a change: a copy of the answers without what was declared; the live ones go on counting.

    Begun already, it is gone on with. Raises NotAllowed.
    """
    eoi = locked(reference)
    require(can_change(by, eoi, at=at, act="eoi.begin_change"))
    kept = AnswersInProgress.objects.filter(eoi=eoi).first()
    if kept is None:
        answers = queries.without_declarations(eoi)
        kept = AnswersInProgress.objects.create(eoi=eoi, answers=answers, begun_at=at, saved_at=at)
        told("eoi.change_begun", eoi, by=by, at=at)
    return kept


@transaction.atomic
def save_change_section(
    *, reference: str, section: str, answers: Mapping[str, Any], by: Person, at: datetime
) -> AnswersInProgress:
    """Keep a section's answers in the change being prepared. Raises NotAllowed, IllegalMove when none is, ValueError."""
    eoi = locked(reference)
    require(can_change(by, eoi, at=at, act="eoi.save_change_section"))
    kept = _in_progress(eoi)
    merged = merged_answers(eoi, kept.answers, section, answers, by=by)
    if merged != kept.answers:
        kept.answers, kept.version = merged, kept.version + 1
    kept.saved_at = at
    kept.save(update_fields=["answers", "version", "saved_at"])
    return kept


def _in_progress(eoi: ExpressionOfInterest) -> AnswersInProgress:
    kept = AnswersInProgress.objects.filter(eoi=eoi).first()
    if kept is None:
        raise IllegalMove("change", eoi.state)
    return kept


@transaction.atomic
def drop_change(*, reference: str, by: Person, at: datetime) -> None:
    """Forget a change being prepared; what was handed in stays as it is."""
    eoi = locked(reference)
    require(can_change(by, eoi, at=at, act="eoi.drop_change"))
    _in_progress(eoi).delete()
    told("eoi.change_dropped", eoi, by=by, at=at)


@transaction.atomic
def change_eoi(*, reference: str, version: int, by: Person, at: datetime) -> ExpressionOfInterest:
    """Put the change in place: a new version, scored now, its place as the stream says; the end of validity stays.

    ``version`` is that of the change the person checked. Raises NotAllowed (invited, ended), IllegalMove (saved already),
    StaleAnswers, Unfinished, IdentityChanged.
    """
    eoi = locked_in_open_stream(reference)
    require(can_change(by, eoi, at=at, act="eoi.change_eoi"))
    kept = _in_progress(eoi)
    if version != kept.version:
        raise StaleAnswers(reference)
    outcome = changes.outcome(eoi, kept.answers, at=at)
    if outcome.unfinished:
        raise Unfinished(outcome.unfinished)
    if not outcome.same_person:
        raise IdentityChanged(reference)
    before = eoi.points
    changes.apply(eoi, kept.answers, outcome, at=at)
    eoi.version += 1
    eoi.save(update_fields=_SAVED)
    kept.delete()
    scoring.keep(eoi, cause=ScoreRecord.Cause.ANSWERS_CHANGE, by=by, at=at)
    version_kept = keep_version(eoi, by=by, at=at)
    detail = {"number": version_kept.number, "points_before": before, "points": eoi.points, "placed_at": eoi.placed_at}
    told("eoi.changed", eoi, by=by, at=at, detail=detail)
    tell(
        "eoi_changed", eoi, eoi.candidate, at=at, changed_at=at, before=before, total=eoi.points,
        max_total=eoi.sheet["maximum"], placed_at=eoi.placed_at, valid_before=eoi.valid_before,
    )  # fmt: skip
    return eoi
