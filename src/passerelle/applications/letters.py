"""Which letters a decision brings, and to whom; the words are the pack's."""

from datetime import datetime
from typing import Any

from passerelle.accounts.models import Person
from passerelle.applications import claims, messages, queries
from passerelle.applications.models import (
    Application,
    Decision,
    Nomination,
    Return,
    ReviewRequest,
    SupportLetterRequest,
)
from passerelle.applications.states import DecisionKind
from passerelle.programs import operations as programs
from passerelle.reviews import terms
from passerelle.reviews.rows import Outcome


def for_decision(decision: Decision, *, at: datetime) -> None:
    """Issue the decision's letter to both parties, and after a nomination the agreement for both to sign (R6.4)."""
    application = decision.application
    for person in messages.both(application):
        if decision.kind == DecisionKind.NOMINATION:
            _issue("nomination", application, person, at=at, **_validity(application))
            if queries.has_words(application, "agreement", at):
                _issue("agreement", application, person, at=at)
        else:
            _issue("refusal", application, person, at=at, reasons=decision.reasons, decider=decision.by.name,
                   unmet=_labels(decision, person, claimed=False), unproven=_labels(decision, person, claimed=True),
                   review=decision.review_before, can_review=decision.review_before is not None)  # fmt: skip


def _validity(application: Application) -> dict[str, Any]:
    """The nomination's number and last day, where the pack states one."""
    nomination = queries.nomination_of(application)
    return {"number": nomination.number, "expires": nomination.expires_before} if nomination else {}


def for_return(returned: Return, *, at: datetime) -> None:
    """Issue the letter of a return to the parties: what is missing, or the director's ground."""
    application = returned.application
    for person in messages.both(application):
        _issue("return_letter", application, person, at=at, missing=returned.missing, ground=returned.ground,
               refunded=returned.refunded, incomplete=bool(returned.missing))  # fmt: skip


def for_cancellation(nomination: Nomination, *, at: datetime) -> None:
    """Issue the letter of a cancelled nomination to the parties, with its reason, where the pack has one beside the message."""
    application = nomination.application
    if not queries.has_words(application, "cancellation_letter", at):
        return
    for person in messages.both(application):
        _issue("cancellation_letter", application, person, at=at, number=nomination.number,
               reason=nomination.cancel_reason)  # fmt: skip


def for_review(review: ReviewRequest, *, at: datetime) -> None:
    """Issue the letter of a review's outcome to the parties, where the pack has one beside the message."""
    application = review.application
    if not queries.has_words(application, "review_decision", at):
        return
    assert review.decided_by  # what is settled has somebody who settled it
    overturned = review.outcome == Outcome.OVERTURNED
    nominated = terms.of(queries.rules_of(application)).leads_to == "nomination"
    for person in messages.both(application):
        _issue("review_decision", application, person, at=at, reasons=review.reasons, decider=review.decided_by.name,
               asked=review.asked_at, upheld=not overturned, of_nomination=review.nomination_id is not None,
               reinstated=overturned and review.nomination_id is not None,
               nominated=overturned and review.decision_id is not None and nominated,
               assessed_again=overturned and review.decision_id is not None and not nominated)  # fmt: skip


def _labels(decision: Decision, person: Person, *, claimed: bool) -> list[str]:
    """The grounds of a refusal in the reader's words: criteria not met, or points not proven."""
    keys = [key for key in decision.grounds if claims.is_claim(key) is claimed]
    return queries.criteria_labels(decision.application, keys, person.language)


def support_letter(request: SupportLetterRequest, *, at: datetime) -> Any:
    """Issue the work permit support letter to the candidate."""
    application = request.application
    return _issue("support_letter", application, application.candidate, at=at, permit_expires=request.permit_expires_on,
                  expires=request.valid_before)  # fmt: skip


def _issue(kind: str, application: Application, to: Person, *, at: datetime, **context: Any) -> Any:
    told = {
        "file_number": application.file_number, "candidate": application.candidate.name,
        "employer": queries.employer_name(application), "position": queries.position(application, to.language),
        "received": application.received_at, "notified": application.invitation.notification_id is not None, **context,
    }  # fmt: skip
    return programs.issue_letter(
        kind, program=application.program, to=to, about=application.reference, at=at, context=told
    )
