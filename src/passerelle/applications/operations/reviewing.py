"""A refusal, or a cancelled nomination, looked at again by somebody else: asked within the pack's days, final."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from passerelle.accounts.models import Person
from passerelle.applications import letters, messages, queries, recourse, standards
from passerelle.applications.models import Application, Decision, Finding, ReviewRequest
from passerelle.applications.operations.deciding import make
from passerelle.applications.operations.nominating import reinstate
from passerelle.applications.operations.places import hold_place
from passerelle.applications.states import APPLICATION_LIFECYCLE, DecisionKind, FindingVerdict
from passerelle.core import audit
from passerelle.core.verdicts import NotAllowed, require
from passerelle.notices import operations as notices
from passerelle.reviews import asking, deciding


@transaction.atomic
def ask_review(
    *, reference: str, error: str, by: Person, at: datetime, difference: str = "", additions_reason: str = "",
    uploads: Sequence[UploadedFile] = (),
) -> ReviewRequest:  # fmt: skip
    """Ask that somebody else look again at the refusal, or at the cancelled nomination, saying what is wrong with it.

    Raises NotAllowed (also where the pack asks for more to be said), Unacceptable for a file.
    """
    application = Application.objects.select_for_update(of=("self",)).get(reference=reference)
    act = recourse.to_review(by, application, at=at)
    said = asking.said(
        recourse.terms_of(application), error=error, difference=difference, additions_reason=additions_reason,
        uploads=uploads,
    )  # fmt: skip
    decide_by = asking.decide_by(queries.rules_of(application), at)
    review = ReviewRequest.objects.create(
        application=application, asked_by=by, asked_at=at, decide_by=decide_by, **_reviewed(act), **said
    )
    asking.keep_additions(review.owner, uploads, by=by, at=at)
    audit.record("review.asked", subject=reference, by=by, at=at, program=application.program,
                 detail={"documents": len(uploads)})  # fmt: skip
    notices.open_task("review_asked", program=application.program, about=reference, at=at, due_by=decide_by,
                      detail=gettext_lazy("A review of a decision was asked for."))  # fmt: skip
    messages.tell("review_asked", application, messages.both(application), at=at, file_number=application.file_number)
    return review


def _reviewed(act: object) -> dict[str, object]:
    """What the request is about, and who took part in it: of a cancelled nomination two people did."""
    if isinstance(act, Decision):
        return {"decision": act, "made_by": act.by}
    return {"nomination": act, "made_by": act.cancelled_by, "proposed_by": act.cancel_asked_by}  # type: ignore[attr-defined]


@transaction.atomic
def decide_review(
    *, reference: str, outcome: str, reasons: str, by: Person, at: datetime, words: Mapping[str, str] | None = None
) -> ReviewRequest:
    """Let the decision stand or set it aside, by somebody else than who made it; final; both parties get the reasons.

    A refusal set aside leads where the pack says: the file is assessed again by the reviewing officer, with a place held
    for it where places are held from the invitation, or the person is nominated at once, with a place. A cancellation set
    aside puts the nomination in force again. Raises NoPlaceLeft when the year has none.

    A nomination needs ``words``, by criterion, for what nobody doubted before and the forms now say is not met
    (``recourse.to_be_answered``). Raises NotAllowed without them.
    """
    application = Application.objects.select_for_update(of=("self",)).get(reference=reference)
    waiting = ReviewRequest.objects.select_for_update(of=("self",)).filter(application=application, outcome="")
    review = waiting.first()
    if review is None:
        raise NotAllowed(_("There is no decision to review."))
    review.application = application
    require(recourse.may_decide(by, review))
    overturned = deciding.settle(review, outcome=outcome, reasons=reasons, by=by, at=at)
    audit.record(f"review.{review.outcome}", subject=reference, by=by, at=at, program=application.program)
    letters.for_review(review, at=at)
    nominated = overturned and _follow(review, words or {}, by=by, at=at)
    messages.tell("review_decided", application, messages.both(application), at=at, file_number=application.file_number,
                  overturned=overturned, nominated=nominated)  # fmt: skip
    return review


def _follow(review: ReviewRequest, words: Mapping[str, str], *, by: Person, at: datetime) -> bool:
    """Do what a decision set aside leads to; return whether the person is nominated with it."""
    application = review.application
    if review.nomination:
        reinstate(review.nomination, reason=review.reasons, by=by, at=at)
        return True
    if recourse.terms_of(application).leads_to == "nomination":
        _nominate(review, words, by=by, at=at)
        return True
    _reopen(application, by=by, at=at)
    return False


def _nominate(review: ReviewRequest, words: Mapping[str, str], *, by: Person, at: datetime) -> None:
    # A nomination rests on findings that are all met: those the refusal rested on are found anew, by who reviewed it.
    application = review.application
    findings = queries.latest_findings(application)
    anew = {key: review.reasons for key, finding in findings.items() if finding.verdict != FindingVerdict.MET}
    asked = {one.key for one in recourse.to_be_answered(review, at)}
    for criterion, note in {**{key: words[key].strip() for key in asked & words.keys()}, **anew}.items():
        Finding.objects.create(
            application=application, criterion=criterion, verdict=FindingVerdict.MET, note=note, by=by, at=at
        )
    if queries.holds_place(application):
        hold_place(application, by=by, at=at)
    make(
        application, "overturn_to_nomination", DecisionKind.NOMINATION, drew=queries.drawn_by(application), by=by, at=at
    )


def _reopen(application: Application, *, by: Person, at: datetime) -> None:
    application.state = APPLICATION_LIFECYCLE.after(application.state, "overturn")
    application.officer, application.taken_at = by, at
    application.decided_at = application.closed_at = None
    # It is assessed anew, and the program's own time for it begins anew.
    application.decide_by = standards.decide_by(application, at)
    application.save(update_fields=["state", "officer", "taken_at", "decided_at", "closed_at", "decide_by"])
    if queries.holds_place(application):
        hold_place(application, by=by, at=at)
