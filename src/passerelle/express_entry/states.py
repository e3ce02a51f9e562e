"""The life cycle of a round, as a table."""

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from passerelle.core.lifecycle import Lifecycle, Move


class RoundState(models.TextChoices):
    """Where a round stands."""

    PLANNED = "planned", pgettext_lazy("state of a round", "Planned")
    FROZEN = "frozen", pgettext_lazy("state of a round", "Conducted")
    ISSUED = "issued", pgettext_lazy("state of a round", "Issued")
    VOID = "void", pgettext_lazy("state of a round", "Void")


ROUND_LIFECYCLE = Lifecycle(
    Move("replan", leaves={RoundState.PLANNED}, reaches=RoundState.PLANNED),
    Move("conduct", leaves={RoundState.PLANNED}, reaches=RoundState.FROZEN),
    Move("issue", leaves={RoundState.FROZEN}, reaches=RoundState.ISSUED),
    Move("void", leaves={RoundState.PLANNED, RoundState.FROZEN}, reaches=RoundState.VOID),
)


class WhyNot(models.TextChoices):
    """Why somebody found when the round was conducted was not notified when it was issued."""

    GONE = "gone", _("The profile is no longer kept")
    OVER = "over", _("The profile is no longer valid")
    NOTIFIED = "notified", _("Another round notified the person meanwhile")
