"""How an invitation ends without an application: declined, cancelled, lapsed. Its place is freed, its file closes."""

from datetime import datetime
from typing import Any

from django.db import transaction

from passerelle.allocations import operations as allocations
from passerelle.core.verdicts import require
from passerelle.eoi import operations as eois
from passerelle.invitations import route
from passerelle.invitations.models import Invitation
from passerelle.invitations.operations.support import WITH, TooLate, locked, parties, tell, told
from passerelle.invitations.permissions import TOO_LATE, can_cancel, can_decline
from passerelle.invitations.states import INVITATION_LIFECYCLE


@transaction.atomic
def decline(*, reference: str, by: Any, at: datetime, reason: str = "") -> Invitation:
    """Decline as employer or candidate; the other party is told in neutral words, never the reason.

    Raises NotAllowed, IllegalMove, and TooLate at or after the deadline.
    """
    invitation = locked(reference)
    move = INVITATION_LIFECYCLE.after(invitation.state, "decline")
    if at >= invitation.too_late:
        raise TooLate(str(TOO_LATE))
    require(can_decline(by, invitation, at))
    end(invitation, move, by=by, at=at, reason=reason)
    tell("invitation_declined", invitation, *parties(invitation), at=at, declined_by=by.name, day=at)
    return invitation


@transaction.atomic
def cancel(*, reference: str, reason: str, by: Any, at: datetime) -> Invitation:
    """Take an invitation back, with a reason that both parties are told. Raises NotAllowed, IllegalMove."""
    invitation = locked(reference)
    require(can_cancel(by, invitation))
    end(invitation, INVITATION_LIFECYCLE.after(invitation.state, "cancel"), by=by, at=at, reason=reason)
    tell("invitation_cancelled", invitation, *parties(invitation), at=at, reason=reason, day=at)
    return invitation


def close_lapsed(*, at: datetime, limit: int = 200) -> int:
    """Close the books on up to ``limit`` invitations nobody took up in time; return how many.

    They lapsed the moment their time was over, whether or not this has run: nothing can be done with them since.
    """
    late = Invitation.objects.overdue(at=at).order_by("respond_by", "id").values_list("reference", flat=True)
    return sum(_lapse(reference, at) for reference in list(late[:limit]))


@transaction.atomic
def _lapse(reference: str, at: datetime) -> bool:
    rows = Invitation.objects.overdue(at=at).select_for_update(of=("self",), skip_locked=True)
    invitation = rows.select_related(*WITH).defer("eoi__pack__sources").filter(reference=reference).first()
    if invitation is None:
        return False
    end(invitation, INVITATION_LIFECYCLE.after(invitation.state, "lapse"), by=None, at=at)
    tell("invitation_lapsed", invitation, *parties(invitation), at=at)
    return True


def end(invitation: Invitation, state: str, *, by: Any, at: datetime, reason: str = "") -> None:
    """Close the books on a held invitation: its place is freed, its file closes, the trail tells it."""
    invitation.state, invitation.ended_at, invitation.ended_by, invitation.end_reason = state, at, by, reason
    invitation.save(update_fields=["state", "ended_at", "ended_by", "end_reason"])
    if route.holds_place(invitation):
        allocations.release(about=[invitation.reference], by=by, at=at, reason=str(state))
    eois.close(reference=invitation.eoi.reference, reason=str(state), by=by, at=at)
    told(f"invitation.{state}", invitation, by=by, at=at)
