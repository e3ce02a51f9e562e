"""Leaving before an invitation: the candidate withdraws, or the employer drops the offer."""

from datetime import datetime

from django.db import transaction

from passerelle.accounts.models import Person
from passerelle.core.verdicts import require
from passerelle.eoi.models import AnswersInProgress, ExpressionOfInterest
from passerelle.eoi.operations import proving
from passerelle.eoi.operations.support import both, locked, tell, told
from passerelle.eoi.permissions import can_drop_offer, can_key_withdrawal, can_withdraw
from passerelle.eoi.states import EOI_LIFECYCLE, ClosingReason


@transaction.atomic
def withdraw_eoi(
    *, reference: str, reason: str, by: Person, at: datetime, received_by_email: bool = False
) -> ExpressionOfInterest:
    """Take a file out on the candidate's request (nwt.md, R2.4). A new one may be filed at once (message N5).

    With ``received_by_email`` an officer (``by``) keys a request that came by e-mail; the trail names the candidate too.
    Raises NotAllowed, IllegalMove (once invited, the invitation is declined instead).
    """
    eoi = locked(reference)
    require(can_key_withdrawal(by, eoi) if received_by_email else can_withdraw(by, eoi))
    eoi.state = EOI_LIFECYCLE.after(eoi.state, "withdraw")
    eoi.closed_at = at
    eoi.save(update_fields=["state", "closed_at"])
    AnswersInProgress.objects.filter(eoi=eoi).delete()
    proving.drop_open_request(eoi, at=at)
    told(
        "eoi.withdrawn", eoi, by=by, at=at, for_person=eoi.candidate if received_by_email else None,
        detail={"received_by_email": received_by_email, "reason_given": bool(reason.strip())},
    )  # fmt: skip
    tell("eoi_withdrawn", eoi, *both(eoi), at=at, withdrawn_at=at)
    return eoi


@transaction.atomic
def drop_offer(*, reference: str, by: Person, at: datetime) -> ExpressionOfInterest:
    """End a file because the employer no longer offers the job; the candidate is told in neutral words."""
    eoi = locked(reference)
    require(can_drop_offer(by, eoi))
    eoi.state = EOI_LIFECYCLE.after(eoi.state, "drop_offer")
    eoi.closed_at, eoi.closing_reason = at, ClosingReason.OFFER_WITHDRAWN
    eoi.save(update_fields=["state", "closed_at", "closing_reason"])
    proving.drop_open_request(eoi, at=at)
    told("eoi.offer_dropped", eoi, by=by, at=at)
    tell("eoi_stopped", eoi, *both(eoi), at=at, stopped_at=at)
    return eoi
