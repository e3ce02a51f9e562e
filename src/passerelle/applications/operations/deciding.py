"""Deciding: nomination uses the held place, refusal gives it back; a refusal can be reviewed by another officer."""

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from passerelle.accounts.models import Person
from passerelle.applications import letters, messages, queries
from passerelle.applications.models import Application, Decision, ReviewRequest
from passerelle.applications.operations.nominating import issue_nomination
from passerelle.applications.operations.places import hold_place, release_place, use_place
from passerelle.applications.permissions import can_ask_review, can_decide, can_decide_review
from passerelle.applications.states import APPLICATION_LIFECYCLE, DecisionKind, FindingVerdict, ReviewOutcome
from passerelle.core import audit
from passerelle.core.verdicts import NotAllowed, require
from passerelle.eoi import operations as eois
from passerelle.notices import operations as notices
from passerelle.programs import queries as programs


@transaction.atomic
def decide(
    *, reference: str, kind: str, reasons: str = "", grounds: Sequence[str] = (), by: Person, at: datetime
) -> Decision:
    """Nominate or refuse. Every criterion must have a finding; nomination needs all met, refusal at least one not met.

    The held place is used by a nomination and released by a refusal. Letters are made and both parties told (N14).
    """
    application = Application.objects.select_for_update(of=("self",)).get(reference=reference)
    drew = queries.drawn_by(application)
    require(can_decide(by, application, drew=drew))
    _require_findings(application, kind, reasons)
    nominated = kind == DecisionKind.NOMINATION
    application.state = APPLICATION_LIFECYCLE.after(application.state, "nominate" if nominated else "refuse")
    application.decided_at = application.closed_at = at
    application.save(update_fields=["state", "decided_at", "closed_at"])
    decision = Decision.objects.create(
        application=application, kind=kind, reasons=reasons, grounds=list(grounds), by=by, at=at, drawn_by=drew,
        review_before=None if nominated else _review_before(application, at),
    )  # fmt: skip
    _settle_place(decision, by=by, at=at)
    if nominated:
        issue_nomination(application, by=by, at=at)
    audit.record(f"application.{application.state}", subject=reference, by=by, at=at, program=application.program,
                 detail={"grounds": list(grounds)})  # fmt: skip
    letters.for_decision(decision, at=at)
    messages.decided(decision, at=at)
    return decision


def _require_findings(application: Application, kind: str, reasons: str) -> None:
    findings = queries.latest_findings(application)
    waiting = [one.key for one in queries.criteria(application) if one.key not in findings]
    if waiting:
        raise NotAllowed(
            _("Note what you found on every criterion first: %(count)d are left.") % {"count": len(waiting)}
        )
    verdicts = {finding.verdict for finding in findings.values()}
    if kind == DecisionKind.NOMINATION and verdicts != {FindingVerdict.MET}:
        raise NotAllowed(_("A nomination needs every criterion to be met."))
    if kind == DecisionKind.REFUSAL and FindingVerdict.NOT_MET not in verdicts:
        raise NotAllowed(_("A refusal needs at least one criterion that is not met."))
    if kind == DecisionKind.REFUSAL and not reasons.strip():
        raise NotAllowed(_("Write the reasons: the letter gives them to both parties."))


def _review_before(application: Application, at: datetime) -> datetime | None:
    rules = queries.rules_of(application)
    return programs.due(rules, "review_request", at) if rules.setting("review_of_refusal") else None


def _settle_place(decision: Decision, *, by: Person, at: datetime) -> None:
    application = decision.application
    if decision.kind == DecisionKind.NOMINATION:
        use_place(application, by=by, at=at)
    else:
        release_place(application, by=by, at=at)
    if application.invitation.eoi.state == "invited":  # closed already when a refusal was set aside by a review
        eois.close(reference=application.invitation.eoi.reference, reason="decided", at=at, by=by)


@transaction.atomic
def ask_review(*, reference: str, grounds: str, by: Person, at: datetime) -> ReviewRequest:
    """Ask that another officer look again at the refusal, saying what is wrong with it."""
    application = Application.objects.select_for_update(of=("self",)).get(reference=reference)
    decision = application.decisions.last()
    if decision is None:
        raise NotAllowed(_("There is no decision to review."))
    require(can_ask_review(by, decision, at=at))
    review = ReviewRequest.objects.create(
        decision=decision, asked_by=by, asked_at=at, grounds=grounds, refused_by=decision.by
    )
    audit.record("review.asked", subject=reference, by=by, at=at, program=application.program)
    notices.open_task("review_asked", program=application.program, about=reference, at=at,
                      detail=gettext_lazy("A review of a refusal was asked for."))  # fmt: skip
    messages.tell("review_asked", application, messages.both(application), at=at, file_number=application.file_number)
    return review


@transaction.atomic
def decide_review(*, reference: str, outcome: str, reasons: str, by: Person, at: datetime) -> ReviewRequest:
    """Uphold or overturn the refusal, by an officer other than the one who refused; both parties are told.

    Overturned, the file goes back to assessment with the reviewing officer, and a place is held for it again
    (allocations raises NoPlaceLeft when the year has none).
    """
    application = Application.objects.select_for_update(of=("self",)).get(reference=reference)
    waiting = ReviewRequest.objects.select_for_update(of=("self",)).filter(
        decision__application=application, outcome=""
    )
    review = waiting.first()
    if review is None:
        raise NotAllowed(_("There is no decision to review."))
    require(can_decide_review(by, review))
    if not reasons.strip():
        raise NotAllowed(_("Write the reasons of the review: both parties read them."))
    review.outcome, review.reasons, review.decided_by, review.decided_at = outcome, reasons, by, at
    review.save(update_fields=["outcome", "reasons", "decided_by", "decided_at"])
    if outcome == ReviewOutcome.OVERTURNED:
        _reopen(application, by=by, at=at)
    audit.record(f"review.{outcome}", subject=reference, by=by, at=at, program=application.program)
    messages.tell("review_decided", application, messages.both(application), at=at, file_number=application.file_number,
                  overturned=outcome == ReviewOutcome.OVERTURNED)  # fmt: skip
    return review


def _reopen(application: Application, *, by: Person, at: datetime) -> None:
    application.state = APPLICATION_LIFECYCLE.after(application.state, "overturn")
    application.officer, application.taken_at = by, at
    application.decided_at = application.closed_at = None
    application.save(update_fields=["state", "officer", "taken_at", "decided_at", "closed_at"])
    if queries.holds_place(application):
        hold_place(application, by=by, at=at)
