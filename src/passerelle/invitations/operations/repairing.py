"""Carrying out the repair of a draw: invitations in addition, invitations taken back; one transaction with its acceptance."""

from datetime import datetime
from typing import Any

from django.db import transaction

from passerelle.core.text import pick
from passerelle.draws import operations as draws
from passerelle.eoi import operations as eois
from passerelle.invitations import queries
from passerelle.invitations.models import Invitation
from passerelle.invitations.operations.ending import end
from passerelle.invitations.operations.issuing import invite
from passerelle.invitations.operations.support import locked, parties, tell
from passerelle.invitations.states import INVITATION_LIFECYCLE


@transaction.atomic
def carry_out_repair(*, number: str, repair: int, by: Any, at: datetime) -> list[Invitation]:
    """Accept a plan and do what it says: take back what nobody has begun to use, then invite those kept out; return these.

    All or none. ``by`` is another director than who planned it. Raises NotAllowed, IllegalMove, NoPlaceLeft, and
    RepairOutdated where somebody of the plan has moved on.
    """
    accepted = draws.accept_repair(number=number, repair=repair, by=by, at=at)
    # First what comes back: its places may be the ones that those kept out take.
    for one in queries.of_draw(number).filter(eoi__in=accepted.take_back).order_by("pk"):
        _take_back(one.reference, accepted.repair, by, at)
    try:
        return invite(number, accepted.invite, by, at, repair=accepted.repair)
    except eois.CannotInvite as gone:
        raise draws.RepairOutdated(gone.references) from gone


def _take_back(reference: str, repair: Any, by: Any, at: datetime) -> None:
    invitation = locked(reference)
    state = INVITATION_LIFECYCLE.after(invitation.state, "cancel")
    end(invitation, state, by=by, at=at, reason=pick(repair.what, "en")[:500])
    for person in parties(invitation):
        if person is not None:
            tell("invitation_cancelled", invitation, person, at=at, reason=pick(repair.what, person.language), day=at)
