"""On hold: out of the draws for a time, at the candidate's wish."""

from datetime import datetime

from django.db import transaction

from passerelle.accounts.models import Person
from passerelle.core.verdicts import require
from passerelle.eoi.models import ExpressionOfInterest
from passerelle.eoi.operations.support import locked_in_open_stream, rules_of, told
from passerelle.eoi.permissions import can_hold
from passerelle.eoi.states import EOI_LIFECYCLE


@transaction.atomic
def hold_eoi(*, reference: str, by: Person, at: datetime) -> ExpressionOfInterest:
    """Keep a file out of draws until it is resumed; its year runs on. Raises NotAllowed, IllegalMove."""
    eoi = locked_in_open_stream(reference)
    require(can_hold(by, eoi, rules_of(eoi), at=at))
    eoi.state = EOI_LIFECYCLE.after(eoi.state, "hold")
    eoi.save(update_fields=["state"])
    told("eoi.held", eoi, by=by, at=at)
    return eoi


@transaction.atomic
def resume_eoi(*, reference: str, by: Person, at: datetime) -> ExpressionOfInterest:
    """Put a held file back into draws, at the place it had; at a new one where the stream counts from each handing in."""
    eoi = locked_in_open_stream(reference)
    rules = rules_of(eoi)
    require(can_hold(by, eoi, rules, at=at, act="eoi.resume_eoi"))
    eoi.state = EOI_LIFECYCLE.after(eoi.state, "resume")
    if rules.stream(eoi.stream).place_after_change == "resubmission":
        eoi.placed_at = at
    eoi.save(update_fields=["state", "placed_at"])
    told("eoi.resumed", eoi, by=by, at=at)
    return eoi
