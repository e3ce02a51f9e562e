"""While an invitation stands: it is taken up, met, given more time."""

from datetime import datetime
from typing import Any

from django.db import transaction

from passerelle.core import deadlines
from passerelle.core.verdicts import require
from passerelle.invitations import hooks
from passerelle.invitations.models import Extension, Invitation
from passerelle.invitations.operations.support import TooLate, locked, tell_all, told
from passerelle.invitations.permissions import TOO_LATE, can_accept, can_extend
from passerelle.invitations.states import INVITATION_LIFECYCLE, InvitationState
from passerelle.programs import queries as programs

# Most days that one extension gives; more is asked for again, with its own reason.
MOST_DAYS = 60


@transaction.atomic
def mark_accepted(*, reference: str, by: Any, at: datetime) -> Invitation:
    """Note that whoever begins the application took the invitation up. Stops no clock: the deadline stands.

    ``at`` is when the request arrived. Raises TooLate at or after the deadline, NotAllowed, IllegalMove.
    """
    invitation = locked(reference)
    if at >= invitation.too_late:
        raise TooLate(str(TOO_LATE))
    require(can_accept(by, invitation, at))
    invitation.state = INVITATION_LIFECYCLE.after(invitation.state, "accept")
    invitation.accepted_at = at
    invitation.save(update_fields=["state", "accepted_at"])
    told("invitation.accepted", invitation, by=by, at=at)
    return invitation


@transaction.atomic
def mark_met(*, reference: str, by: Any, at: datetime) -> Invitation:
    """Note that both parts of the application were in by ``at``: no reminder follows. Raises TooLate, IllegalMove."""
    invitation = locked(reference)
    if at >= invitation.too_late:
        raise TooLate(str(TOO_LATE))
    invitation.state = INVITATION_LIFECYCLE.after(invitation.state, "meet")
    invitation.met_at = at
    invitation.save(update_fields=["met_at"])
    told("invitation.met", invitation, by=by, at=at)
    return invitation


@transaction.atomic
def extend(*, reference: str, days: int, reason: str, by: Any, at: datetime) -> Invitation:
    """Give one file ``days`` more calendar days, with a reason that both parties are told.

    The new deadline ends a whole day in the program's zone and is never earlier than the old one. A form with a time of
    its own gets as many days more, unless it is in or that time was missed. Raises NotAllowed,
    IllegalMove, and ValueError for a number of days outside 1 to ``MOST_DAYS``.
    """
    if not 1 <= days <= MOST_DAYS:
        raise ValueError(f"{days} days: give 1 to {MOST_DAYS}")
    invitation = locked(reference)
    accepted = invitation.state == InvitationState.ACCEPTED
    INVITATION_LIFECYCLE.after(invitation.state, "extend_accepted" if accepted else "extend")
    require(can_extend(by, invitation, at))
    before, invitation.respond_by = invitation.respond_by, _later(invitation, invitation.respond_by, days, at)
    # What is still to come before it moves with it: the time to begin, and what the first form is to be sent by.
    for own in ("target_by", "begin_by"):
        if not accepted and (moment := getattr(invitation, own)):
            setattr(invitation, own, _later(invitation, moment, days, at))
    invitation.save(update_fields=["respond_by", "target_by", "begin_by"])
    until = invitation.respond_by
    hooks.tell_extended(invitation, lambda moment: _later(invitation, moment, days, at), at)
    Extension.objects.create(invitation=invitation, before=before, until=until, reason=reason, by=by, at=at)
    told("invitation.extended", invitation, by=by, at=at, before=before, until=until, reason=reason)
    tell_all("invitation_extended", invitation, at=at, reason=reason)
    return invitation


def _later(invitation: Invitation, moment: datetime, days: int, at: datetime) -> datetime:
    zone = programs.rules_in_force(invitation.program, at).zone
    last = deadlines.last_moment(moment, zone)
    return deadlines.first_day_too_late(last, days=days, zone=zone)
