"""What of a file may be looked at again by somebody else, on whose request, and who is kept from doing it."""

from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from passerelle.accounts.models import Person
from passerelle.applications import mandatory, permissions, queries
from passerelle.applications.models import Application, Decision, Nomination, ReviewRequest
from passerelle.applications.states import FindingVerdict
from passerelle.core.verdicts import NotAllowed, Verdict, require
from passerelle.programs.rules.schema import Criterion
from passerelle.reviews import asking, terms
from passerelle.reviews.terms import Terms


def terms_of(application: Application) -> Terms:
    """What the pack asks of a request on this file, and what follows."""
    return terms.of(queries.rules_of(application))


def review_of(application: Application) -> ReviewRequest | None:
    """The latest review asked on a file, if one was."""
    asked = ReviewRequest.objects.filter(application=application).select_related("asked_by", "made_by", "decided_by")
    found = asked.order_by("asked_at", "pk").last()
    if found:
        found.application = application
    return found


def may_ask(person: Person, application: Application, *, at: datetime) -> tuple[Decision | Nomination | None, Verdict]:
    """The act of which ``person`` may ask a review, if there is one to be reviewed, and whether they may now."""
    nomination = queries.nomination_of(application)
    if nomination and nomination.cancelled_at:
        nomination.application = application
        return nomination, permissions.can_ask_review_of_cancellation(person, nomination, at=at)
    decision = application.decisions.last()
    if decision is None:
        return None, Verdict(False, "")
    decision.application = application
    return decision, permissions.can_ask_review(person, decision, at=at)


def to_review(person: Person, application: Application, *, at: datetime) -> Decision | Nomination:
    """The act of which ``person`` asks a review. Raises NotAllowed."""
    act, verdict = may_ask(person, application, at=at)
    if act is None:
        raise NotAllowed(_("There is no decision to review."))
    require(verdict)
    return act


def may_decide(person: Person, review: ReviewRequest) -> Verdict:
    """Whether ``person`` may decide the review, with everything the pack and the draw say about who may not."""
    application = review.application
    kept_out = terms_of(application).by_nobody_who_took_part
    return permissions.can_decide_review(
        person, review, drew=queries.drawn_by(application),
        assessed=set(application.findings.values_list("by", flat=True)) if kept_out else (),
    )  # fmt: skip


def to_be_answered(review: ReviewRequest, at: datetime) -> list[Criterion]:
    """Return the criteria that need an officer's words if this review nominates ``at``: not those it finds anew anyway."""
    if review.nomination_id or terms_of(review.application).leads_to != "nomination":
        return []
    findings = queries.latest_findings(review.application)
    doubted = {key for key, finding in findings.items() if finding.verdict != FindingVerdict.MET}
    return [one for one in mandatory.unanswered(review.application, at) if one.key not in doubted]


def additions(review: ReviewRequest) -> list[Any]:
    """The documents added to a request."""
    return asking.additions(review.owner)
