"""A federal invitation while the file is open: reported or recorded, declined with proof, the proof accepted or not."""

from collections.abc import Sequence
from datetime import date, datetime

from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from passerelle.accounts.models import Person
from passerelle.applications import federal, messages, queries
from passerelle.applications.models import Application, FederalInvitation
from passerelle.applications.permissions import can_send_proof, can_settle_federal, can_tell_of_federal
from passerelle.applications.states import FEDERAL_INVITATION_LIFECYCLE, FederalAnswer
from passerelle.core import audit, deadlines
from passerelle.core.verdicts import NotAllowed, require
from passerelle.documents import operations as documents
from passerelle.notices import operations as notices

# What an officer can make of a federal invitation, and the move it is.
OUTCOMES = {"accepted": "accept_proof", "not_accepted": "turn_proof_down", "mistaken": "set_aside"}


@transaction.atomic
def report_federal_invitation(
    *, reference: str, invited_on: date, answer: str = "", by: Person, at: datetime
) -> FederalInvitation:
    """Keep that the federal government invited the candidate, and what they will do about it; staff give no answer.

    While it stands nobody is nominated. Going ahead federally is not yet a withdrawal: ``withdraw_application`` is.
    Raises NotAllowed.
    """
    application = _locked(reference)
    require(can_tell_of_federal(by, application, concerned=federal.concerns(application),
                                reviewed=federal.is_reviewed(application)))  # fmt: skip
    if federal.open_invitation(application):
        raise NotAllowed(_("A federal invitation has been told of already: answer that one first."))
    if invited_on > deadlines.local_day(at, queries.rules_of(application).zone):
        raise NotAllowed(_("The day is still to come. Enter the date on the federal invitation."))
    if not by.is_staff_member and answer not in FederalAnswer.values:
        raise NotAllowed(_("Choose what you will do."))
    told = FederalInvitation.objects.create(
        application=application, invited_on=invited_on, answer="" if by.is_staff_member else answer, reported_by=by,
        reported_at=at,
    )  # fmt: skip
    _record("federal_invitation.reported", told, by=by, at=at, invited_on=invited_on, answer=told.answer)
    if not by.is_staff_member:
        notices.open_task("federal_invitation_reported", program=application.program, about=reference, at=at,
                          detail=gettext_lazy("The candidate was invited by the federal government."))  # fmt: skip
    messages.tell("federal_invitation_reported", application, [application.candidate], at=at, invited=invited_on,
                  by_staff=by.is_staff_member, ahead=told.answer == FederalAnswer.AHEAD)  # fmt: skip
    return told


@transaction.atomic
def send_decline_proof(
    *, reference: str, uploads: Sequence[UploadedFile], by: Person, at: datetime
) -> FederalInvitation:
    """Show that the federal invitation was declined, so that the file may go on. Raises NotAllowed, Unacceptable."""
    application = _locked(reference)
    told = _open(application)
    require(can_send_proof(by, application, reviewed=federal.is_reviewed(application)))
    if not uploads:
        raise NotAllowed(_("Add the proof: a picture of your federal account that shows the invitation declined."))
    told.state = FEDERAL_INVITATION_LIFECYCLE.after(told.state, "send_proof")
    for upload in uploads:
        documents.store(owner=told.owner, slot=federal.PROOF, upload=upload, by=by, at=at)
    told.answer, told.proof_sent_by, told.proof_sent_at, told.reason = FederalAnswer.DECLINE, by, at, ""
    told.save(update_fields=["state", "answer", "proof_sent_by", "proof_sent_at", "reason"])
    _record("federal_invitation.proof_sent", told, by=by, at=at, files=len(uploads))
    notices.open_task("decline_proof_received", program=application.program, about=reference, at=at,
                      detail=gettext_lazy("The candidate shows that a federal invitation was declined."))  # fmt: skip
    return told


@transaction.atomic
def settle_federal_invitation(
    *, reference: str, outcome: str, reason: str = "", by: Person, at: datetime
) -> FederalInvitation:
    """Accept the proof, turn it down with a reason, or set the record aside as a mistake with a reason.

    ``outcome`` is one of ``OUTCOMES``. Accepted or set aside, the file may be nominated again. Raises NotAllowed, IllegalMove.
    """
    application = _locked(reference)
    told = _open(application)
    require(can_settle_federal(by, application, reviewed=federal.is_reviewed(application)))
    if outcome not in OUTCOMES:
        raise ValueError(f"{outcome}: give one of {', '.join(OUTCOMES)}")
    told.state = FEDERAL_INVITATION_LIFECYCLE.after(told.state, OUTCOMES[outcome])
    if outcome != "accepted" and not reason.strip():
        raise NotAllowed(_("Give the reason: the candidate reads it in the portal."))
    told.reason, told.settled_by, told.settled_at = reason.strip(), by, at
    told.save(update_fields=["state", "reason", "settled_by", "settled_at"])
    _record(f"federal_invitation.{outcome}", told, by=by, at=at)
    messages.tell("federal_invitation_settled", application, [application.candidate], at=at, invited=told.invited_on,
                  reason=told.reason, **{one: one == outcome for one in OUTCOMES})  # fmt: skip
    return told


def _locked(reference: str) -> Application:
    Application.objects.select_for_update(of=("self",)).get(reference=reference)
    found = queries.of_reference(reference)
    assert found is not None  # locked just now
    return found


def _open(application: Application) -> FederalInvitation:
    told = federal.open_invitation(application)
    if told is None:
        raise NotAllowed(_("No federal invitation stands on this file."))
    return told


def _record(event: str, told: FederalInvitation, *, by: Person, at: datetime, **detail: object) -> None:
    application = told.application
    audit.record(
        event, subject=application.reference, by=by, at=at, program=application.program,
        detail={"federal_invitation": told.pk, **detail},
    )  # fmt: skip
