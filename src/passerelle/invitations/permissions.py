"""Who may do what with an invitation."""

from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext_lazy as _

from passerelle.accounts import acting
from passerelle.core.verdicts import YES, Verdict
from passerelle.invitations import route
from passerelle.invitations.models import Invitation
from passerelle.invitations.states import InvitationState

if TYPE_CHECKING:
    from passerelle.accounts.models import Person

TOO_LATE = _("The time to respond is over.")


def can_accept(person: "Person", invitation: Invitation, at: datetime) -> Verdict:
    """Say whether ``person`` may begin the application: who opens files in this stream, in time."""
    leader = route.leader(invitation)
    whose = leader.pk if leader else None
    may = acting.may_act(person, whose, "invitations.mark_accepted", otherwise=_begun_by(invitation))
    if not may:
        return may
    if at >= invitation.too_late:
        return Verdict(False, TOO_LATE)
    return YES


def _begun_by(invitation: Invitation) -> Any:
    if route.led_by_candidate(invitation):
        return _("The candidate begins the application.")
    return _("The employer begins the application.")


def can_take_up(person: "Person") -> Verdict:
    """Say whether ``person`` may come with a notification of interest: as a candidate, for themself."""
    if person.is_candidate:
        return YES
    if person.is_representative:
        return Verdict(False, acting.NEVER["invitations.take_up"])
    return Verdict(False, _("Only a candidate of this program takes a notification of interest up."))


def can_decline(person: "Person", invitation: Invitation, at: datetime) -> Verdict:
    """Say whether ``person`` may decline: either party, in time, before the application is begun."""
    whose = acting.stands_for(person, invitation.eoi.employer_id, invitation.eoi.candidate_id)
    stranger = _("Only the employer or the candidate declines an invitation.")
    may = acting.may_act(person, whose, "invitations.decline", otherwise=stranger)
    if not may:
        return may
    if invitation.state == InvitationState.ACCEPTED:
        return Verdict(False, _("The application has begun: withdraw it there."))
    if at >= invitation.too_late:
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
    if at >= invitation.too_late:
        return Verdict(False, TOO_LATE)
    return YES


def can_cancel(person: "Person", invitation: Invitation) -> Verdict:
    """Say whether ``person`` may take an invitation back."""
    if not person.has_role(invitation.program, "director"):
        return Verdict(False, _("Only a director cancels an invitation."))
    if invitation.state == InvitationState.ACCEPTED:
        return Verdict(False, _("The application has begun: it is decided there."))
    return YES
