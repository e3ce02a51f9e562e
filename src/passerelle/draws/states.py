"""The life cycle of a draw, as a table."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from passerelle.core.lifecycle import Lifecycle, Move


class DrawState(models.TextChoices):
    """Where a draw stands."""

    PLANNED = "planned", _("Planned")
    FROZEN = "frozen", _("Frozen")
    SELECTED = "selected", _("Selected")
    ISSUED = "issued", _("Issued")
    VOID = "void", _("Void")


# Between the freeze and the end: two draws over the same people at once would choose some of them twice.
RUNNING = (DrawState.FROZEN, DrawState.SELECTED)

DRAW_LIFECYCLE = Lifecycle(
    Move("replan", leaves={DrawState.PLANNED}, reaches=DrawState.PLANNED),
    Move("leave_out", leaves={DrawState.PLANNED}, reaches=DrawState.PLANNED),
    Move("freeze", leaves={DrawState.PLANNED}, reaches=DrawState.FROZEN),
    Move("select", leaves={DrawState.FROZEN}, reaches=DrawState.SELECTED),
    Move("issue", leaves={DrawState.SELECTED}, reaches=DrawState.ISSUED),
    Move("void", leaves={DrawState.PLANNED, DrawState.FROZEN, DrawState.SELECTED}, reaches=DrawState.VOID),
)
