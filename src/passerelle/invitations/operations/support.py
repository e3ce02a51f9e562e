"""What the operations of this room share: the lock, the trail, the messages."""

from datetime import datetime
from typing import Any

from passerelle.core import audit
from passerelle.core.verdicts import NotAllowed
from passerelle.invitations import hooks
from passerelle.invitations.models import Invitation
from passerelle.programs import operations as letters

# What the operations read of the file behind an invitation.
WITH = ("eoi__employer", "eoi__candidate", "eoi__pack", "draw", "notification")


class TooLate(NotAllowed):
    """It arrived at or after the first moment too late."""


def locked(reference: str) -> Invitation:
    """Return the invitation, held by this transaction alone until it ends."""
    rows = Invitation.objects.select_for_update(of=("self",)).select_related(*WITH)
    return rows.defer("eoi__pack__sources").get(reference=reference)


def told(event: str, invitation: Invitation, *, by: Any, at: datetime, **detail: Any) -> None:
    """Write an event into the trails of the invitation and of the file it is about."""
    for subject in (invitation.reference, invitation.eoi.reference):
        audit.record(
            event, subject=subject, by=by, at=at, program=invitation.program,
            detail={"invitation": invitation.reference, **detail},
        )  # fmt: skip


def parties(invitation: Invitation) -> tuple[Any, Any]:
    """Return employer and candidate; one who is not part of the file is None."""
    return invitation.eoi.employer, invitation.eoi.candidate


def tell(kind: str, invitation: Invitation, *people: Any, at: datetime, **blanks: Any) -> None:
    """Queue the pack's message ``kind`` to each of ``people``, in their language, in this transaction."""
    for person in people:
        if person is not None:
            _send(kind, invitation, person, about=invitation.reference, at=at, **blanks)


def tell_all(kind: str, invitation: Invitation, *, at: datetime, **blanks: Any) -> None:
    """Queue it to both parties, and to an employer whom the candidate let in since and whose form is not in yet.

    That employer reads it under the reference of the application: it sees nothing of the invitation.
    """
    tell(kind, invitation, *parties(invitation), at=at, **blanks)
    for person, about in hooks.joined(invitation):
        _send(kind, invitation, person, about=about, at=at, **blanks)


def _send(kind: str, invitation: Invitation, person: Any, *, about: str, at: datetime, **blanks: Any) -> None:
    context = {"deadline": invitation.respond_by, **blanks}
    context["notified"] = invitation.notification_id is not None
    context["draw_day"] = invitation.draw.held_on if invitation.draw else invitation.selected_at
    letters.send(kind, program=invitation.program, to=person, about=about, at=at, context=context)
