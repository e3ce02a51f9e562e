"""The life cycle of a contravention order."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from passerelle.core.lifecycle import Lifecycle, Move


class OrderState(models.TextChoices):
    PROPOSED = "proposed", _("Proposed")
    NOTICED = "noticed", _("Notice sent")
    MADE = "made", _("Made")
    PAID = "paid", _("Penalty paid")
    SET_ASIDE = "set_aside", _("Set aside")
    DROPPED = "dropped", _("Not made")


S = OrderState
STANDING = frozenset({S.MADE, S.PAID})

ORDER_LIFECYCLE = Lifecycle(
    # A notice is sent again when the amount intended has changed since: the person hears the true one first.
    Move("notice", leaves={S.PROPOSED, S.NOTICED}, reaches=S.NOTICED),
    Move("drop", leaves={S.PROPOSED, S.NOTICED}, reaches=S.DROPPED),
    Move("make", leaves={S.NOTICED}, reaches=S.MADE),
    Move("pay", leaves={S.MADE}, reaches=S.PAID),
    Move("set_aside", leaves=STANDING, reaches=S.SET_ASIDE),
)


class SubjectKind(models.TextChoices):
    CANDIDATE = "candidate", _("Candidate")
    EMPLOYER = "employer", _("Employer")
    REPRESENTATIVE = "representative", _("Representative")
