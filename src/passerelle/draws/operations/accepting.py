"""Accepting a selection: a named person looks at the self-test and the assertions, and stands for the whole of it."""

from datetime import datetime
from typing import Any

from django.db import transaction

from passerelle.core.verdicts import require
from passerelle.draws.models import Draw
from passerelle.draws.operations.conducting import DrawBlocked, red
from passerelle.draws.operations.support import locked, told
from passerelle.draws.permissions import can_accept
from passerelle.draws.states import DRAW_LIFECYCLE


@transaction.atomic
def accept(*, number: str, by: Any, at: datetime) -> Draw:
    """Accept the selection as a whole; the other way is to make the draw void. Nothing is taken out of it, nothing added.

    Raises NotAllowed, IllegalMove, and DrawBlocked while the self-test or an assertion stops it.
    """
    draw = locked(number)
    require(can_accept(by, draw))
    draw.state = DRAW_LIFECYCLE.after(draw.state, "accept")
    if red(draw):
        raise DrawBlocked("assertions", red(draw))
    draw.accepted_by, draw.accepted_at = by, at
    draw.save(update_fields=["accepted_by", "accepted_at"])
    told("draw.accepted", draw, by=by, at=at)
    return draw
