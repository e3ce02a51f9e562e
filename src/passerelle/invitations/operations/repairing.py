"""Carrying out the repair of a draw: invitations in addition, invitations taken back; one transaction with its acceptance."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.db import transaction

from passerelle.core.text import pick
from passerelle.draws import operations as draws
from passerelle.eoi import operations as eois
from passerelle.invitations.models import Invitation
from passerelle.invitations.operations.ending import end
from passerelle.invitations.operations.issuing import invite, numbers
from passerelle.invitations.operations.support import WITH, parties, tell
from passerelle.invitations.states import INVITATION_LIFECYCLE, InvitationState


@transaction.atomic
def carry_out_repair(*, number: str, repair: int, by: Any, at: datetime) -> list[Invitation]:
    """Accept a plan and do what it says: take back what nobody has begun to use, then invite those kept out; return these.

    All or none. ``by`` is another director than who planned it. Raises NotAllowed, IllegalMove, NoPlaceLeft, and
    RepairOutdated where somebody of the plan has moved on.
    """
    accepted = draws.accept_repair(number=number, repair=repair, by=by, at=at)
    # In the order in which every other act takes them: the counter of numbers, all the invitations, the places of the year.
    references = numbers(number, len(accepted.invite), repair=accepted.repair)
    invitations = _untouched(number, accepted.take_back, at)
    # First what comes back: its places may be the ones that those kept out take.
    for one in invitations:
        _take_back(one, accepted.repair, by, at)
    try:
        return invite(number, accepted.invite, by, at, repair=accepted.repair, references=references)
    except eois.CannotInvite as gone:
        raise draws.RepairOutdated(gone.references) from gone


def _untouched(number: str, keys: Sequence[int], at: datetime) -> list[Invitation]:
    """Return the invitations of files to be taken back, held by this transaction; raises RepairOutdated where one has moved on."""
    rows = Invitation.objects.select_for_update(of=("self",)).select_related(*WITH).defer("eoi__pack__sources")
    found = list(rows.filter(draw__number=number, eoi__in=keys).order_by("pk"))
    moved = [one.eoi.reference for one in found if one.state != InvitationState.ISSUED or one.has_lapsed(at)]
    if moved:
        raise draws.RepairOutdated(moved)
    return found


def _take_back(invitation: Invitation, repair: Any, by: Any, at: datetime) -> None:
    state = INVITATION_LIFECYCLE.after(invitation.state, "cancel")
    end(invitation, state, by=by, at=at, reason=pick(repair.what, "en")[:500])
    for person in parties(invitation):
        if person is not None:
            tell("invitation_cancelled", invitation, person, at=at, reason=pick(repair.what, person.language), day=at)
