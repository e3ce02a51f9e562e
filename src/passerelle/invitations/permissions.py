"""Who may do what with an invitation."""

from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext_lazy as _

from passerelle.core.verdicts import YES, Verdict
from passerelle.invitations import route
from passerelle.invitations.models import Invitation
from passerelle.invitations.states import InvitationState

if TYPE_CHECKING:
    from passerelle.accounts.models import Person

TOO_LATE = _("The time to respond is over.")


def is_party(person: "Person", invitation: Invitation) -> bool:
    """Say whether ``person`` is the employer or the candidate."""
    return person.pk in (invitation.eoi.employer_id, invitation.eoi.candidate_id)


def can_accept(person: "Person", invitation: Invitation, at: datetime) -> Verdict:
    """Say whether ``person`` may begin the application: who opens files in this stream, in time."""
    leader = route.leader(invitation)
    if leader is None or person.pk != leader.pk:
        return Verdict(False, _begun_by(invitation))
    if at >= invitation.respond_by:
        return Verdict(False, TOO_LATE)
    return YES


def _begun_by(invitation: Invitation) -> Any:
    if route.led_by_candidate(invitation):
        return _("The candidate begins the application.")
    return _("The employer begins the application.")


def can_decline(person: "Person", invitation: Invitation, at: datetime) -> Verdict:
    """Say whether ``person`` may decline: either party, in time, before the application is begun."""
    if not is_party(person, invitation):
        return Verdict(False, _("Only the employer or the candidate declines an invitation."))
    if invitation.state == InvitationState.ACCEPTED:
        return Verdict(False, _("The application has begun: withdraw it there."))
    if at >= invitation.respond_by:
        return Verdict(False, TOO_LATE)
    return YES


def can_extend(person: "Person", invitation: Invitation, at: datetime) -> Verdict:
    """Say whether ``person`` may give one file more time; a deadline once missed is not brought back."""
    if not person.has_role(invitation.program, "officer", "director"):
        return Verdict(False, _("Only an officer or a director gives more time."))
    if invitation.met_at:
        return Verdict(False, _("Both parts are in: no more time is needed."))
    if invitation.eoi.state != "invited":
        return Verdict(False, _("This application is closed."))
    if at >= invitation.respond_by:
        return Verdict(False, TOO_LATE)
    return YES


def can_cancel(person: "Person", invitation: Invitation) -> Verdict:
    """Say whether ``person`` may take an invitation back."""
    if not person.has_role(invitation.program, "director"):
        return Verdict(False, _("Only a director cancels an invitation."))
    if invitation.state == InvitationState.ACCEPTED:
        return Verdict(False, _("The application has begun: it is decided there."))
    return YES
