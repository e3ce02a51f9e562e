"""What a later stage does to files of the pool: invite them, close them."""

from collections.abc import Collection
from datetime import datetime

from django.db import transaction

from passerelle.accounts.models import Person
from passerelle.eoi import closed
from passerelle.eoi.models import AnswersInProgress, ExpressionOfInterest
from passerelle.eoi.operations.support import locked, told
from passerelle.eoi.states import EOI_LIFECYCLE, ClosingReason


class CannotInvite(Exception):
    """Some files left the pool, expired or were barred since they were chosen: ``references`` names them."""

    def __init__(self, references: list[str]) -> None:
        super().__init__(", ".join(references))
        self.references = references


@transaction.atomic
def mark_invited(*, references: Collection[str], by: Person | None, at: datetime) -> list[ExpressionOfInterest]:
    """Take files out of the pool because they are invited; return them in key order.

    All or none: raises CannotInvite naming every file that may no longer be invited at ``at``.
    """
    rows = ExpressionOfInterest.objects.light().filter(reference__in=references).select_related("employer", "candidate")
    held = list(rows.select_for_update(of=("self",)).order_by("pk"))
    good = set(
        ExpressionOfInterest.objects.filter(pk__in=[one.pk for one in held])
        .drawable(at=at)
        .values_list("pk", flat=True)
    )
    # Uninvited files of a stream that closed have ended, whether or not the batch that ends them has come.
    streams = {(one.program, one.stream) for one in held}
    for program, stream in sorted(streams):
        closed.hold_gate(program, [stream])
    shut = {pair for pair in streams if not closed.takes_in(*pair, at)}
    good -= {one.pk for one in held if (one.program, one.stream) in shut}
    lost = set(references) - {one.reference for one in held if one.pk in good}
    if lost:
        raise CannotInvite(sorted(lost))
    for eoi in held:
        eoi.state = EOI_LIFECYCLE.after(eoi.state, "invite")
        told("eoi.invited", eoi, by=by, at=at, detail={"points": eoi.points})
    ExpressionOfInterest.objects.bulk_update(held, ["state"])
    # What was handed in counts now; a change that was being prepared comes too late.
    AnswersInProgress.objects.filter(eoi__in=held).delete()
    return held


@transaction.atomic
def close(*, reference: str, reason: str, by: Person | None, at: datetime) -> ExpressionOfInterest:
    """End an invited file: ``reason`` is a ClosingReason such as lapsed, declined, cancelled, decided."""
    eoi = locked(reference)
    eoi.state = EOI_LIFECYCLE.after(eoi.state, "close")
    eoi.closed_at, eoi.closing_reason = at, ClosingReason(reason)
    eoi.save(update_fields=["state", "closed_at", "closing_reason"])
    told("eoi.closed", eoi, by=by, at=at, detail={"reason": reason})
    return eoi
