"""Making a draw void before its invitations go out: a reason, two people; the run stays as it was."""

from datetime import datetime
from typing import Any

from django.db import transaction

from passerelle.core.verdicts import require
from passerelle.draws.models import Draw
from passerelle.draws.operations.support import locked, told
from passerelle.draws.permissions import can_ask_void, can_confirm_void
from passerelle.draws.states import DRAW_LIFECYCLE


@transaction.atomic
def ask_void(*, number: str, reason: str, by: Any, at: datetime) -> Draw:
    """Ask that a draw be void; nothing goes on with it until that is settled. Raises NotAllowed, IllegalMove."""
    draw = locked(number)
    DRAW_LIFECYCLE.after(draw.state, "void")
    require(can_ask_void(by, draw))
    draw.void_reason, draw.void_asked_by, draw.void_asked_at = reason, by, at
    draw.save(update_fields=["void_reason", "void_asked_by", "void_asked_at"])
    told("draw.void_asked", draw, by=by, at=at, reason=reason)
    return draw


@transaction.atomic
def confirm_void(*, number: str, by: Any, at: datetime) -> Draw:
    """Make the draw void, as another person than the one who asked. Entries and standings stay as they were."""
    draw = locked(number)
    require(can_confirm_void(by, draw))
    before, draw.state = draw.state, DRAW_LIFECYCLE.after(draw.state, "void")
    draw.voided_by, draw.voided_at = by, at
    draw.save(update_fields=["state", "voided_by", "voided_at"])
    told("draw.void", draw, by=by, at=at, reason=draw.void_reason, asked_by=draw.void_asked_by_id, before=before)
    return draw


@transaction.atomic
def keep_draw(*, number: str, by: Any, at: datetime) -> Draw:
    """Settle a request to void with no: the draw goes on. Whoever may confirm it, or took it back, may do so."""
    draw = locked(number)
    DRAW_LIFECYCLE.after(draw.state, "void")
    if by.pk != draw.void_asked_by_id:
        require(can_confirm_void(by, draw))
    reason, draw.void_reason, draw.void_asked_by, draw.void_asked_at = draw.void_reason, "", None, None
    draw.save(update_fields=["void_reason", "void_asked_by", "void_asked_at"])
    told("draw.void_refused", draw, by=by, at=at, reason=reason)
    return draw


@transaction.atomic
def void_draw(*, number: str, reason: str, by: Any, confirmed_by: Any, at: datetime) -> Draw:
    """Make a draw void in one act of two people (for imports and demonstrations; pages ask one, then the other)."""
    ask_void(number=number, reason=reason, by=by, at=at)
    return confirm_void(number=number, by=confirmed_by, at=at)
