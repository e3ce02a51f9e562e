"""The officer's check: confirm the points, change a fact, leave a note."""

from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import Q

from passerelle.accounts.models import Person
from passerelle.core.lifecycle import IllegalMove
from passerelle.core.verdicts import require
from passerelle.eoi import bearing, claims, meeting, queries, scoring
from passerelle.eoi.models import ExpressionOfInterest, FactChange, Note, ScoreRecord
from passerelle.eoi.operations.support import both, locked, tell, told
from passerelle.eoi.permissions import can_change_fact, can_confirm, can_review, can_settle_change, can_settle_evidence
from passerelle.eoi.states import AGEING, EOI_LIFECYCLE


class NoChange(ValueError):
    """The fact has this value already, or the grid knows no such fact."""


# A file somebody took and left is free again after this long.
HELD = timedelta(hours=4)


@transaction.atomic
def take_next(*, program: str, by: Person, at: datetime) -> ExpressionOfInterest | None:
    """Give an officer the oldest file that waits for review and that no colleague holds; None when there is none."""
    require(can_review(by, program))
    free = Q(taken_by=None) | Q(taken_by=by) | Q(taken_at__lte=at - HELD)
    waiting = queries.to_review(program, at).filter(free)
    eoi = waiting.select_for_update(of=("self",), skip_locked=True).first()
    if eoi is None:
        return None
    eoi.taken_by, eoi.taken_at = by, at
    eoi.save(update_fields=["taken_by", "taken_at"])
    told("eoi.taken", eoi, by=by, at=at)
    return eoi


@transaction.atomic
def confirm_points(*, reference: str, by: Person, at: datetime) -> ExpressionOfInterest:
    """Confirm the score after review; the file enters the pool and both parties are told the total (N4, R3.1 to R3.3).

    Raises NotAllowed, IllegalMove.
    """
    eoi = locked(reference)
    require(can_confirm(by, eoi, open_change=queries.open_change(eoi), at=at))
    eoi.state = EOI_LIFECYCLE.after(eoi.state, "confirm")
    first = eoi.confirmed_at is None
    eoi.confirmed_at, eoi.confirmed_by, eoi.confirmed_points = at, by, eoi.points
    eoi.lapses_at = meeting.lapses_at(eoi, since=at)
    eoi.save(update_fields=["state", "confirmed_at", "confirmed_by", "confirmed_points", "lapses_at"])
    told("eoi.points_confirmed", eoi, by=by, at=at, detail={"points": eoi.points, "first": first})
    tell(
        "score_assigned", eoi, *both(eoi), at=at, total=eoi.points, max_total=eoi.sheet["maximum"],
        valid_before=eoi.valid_before,
    )  # fmt: skip
    return eoi


@transaction.atomic
def propose_fact(*, reference: str, fact: str, value: Any, reason: str, by: Person, at: datetime) -> FactChange:
    """Hold a fact to be ``value`` instead, with the reason. Points follow; nobody sets points.

    When the total would change, or a draw might see the file otherwise, a second officer must confirm; else it applies at once.
    Raises NotAllowed, IllegalMove, NoChange.
    """
    eoi = locked(reference)
    require(can_change_fact(by, eoi, open_change=queries.open_change(eoi)))
    _must_be_open(eoi, "change_fact")
    if fact not in eoi.facts or eoi.facts[fact] == value:
        raise NoChange(fact)
    after = _rescored(eoi, fact, value)
    change = FactChange.objects.create(
        eoi=eoi, fact=fact, before=eoi.facts[fact], after=value, reason=reason.strip(), points_before=eoi.points or 0,
        points_after=after.points, by=by, at=at,
    )  # fmt: skip
    told("eoi.fact_change_proposed", eoi, by=by, at=at, detail=_points(change))
    if change.points_before == change.points_after and not bearing.is_changed(eoi, after, at=at):
        _apply(eoi, change, second=None, at=at)
    return change


def _must_be_open(eoi: ExpressionOfInterest, move: str) -> None:
    if eoi.state not in (*AGEING, "doubted"):
        raise IllegalMove(move, eoi.state)


def _rescored(eoi: ExpressionOfInterest, fact: str, value: Any) -> scoring.Scored:
    # Dates count from the submission: a check months later does not make anybody older.
    changed = {**scoring.changed_facts(eoi), fact: value}
    return scoring.scored(
        eoi.pack, eoi.answers, category=eoi.category, at=eoi.submitted_at or eoi.opened_at, changed=changed
    )


def _points(change: FactChange) -> dict[str, Any]:
    return {"fact": change.fact, "points_before": change.points_before, "points_after": change.points_after}


@transaction.atomic
def confirm_fact(*, change: FactChange, by: Person, at: datetime) -> FactChange:
    """A second officer agrees: the fact is changed, the file is scored anew, old and new points are told with the reason."""
    eoi, change = _locked_change(change)
    require(can_settle_change(by, change))
    _must_be_open(eoi, "confirm_fact")
    _apply(eoi, change, second=by, at=at)
    return change


@transaction.atomic
def decline_fact(*, change: FactChange, by: Person, at: datetime) -> FactChange:
    """A second officer disagrees, or the first one takes the proposal back: nothing changes."""
    eoi, change = _locked_change(change)
    if change.by_id != by.pk:
        require(can_settle_change(by, change))
        change.confirmed_by = by
    change.state, change.settled_at = FactChange.State.DECLINED, at
    change.save(update_fields=["state", "settled_at", "confirmed_by"])
    told("eoi.fact_change_declined", eoi, by=by, at=at, detail=_points(change))
    return change


def _locked_change(change: FactChange) -> tuple[ExpressionOfInterest, FactChange]:
    eoi = locked(change.eoi.reference)
    fresh = FactChange.objects.select_for_update(of=("self",)).get(pk=change.pk)
    fresh.eoi = eoi
    if fresh.state != FactChange.State.PROPOSED:
        raise IllegalMove("settle_fact", fresh.state)
    return eoi, fresh


def _apply(eoi: ExpressionOfInterest, change: FactChange, *, second: Person | None, at: datetime) -> None:
    change.state, change.confirmed_by, change.settled_at = FactChange.State.APPLIED, second, at
    change.save(update_fields=["state", "confirmed_by", "settled_at"])
    was_told = eoi.confirmed_points
    scoring.score_into(eoi, at=eoi.submitted_at or at)
    if was_told is not None:
        eoi.confirmed_points = eoi.points
    eoi.lapses_at = meeting.lapses_at(eoi, since=at)
    eoi.save(update_fields=["facts", "points", "sheet", "grid", "confirmed_points", "lapses_at"])
    scoring.keep(eoi, cause=ScoreRecord.Cause.FACT_CHANGE, by=second or change.by, at=at)
    told(
        "eoi.fact_changed", eoi, by=second or change.by, at=at, detail={**_points(change), "proposed_by": change.by_id}
    )
    _tell_new_points(eoi, change, was_told=was_told, at=at)


def _tell_new_points(eoi: ExpressionOfInterest, change: FactChange, *, was_told: int | None, at: datetime) -> None:
    row = claims.fact(eoi, change.fact)
    told_of = {
        "fact": row.label, "old_value": row.in_words(change.before), "new_value": row.in_words(change.after),
        "reason": change.reason, "before": change.points_before, "total": eoi.points, "max_total": eoi.sheet["maximum"],
    }  # fmt: skip
    if change.points_before == change.points_after:
        tell("fact_changed", eoi, eoi.candidate, at=at, **told_of)
    elif was_told is None:
        # The employer has heard no total yet and will hear the right one; the candidate saw the estimate.
        tell("score_changed", eoi, eoi.candidate, at=at, **told_of)
    else:
        tell("score_changed", eoi, *both(eoi), at=at, **told_of)


@transaction.atomic
def add_note(*, reference: str, text: str, by: Person, at: datetime) -> Note:
    """Leave a note for colleagues."""
    eoi = locked(reference)
    require(can_settle_evidence(by, eoi))
    note = Note.objects.create(eoi=eoi, text=text.strip(), by=by, at=at)
    told("eoi.note_added", eoi, by=by, at=at)
    return note
