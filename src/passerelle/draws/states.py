"""The life cycle of a draw, as a table."""

from django.db import models
from django.utils.translation import pgettext_lazy

from passerelle.core.lifecycle import Lifecycle, Move


class DrawState(models.TextChoices):
    """Where a draw stands."""

    PLANNED = "planned", pgettext_lazy("state of a draw", "Planned")
    FROZEN = "frozen", pgettext_lazy("state of a draw", "Frozen")
    SELECTED = "selected", pgettext_lazy("state of a draw", "Selected")
    ISSUED = "issued", pgettext_lazy("state of a draw", "Issued")
    VOID = "void", pgettext_lazy("state of a draw", "Void")


# Between the freeze and the end: two draws over the same people at once would choose some of them twice.
RUNNING = (DrawState.FROZEN, DrawState.SELECTED)

DRAW_LIFECYCLE = Lifecycle(
    Move("replan", leaves={DrawState.PLANNED}, reaches=DrawState.PLANNED),
    # Once published the plan stands: what a program announced is what it holds.
    Move("publish", leaves={DrawState.PLANNED}, reaches=DrawState.PLANNED),
    Move("leave_out", leaves={DrawState.PLANNED}, reaches=DrawState.PLANNED),
    Move("freeze", leaves={DrawState.PLANNED}, reaches=DrawState.FROZEN),
    Move("object", leaves={DrawState.FROZEN}, reaches=DrawState.FROZEN),
    Move("answer_objection", leaves={DrawState.FROZEN}, reaches=DrawState.FROZEN),
    Move("seed", leaves={DrawState.FROZEN}, reaches=DrawState.FROZEN),
    Move("select", leaves={DrawState.FROZEN}, reaches=DrawState.SELECTED),
    Move("accept", leaves={DrawState.SELECTED}, reaches=DrawState.SELECTED),
    Move("issue", leaves={DrawState.SELECTED}, reaches=DrawState.ISSUED),
    # Places of those who declined or let their invitation lapse: the walk goes on, nothing is drawn again.
    Move("refill", leaves={DrawState.ISSUED}, reaches=DrawState.ISSUED),
    # An error found since: people are invited in addition, what nobody has begun to use is taken back. Nothing is drawn again.
    Move("repair", leaves={DrawState.ISSUED}, reaches=DrawState.ISSUED),
    Move("void", leaves={DrawState.PLANNED, DrawState.FROZEN, DrawState.SELECTED}, reaches=DrawState.VOID),
)
