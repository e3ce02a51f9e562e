"""A doubt: what is doubted is put to the candidate first; only then may a file be refused (nwt.md, R4.4 and R4.5)."""

from datetime import datetime

from django.db import transaction

from passerelle.accounts.models import Person
from passerelle.core.lifecycle import IllegalMove
from passerelle.core.verdicts import NotAllowed, require
from passerelle.eoi import queries
from passerelle.eoi.models import Bar, Doubt, ExpressionOfInterest
from passerelle.eoi.operations import proving
from passerelle.eoi.operations.support import both, locked, rules_of, tell, told
from passerelle.eoi.permissions import can_confirm_bar, can_doubt, can_lift_doubt, can_refuse, can_reply
from passerelle.eoi.states import EOI_LIFECYCLE
from passerelle.notices import operations as notices
from passerelle.programs import operations as letters
from passerelle.programs import queries as programs


@transaction.atomic
def raise_doubt(*, reference: str, what: str, by: Person, at: datetime) -> Doubt:
    """Send the candidate a fairness notice: what is doubted, and by when they may reply. The employer is told nothing of it.

    Raises NotAllowed, IllegalMove.
    """
    eoi = locked(reference)
    require(can_doubt(by, eoi))
    eoi.state = EOI_LIFECYCLE.after(eoi.state, "doubt")
    if not what.strip():
        raise ValueError("say what is doubted")
    reply_by = programs.due(rules_of(eoi), "fairness_reply", at)
    doubt = Doubt.objects.create(eoi=eoi, what=what.strip(), by=by, at=at, reply_by=reply_by)
    eoi.save(update_fields=["state"])
    proving.drop_open_request(eoi, at=at)
    told("eoi.doubted", eoi, by=by, at=at, detail={"reply_by": reply_by})
    tell("fairness_notice", eoi, eoi.candidate, at=at, doubt=doubt.what, due_by=reply_by)
    return doubt


@transaction.atomic
def reply_to_doubt(*, reference: str, reply: str, by: Person, at: datetime) -> Doubt:
    """Keep the candidate's reply, once; the file stays as it is until an officer decides."""
    eoi = locked(reference)
    doubt = queries.open_doubt(eoi)
    require(can_reply(by, eoi, doubt))
    if doubt is None or not reply.strip():
        raise ValueError("a reply needs words")
    doubt.reply, doubt.replied_at = reply.strip(), at
    doubt.save(update_fields=["reply", "replied_at"])
    told("eoi.doubt_answered", eoi, by=by, at=at, detail={"late": at >= doubt.reply_by})
    detail = {
        "en": "The candidate has replied to the fairness notice.",
        "fr": "La personne candidate a répondu à l'avis d'équité procédurale.",
    }
    tell("reply_received", eoi, eoi.candidate, at=at, received_at=at)
    notices.open_task("eoi.doubt_answered", program=eoi.program, about=reference, detail=detail, at=at)
    return doubt


@transaction.atomic
def lift_doubt(*, reference: str, by: Person, at: datetime) -> ExpressionOfInterest:
    """Let the doubt go: the file returns to review, and the candidate is told."""
    eoi = locked(reference)
    require(can_lift_doubt(by, eoi))
    eoi.state = EOI_LIFECYCLE.after(eoi.state, "lift_doubt")
    _settle(eoi, "lifted", by=by, at=at)
    eoi.review_from, eoi.review_by = at, programs.due(rules_of(eoi), "score_notice", at)
    eoi.save(update_fields=["state", "review_from", "review_by"])
    told("eoi.doubt_lifted", eoi, by=by, at=at)
    tell("doubt_lifted", eoi, eoi.candidate, at=at)
    return eoi


def _settle(eoi: ExpressionOfInterest, outcome: str, *, by: Person, at: datetime, reason: str = "") -> Doubt:
    doubt = eoi.doubts.select_for_update().get(settled_at=None)
    doubt.outcome, doubt.settled_by, doubt.settled_at = outcome, by, at
    doubt.reason = reason or doubt.reason
    doubt.save(update_fields=["outcome", "settled_by", "settled_at", "reason"])
    return doubt


@transaction.atomic
def refuse_eoi(
    *, reference: str, reason: str, by: Person, at: datetime, confirmed_by: Person | None = None, bar: bool = False
) -> ExpressionOfInterest:
    """Refuse a file for a false statement, with reasons (R4.4; N7); with ``bar`` also keep the person out for a year (R4.5).

    A bar takes a second person, ``confirmed_by``. Raises NotAllowed (also while the candidate may still reply),
    IllegalMove.
    """
    eoi = locked(reference)
    require(can_refuse(by, eoi, queries.open_doubt(eoi), at=at))
    eoi.state = EOI_LIFECYCLE.after(eoi.state, "refuse")
    if not reason.strip():
        raise ValueError("a refusal needs reasons")
    eoi.closed_at = at
    eoi.save(update_fields=["state", "closed_at"])
    doubt = _settle(eoi, "refused", by=by, at=at, reason=reason.strip())
    barred = _bar(eoi, reason, by=by, confirmed_by=confirmed_by, at=at) if bar else None
    told(
        "eoi.refused", eoi, by=by, at=at,
        detail={"barred_until": barred.before if barred else None, "confirmed_by": getattr(confirmed_by, "pk", None)},
    )  # fmt: skip
    _send_refusal(eoi, doubt, barred, by=by, confirmed_by=confirmed_by, at=at)
    return eoi


def _bar(eoi: ExpressionOfInterest, reason: str, *, by: Person, confirmed_by: Person | None, at: datetime) -> Bar:
    second = confirmed_by
    if second is None or second.pk == by.pk:
        raise NotAllowed("A bar needs a second person.")
    require(can_lift_doubt(second, eoi))
    return Bar.objects.create(
        program=eoi.program, person_key=eoi.person_key, eoi=eoi, from_at=at, before=programs.due(rules_of(eoi), "bar", at),
        reason=reason.strip(), by=by, confirmed_by=second,
    )  # fmt: skip


def _send_refusal(
    eoi: ExpressionOfInterest, doubt: Doubt, bar: Bar | None, *, by: Person, confirmed_by: Person | None, at: datetime
) -> None:
    deciders = ", ".join(one.name for one in (by, confirmed_by) if one)
    blanks = {
        "ground": doubt.reason, "doubt": doubt.what, "refused_at": at, "decided_by": deciders, "points": eoi.points,
        "barred": bool(bar), "bar_before": bar.before if bar else None,
    }  # fmt: skip
    tell("eoi_refused", eoi, *both(eoi), at=at, **blanks)
    if eoi.candidate:
        letters.issue_letter(
            "eoi_refusal", program=eoi.program, to=eoi.candidate, about=eoi.reference, at=at, by=by, context=blanks
        )


@transaction.atomic
def ask_for_bar(*, reference: str, reason: str, by: Person, at: datetime) -> Doubt:
    """First of two: an officer proposes to refuse with a bar; it waits for another person's ``refuse_with_bar``."""
    eoi = locked(reference)
    doubt = queries.open_doubt(eoi)
    require(can_refuse(by, eoi, doubt, at=at))
    if doubt is None:
        raise IllegalMove("refuse", eoi.state)
    if not reason.strip():
        raise ValueError("a refusal needs reasons")
    doubt.reason, doubt.bar_asked_by, doubt.bar_asked_at = reason.strip(), by, at
    doubt.save(update_fields=["reason", "bar_asked_by", "bar_asked_at"])
    told("eoi.bar_asked", eoi, by=by, at=at)
    return doubt


@transaction.atomic
def take_back_bar(*, reference: str, by: Person, at: datetime) -> Doubt:
    """Drop the proposal of a bar; the doubt stays open."""
    eoi = locked(reference)
    require(can_lift_doubt(by, eoi))
    doubt = queries.open_doubt(eoi)
    if doubt is None or doubt.bar_asked_by_id is None:
        raise IllegalMove("take_back_bar", eoi.state)
    doubt.bar_asked_by = doubt.bar_asked_at = None
    doubt.save(update_fields=["bar_asked_by", "bar_asked_at"])
    told("eoi.bar_taken_back", eoi, by=by, at=at)
    return doubt


@transaction.atomic
def refuse_with_bar(*, reference: str, by: Person, at: datetime) -> ExpressionOfInterest:
    """Second of two: another person agrees to the bar proposed, and the file is refused."""
    eoi = locked(reference)
    doubt = queries.open_doubt(eoi)
    require(can_confirm_bar(by, eoi, doubt))
    if doubt is None or doubt.bar_asked_by is None:
        raise IllegalMove("refuse", eoi.state)
    return refuse_eoi(reference=reference, reason=doubt.reason, by=doubt.bar_asked_by, confirmed_by=by, bar=True, at=at)
