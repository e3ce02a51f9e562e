"""Objections to a frozen draw: made in the window by people whose files are concerned, answered before the selection."""

from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils import translation
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from passerelle.core import audit
from passerelle.core.verdicts import require
from passerelle.draws.models import Draw, Objection
from passerelle.draws.operations.support import locked, told
from passerelle.draws.permissions import can_answer_objection, can_object
from passerelle.draws.states import DRAW_LIFECYCLE
from passerelle.eoi import queries as eois
from passerelle.notices import operations as notices
from passerelle.notices import queries as written


@transaction.atomic
def object_to_draw(*, number: str, reference: str, words: str, by: Any, at: datetime) -> Objection:
    """Say what is wrong with how a file stands in a frozen draw, in the objection window; staff must answer.

    The selection waits for the answer. Raises NotAllowed, IllegalMove.
    """
    draw = locked(number)
    eoi = eois.eoi_for(by, reference)
    require(can_object(by, draw, eoi, at))
    DRAW_LIFECYCLE.after(draw.state, "object")
    made = Objection.objects.create(draw=draw, eoi=eoi, words=words, made_by=by, made_at=at)
    for subject in (draw.number, reference):
        audit.record(
            "draw.objected",
            subject=subject,
            by=by,
            at=at,
            detail={"draw": draw.number, "eoi": reference},
            program=draw.program,
        )
    notices.open_task("draw.objection", program=draw.program, about=draw.number, detail=reference, at=at)
    return made


@transaction.atomic
def answer_objection(*, number: str, objection: int, answer: str, by: Any, at: datetime) -> Objection:
    """Answer an objection; the person reads it beside what they wrote. Raises NotAllowed, IllegalMove."""
    draw = locked(number)
    made = (
        Objection.objects.select_for_update(of=("self",)).select_related("eoi", "made_by").get(draw=draw, pk=objection)
    )
    require(can_answer_objection(by, draw, made))
    DRAW_LIFECYCLE.after(draw.state, "answer_objection")
    made.answer, made.answered_by, made.answered_at = answer, by, at
    made.save(update_fields=["answer", "answered_by", "answered_at"])
    told("draw.objection_answered", draw, by=by, at=at, eoi=made.eoi.reference)
    _tell(draw, made, at)
    for task in written.tasks(draw.program).filter(kind="draw.objection", about=draw.number, detail=made.eoi.reference):
        notices.close_task(task=task, by=by, at=at, note=str(_("Answered")))
    return made


def _tell(draw: Draw, made: Objection, at: datetime) -> None:
    """Write to who objected that the answer is there; the answer itself stays in the account."""
    with translation.override(made.made_by.language):
        subject = gettext("Your objection to draw %(number)s is answered") % {"number": draw.number}
        body = gettext("Sign in and open the draw in your file to read the answer: %(reference)s.") % {
            "reference": made.eoi.reference
        }
    notices.queue(
        "draw.objection_answered", program=draw.program, to=made.made_by, subject=subject, body=body,
        about=made.eoi.reference, at=at,
    )  # fmt: skip
