"""An invitation in words: its state, what happens next, its path."""

from datetime import datetime
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from passerelle.core import dates
from passerelle.invitations import route
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
    if route.is_notified(invitation) and not invitation.met_at and not stands(invitation, at):
        return _ended_notification(invitation)
    if invitation.met_at:
        if not route.has_employer_form(invitation):
            return _("Your application is in. It waits its turn: files are worked in order of the date received.")
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


def _ended_notification(invitation: Invitation) -> str:
    again = _(
        "The program can notify you again only on a new federal profile: with this one the notification is used up."
    )
    why = {
        InvitationState.DECLINED: _("You declined to apply with this notification."),
        InvitationState.CANCELLED: _("The program cancelled this invitation."),
    }.get(InvitationState(invitation.state), _("The time to apply is over."))
    return f"{why} {again}"


def _open_sentence(invitation: Invitation, audience: str) -> str:
    begun = invitation.state == InvitationState.ACCEPTED
    if route.led_by_candidate(invitation):
        return _candidate_leads(invitation, audience, begun)
    if audience == "employer":
        if begun:
            return _("Your application has begun. Both forms must be in before the time is over.")
        return _("Your candidate was selected. Begin the application: your form comes first, then your candidate's.")
    if begun:
        return _("Your employer has begun the application. Your own form opens when the employer's is in.")
    return _("You were selected. Your employer begins the application; your own form opens when the employer's is in.")


def _candidate_leads(invitation: Invitation, audience: str, begun: bool) -> str:
    if audience == "employer":
        if begun:
            return _("Your candidate has begun the application. Your own form must be in before the time is over.")
        return _("Your candidate was selected and begins the application; your own form opens with it.")
    if begun:
        return _("Your application has begun. It must be in before the time is over.")
    if route.is_notified(invitation):
        return _(
            "You came with your notification of interest. Begin the application: your form, your documents and the fee"
            " must be in before the time is over."
        )
    if route.has_employer_form(invitation):
        return _("You were selected. Begin the application: there you give your employer access to a form of its own.")
    return _(
        "You were selected. Begin the application: your form and your documents must be in before the time is over."
    )


def not_taken_up(why: str) -> str:
    """Return why a person cannot take a notification up, and what to do; it reveals nothing of any other file."""
    if why == "barred":
        return _("You cannot apply for now. The order sent to you says until when.")
    return _(
        "A file with this passport is open in this stream already. Sign in to the account in which you began it, or ask"
        " the program."
    )


def due_label(invitation: Invitation) -> str:
    """Return what staff call the deadline."""
    return _("Both forms by") if route.has_employer_form(invitation) else _("Application by")


def due_sentence(invitation: Invitation) -> str:
    """Return what must be in by the deadline."""
    if route.has_employer_form(invitation):
        return _("Both forms must be in by")
    return _("Your application must be in by")


def stages(invitation: Invitation, at: datetime) -> list[dict[str, Any]]:
    """Return the path from the draw to the queue, for ``components/stage_path.html``."""
    over = not stands(invitation, at) and not invitation.met_at
    begun = invitation.accepted_at is not None
    return [
        {"title": _selected(invitation), "state": "done", "at": invitation.selected_at},
        _application(invitation, begun, over),
        {"title": _forms_in(invitation), "state": "done" if invitation.met_at else "future", "at": invitation.met_at,
         "text": "" if invitation.met_at else _after_forms(invitation)},
        {"title": _("Decision"), "state": "future", "text": _("Files are worked in order of the date received.")},
    ]  # fmt: skip


def _selected(invitation: Invitation) -> str:
    return _("Notification of interest issued") if route.is_notified(invitation) else _("Selected in a draw")


def _forms_in(invitation: Invitation) -> str:
    return _("Both forms are in") if route.has_employer_form(invitation) else _("The application is in")


def _after_forms(invitation: Invitation) -> str:
    if route.led_by_candidate(invitation):
        return _("The file gets its number and joins the queue.")
    return _("The employer gets the file number, and the file joins the queue.")


def _to_begin(invitation: Invitation) -> str:
    if route.led_by_candidate(invitation):
        return _("To be begun by the candidate.")
    return _("To be begun by the employer.")


def _application(invitation: Invitation, begun: bool, over: bool) -> dict[str, Any]:
    title = _("Application")
    if over:
        return {"title": title, "state": "stopped", "at": invitation.ended_at, "text": ""}
    if invitation.met_at:
        return {"title": title, "state": "done", "at": invitation.accepted_at}
    text = _to_begin(invitation)
    if begun:
        both = route.has_employer_form(invitation)
        text = (
            _("Begun; both forms are to be sent by the deadline.") if both else _("Begun; to be sent by the deadline.")
        )
    return {"title": title, "state": "now", "text": text, "too_late": invitation.too_late}


def calendar_words(invitation: Invitation, zone: Any) -> dict[str, str]:
    """Return title and text of the calendar entry, in the reader's language."""
    until = dates.deadline_words(invitation.respond_by, zone)
    return {
        "title": _("Application due: %(reference)s") % {"reference": invitation.reference},
        "about": _due_by(invitation) % {"deadline": until},
    }


def _due_by(invitation: Invitation) -> str:
    if route.has_employer_form(invitation):
        return _("Both forms of the application must be in by %(deadline)s.")
    return _("The application must be in by %(deadline)s.")


def links(invitation: Invitation, audience: str) -> dict[str, str]:
    """Return the addresses of the reader's own pages."""
    return {
        name: reverse(f"invitations:{audience}{suffix}", args=[invitation.reference])
        for name, suffix in (("page", ""), ("decline", "_decline"), ("calendar", "_calendar"))
    }


def begin_link(invitation: Invitation, audience: str) -> str:
    """Return the address of the reader's button that begins or continues the application."""
    name = "applications:open" if audience == "employer" else "applications:open_as_candidate"
    return reverse(name, args=[invitation.reference])
