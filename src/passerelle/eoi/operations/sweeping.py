"""What a clock brings: books closed on files past their year, reminders. Nothing is decided here: time decided it."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import F, Q

from passerelle.core import audit
from passerelle.eoi import meeting
from passerelle.eoi.models import Doubt, EvidenceRequest, ExpressionOfInterest
from passerelle.eoi.operations.submitting import expire
from passerelle.eoi.operations.support import both, tell, told
from passerelle.eoi.states import AGEING, EOI_LIFECYCLE, ClosingReason, EOIState
from passerelle.notices import operations as notices
from passerelle.programs import queries as programs

BATCH = 200
# Used when the pack names no days.
_BEFORE_EXPIRY = (30, 7)
_BEFORE_PROOF = (3, 1)


@transaction.atomic
def close_expired(*, at: datetime, limit: int = BATCH) -> int:
    """Close the books on up to ``limit`` files whose year is over (N15); return how many."""
    overdue = (
        ExpressionOfInterest.objects.overdue(at=at)
        .select_related("pack", "employer", "candidate")
        .defer("pack__sources")
    )
    held = list(overdue.select_for_update(of=("self",), skip_locked=True).order_by("valid_before", "id")[:limit])
    for eoi in held:
        expire(eoi, at=at)
    return len(held)


@transaction.atomic
def erase_drafts(*, at: datetime, limit: int = BATCH) -> int:
    """Close up to ``limit`` drafts never handed in that nobody touched for as long as the pack keeps drafts; return how many.

    Their answers are erased. The last touch is the last answer saved or the last event of the file, whichever is later.
    """
    erased = 0
    for program in programs.programs():
        before = _drafts_kept_since(program.code, at)
        if before is not None:
            erased += sum(_erase_untouched(one, before, at) for one in _old_drafts(program.code, before, limit))
    return erased


def _drafts_kept_since(program: str, at: datetime) -> datetime | None:
    try:
        return programs.rules_in_force(program, at).kept_since("draft", at)
    except programs.RulesUnavailable:
        return None


def _old_drafts(program: str, before: datetime, limit: int) -> list[ExpressionOfInterest]:
    drafts = ExpressionOfInterest.objects.of(program).filter(state=EOIState.DRAFT, first_submitted_at=None)
    old = drafts.filter(Q(saved_at=None) | Q(saved_at__lt=before), opened_at__lt=before)
    rows = old.select_related("pack", "employer", "candidate").defer("pack__sources").order_by("opened_at", "id")
    return list(rows.select_for_update(of=("self",), skip_locked=True)[:limit])


def _erase_untouched(eoi: ExpressionOfInterest, before: datetime, at: datetime) -> bool:
    last = audit.trail(eoi.reference).order_by("-number").values_list("at", flat=True).first()
    if last is not None and last >= before:
        return False
    eoi.state = EOI_LIFECYCLE.after(eoi.state, "discard")
    eoi.answers, eoi.criteria, eoi.version = {}, {}, eoi.version + 1
    eoi.closed_at, eoi.closing_reason = at, ClosingReason.DISCARDED
    eoi.save(update_fields=["state", "answers", "criteria", "version", "closed_at", "closing_reason"])
    told("eoi.draft_erased", eoi, by=None, at=at)
    tell("eoi_stopped", eoi, *(one for one in both(eoi) if one and one.username), at=at, stopped_at=at)
    return True


@transaction.atomic
def work_out_lapses(*, at: datetime, limit: int = BATCH) -> int:
    """Work out ``lapses_at`` for up to ``limit`` files of the pool that have none (they entered before it was kept)."""
    without = ExpressionOfInterest.objects.filter(state=EOIState.IN_POOL, lapses_at=None, valid_before__gt=at)
    rows = without.select_related("pack").defer("pack__sources").select_for_update(of=("self",), skip_locked=True)
    held = list(rows.order_by("id")[:limit])
    for eoi in held:
        eoi.lapses_at = meeting.lapses_at(eoi, since=at)
    ExpressionOfInterest.objects.bulk_update(held, ["lapses_at"])
    return len(held)


@transaction.atomic
def remind_due(*, at: datetime, limit: int = BATCH) -> int:
    """Remind parties of a year that runs out (N15) and candidates of proof still owed; return how many files.

    One reminder a file and call, however many days were missed.
    """
    _tell_staff_what_is_overdue(at, limit)
    return sum(
        _remind_expiring(one.code, at, limit) + _remind_evidence(one.code, at, limit) for one in programs.programs()
    )


def _tell_staff_what_is_overdue(at: datetime, limit: int) -> None:
    # A passed deadline decides nothing by itself: an officer is asked to.
    proof = EvidenceRequest.objects.filter(answered_at=None, dropped_at=None, due_by__lte=at)
    replies = Doubt.objects.filter(settled_at=None, replied_at=None, reply_by__lte=at)
    for kind, rows in (("eoi.proof_overdue", proof), ("eoi.reply_overdue", replies)):
        late: Any = rows.filter(overdue_told_at=None).select_related("eoi").order_by("id")
        for row in late.select_for_update(of=("self",), skip_locked=True)[:limit]:
            row.overdue_told_at = at
            row.save(update_fields=["overdue_told_at"])
            notices.open_task(kind, program=row.eoi.program, about=row.eoi.reference, at=at)


def _remind_expiring(program: str, at: datetime, limit: int) -> int:
    days = programs.rules_in_force(program, at).reminders.get("eoi_validity", _BEFORE_EXPIRY)
    ageing = ExpressionOfInterest.objects.of(program).filter(state__in=AGEING, valid_before__gt=at)
    soon = ageing.filter(_near("valid_before", days, at)).select_related("employer", "candidate").light()
    held = list(soon.select_for_update(of=("self",), skip_locked=True).order_by("valid_before", "id")[:limit])
    for eoi in held:
        eoi.reminded_at = at
        eoi.save(update_fields=["reminded_at"])
        told("eoi.expiry_reminded", eoi, by=None, at=at)
        tell("eoi_expiring", eoi, *both(eoi), at=at, valid_before=eoi.valid_before)
    return len(held)


def _remind_evidence(program: str, at: datetime, limit: int) -> int:
    days = programs.rules_in_force(program, at).reminders.get("evidence", _BEFORE_PROOF)
    waiting = EvidenceRequest.objects.filter(eoi__program=program, answered_at=None, dropped_at=None, due_by__gt=at)
    soon = waiting.filter(_near("due_by", days, at)).select_related("eoi__candidate")
    held = list(soon.select_for_update(of=("self",), skip_locked=True).order_by("due_by", "id")[:limit])
    for request in held:
        request.reminded_at = at
        request.save(update_fields=["reminded_at"])
        tell("evidence_reminder", request.eoi, request.eoi.candidate, at=at, due_by=request.due_by)
    return len(held)


def _near(field: str, days_before: Iterable[int], at: datetime) -> Q:
    """A reminder falls due when a day before the deadline has come and none was sent since."""
    near = Q(pk__in=[])
    for days in days_before:
        span = timedelta(days=days)
        unsent: Any = Q(reminded_at=None) | Q(reminded_at__lt=F(field) - span)
        near |= Q(**{f"{field}__lte": at + span}) & unsent
    return near
