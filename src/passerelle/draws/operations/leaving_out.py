"""Leaving out a file still under review, so that it does not hold up the freeze: two people, the person is told why."""

from datetime import datetime
from typing import Any

from django.db import transaction

from passerelle.core import audit
from passerelle.core.verdicts import require
from passerelle.draws import queries
from passerelle.draws.models import Draw, LeftOut
from passerelle.draws.operations.support import locked, told
from passerelle.draws.permissions import can_ask_to_leave_out, can_confirm_leaving_out
from passerelle.draws.states import DRAW_LIFECYCLE
from passerelle.eoi import queries as eois
from passerelle.programs import operations as letters


class NotUnderReview(Exception):
    """Only a file handed in on time and not yet confirmed can be left out; a confirmed one is in the draw."""


@transaction.atomic
def ask_to_leave_out(*, number: str, reference: str, reason: str, by: Any, at: datetime) -> LeftOut:
    """Ask to leave one file out; it stays in the way until another person confirms. Asking again changes the reason.

    Raises NotAllowed, IllegalMove and NotUnderReview.
    """
    draw = locked(number)
    require(can_ask_to_leave_out(by, draw))
    DRAW_LIFECYCLE.after(draw.state, "leave_out")
    eoi = eois.unsettled(draw.program, **queries.scope(draw, at)).filter(reference=reference).first()
    if eoi is None or LeftOut.objects.filter(draw=draw, eoi=eoi, confirmed_by__isnull=False).exists():
        raise NotUnderReview(reference)
    left, _created = LeftOut.objects.update_or_create(
        draw=draw, eoi=eoi, defaults={"reason": reason, "asked_by": by, "asked_at": at}
    )
    told("draw.leaving_out_asked", draw, by=by, at=at, eoi=reference, reason=reason)
    return left


@transaction.atomic
def confirm_leaving_out(*, number: str, reference: str, by: Any, at: datetime) -> LeftOut:
    """Confirm, as another person, that a file is left out of this draw; candidate and employer are told.

    The candidate is told the reason, the employer the fact alone. Raises NotAllowed and IllegalMove.
    """
    draw = locked(number)
    DRAW_LIFECYCLE.after(draw.state, "leave_out")
    rows = LeftOut.objects.select_for_update(of=("self",)).select_related("eoi__employer", "eoi__candidate")
    left = rows.get(draw=draw, eoi__reference=reference)
    require(can_confirm_leaving_out(by, left))
    if left.confirmed_by_id is None:
        left.confirmed_by, left.confirmed_at = by, at
        left.save(update_fields=["confirmed_by", "confirmed_at"])
        said = {"draw": draw.number, "eoi": reference, "reason": left.reason, "asked_by": left.asked_by_id}
        for subject in (draw.number, reference):
            audit.record("draw.left_out", subject=subject, by=by, at=at, detail=said, program=draw.program)
        _tell(draw, left, at)
    return left


@transaction.atomic
def leave_out(*, number: str, reference: str, reason: str, by: Any, confirmed_by: Any, at: datetime) -> LeftOut:
    """Leave a file out in one act of two people (for imports and demonstrations; pages ask one, then the other)."""
    ask_to_leave_out(number=number, reference=reference, reason=reason, by=by, at=at)
    return confirm_leaving_out(number=number, reference=reference, by=confirmed_by, at=at)


def _tell(draw: Draw, left: LeftOut, at: datetime) -> None:
    for person in filter(None, (left.eoi.candidate, left.eoi.employer)):
        letters.send(
            "left_out_of_draw", program=draw.program, to=person, about=left.eoi.reference, at=at,
            context={"draw_day": draw.held_on, "reason": left.reason},
        )  # fmt: skip
