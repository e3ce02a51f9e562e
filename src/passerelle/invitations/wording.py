"""An invitation in words: its state, what happens next, its path."""

from datetime import datetime
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from passerelle.core import dates
from passerelle.invitations.models import Invitation
from passerelle.invitations.states import InvitationState

TONES = {"issued": "active", "accepted": "active", "declined": "quiet", "cancelled": "danger", "lapsed": "danger"}


def tag(invitation: Invitation, at: datetime) -> dict[str, Any]:
    """Return the state as a label and a tone; one that is too late says so before any job has run."""
    if invitation.met_at:
        return {"label": _("Application complete"), "tone": "success"}
    if invitation.has_lapsed(at) and invitation.state == InvitationState.ISSUED:
        return {"label": InvitationState.LAPSED.label, "tone": TONES["lapsed"]}
    return {"label": invitation.get_state_display(), "tone": TONES[invitation.state]}


def stands(invitation: Invitation, at: datetime) -> bool:
    """Say whether something can still be done with the invitation."""
    return invitation.state in ("issued", "accepted") and not invitation.has_lapsed(at)


def sentence(invitation: Invitation, audience: str, at: datetime) -> str:
    """Return what it means for this reader, in one or two sentences."""
    if invitation.met_at:
        return _("Both forms are in. The application waits its turn: files are worked in order of the date received.")
    if invitation.has_lapsed(at) or invitation.state == InvitationState.LAPSED:
        return _(
            "The time to apply is over and the invitation has ended. A new expression of interest may be submitted."
        )
    if invitation.state == InvitationState.DECLINED:
        return _("This invitation was declined. A new expression of interest may be submitted.")
    if invitation.state == InvitationState.CANCELLED:
        return _("The program cancelled this invitation. A new expression of interest may be submitted.")
    return _open_sentence(invitation, audience)


def _open_sentence(invitation: Invitation, audience: str) -> str:
    begun = invitation.state == InvitationState.ACCEPTED
    if audience == "employer":
        if begun:
            return _("Your application has begun. Both forms must be in before the time is over.")
        return _("Your candidate was selected. Begin the application: your form comes first, then your candidate's.")
    if begun:
        return _("Your employer has begun the application. Your own form opens when the employer's is in.")
    return _("You were selected. Your employer begins the application; your own form opens when the employer's is in.")


def stages(invitation: Invitation, audience: str, at: datetime) -> list[dict[str, Any]]:
    """Return the path from the draw to the queue, for ``components/stage_path.html``."""
    over = not stands(invitation, at) and not invitation.met_at
    begun = invitation.accepted_at is not None
    return [
        {"title": _("Selected in a draw"), "state": "done", "at": invitation.selected_at},
        _application(invitation, begun, over),
        {"title": _("Both forms are in"), "state": "done" if invitation.met_at else "future", "at": invitation.met_at,
         "text": "" if invitation.met_at else _("The employer gets the file number, and the file joins the queue.")},
        {"title": _("Decision"), "state": "future", "text": _("Files are worked in order of the date received.")},
    ]  # fmt: skip


def _application(invitation: Invitation, begun: bool, over: bool) -> dict[str, Any]:
    title = _("Application")
    if over:
        return {"title": title, "state": "stopped", "at": invitation.ended_at, "text": ""}
    if invitation.met_at:
        return {"title": title, "state": "done", "at": invitation.accepted_at}
    text = _("Begun; both forms are to be sent by the deadline.") if begun else _("To be begun by the employer.")
    return {"title": title, "state": "now", "text": text, "too_late": invitation.respond_by}


def calendar_words(invitation: Invitation, audience: str, zone: Any) -> dict[str, str]:
    """Return title and text of the calendar entry, in the reader's language."""
    until = dates.deadline_words(invitation.respond_by, zone)
    return {
        "title": _("Application due: %(reference)s") % {"reference": invitation.reference},
        "about": _("Both forms of the application must be in by %(deadline)s.") % {"deadline": until},
    }


def links(invitation: Invitation, audience: str) -> dict[str, str]:
    """Return the addresses of the reader's own pages."""
    return {
        name: reverse(f"invitations:{audience}{suffix}", args=[invitation.reference])
        for name, suffix in (("page", ""), ("decline", "_decline"), ("calendar", "_calendar"))
    }
