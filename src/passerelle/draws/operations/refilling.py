"""Places that fall vacant after the invitations went out: the next in order has them; nothing is drawn again."""

from collections.abc import Collection
from datetime import datetime
from typing import Any

from django.db import transaction

from passerelle.core.verdicts import require
from passerelle.draws import checking, queries
from passerelle.draws.operations.conducting import DrawBlocked, red
from passerelle.draws.operations.issuing import fill, may_not_be_invited, of_references, told_of
from passerelle.draws.operations.support import alone_in, locked, told
from passerelle.draws.permissions import can_refill
from passerelle.draws.states import DRAW_LIFECYCLE
from passerelle.eoi import closed


@transaction.atomic
def refill(*, number: str, fallen: Collection[str], by: Any, at: datetime) -> list[str]:
    """Give the places of ``fallen`` (EOI references) to the next on the reserve list; return who has them, in order of invitation.

    A place is filled once: whoever fell before is passed over. Raises NotAllowed, IllegalMove, and DrawBlocked when an
    assertion does not hold afterwards.
    """
    draw = locked(number)
    alone_in(draw.program)
    require(can_refill(by, draw))
    require(closed.takes_in(draw.program, draw.stream, at))
    DRAW_LIFECYCLE.after(draw.state, "refill")
    gone = of_references(draw, fallen)
    rows = fill(draw, at, fallen=gone, unfit=gone | may_not_be_invited(draw, at))
    draw.assertions = checking.findings(draw, at, final=True)
    if red(draw):
        raise DrawBlocked("assertions", red(draw))
    draw.save(update_fields=["assertions"])
    told("draw.refilled", draw, by=by, at=at, promoted=[told_of(row) for row in rows])
    return queries.in_turn(draw, at, [row.taken.eoi.reference for row in rows if row.taken])
