"""The life cycle of an invitation, as a table."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from passerelle.core.lifecycle import Lifecycle, Move


class InvitationState(models.TextChoices):
    """Where an invitation stands."""

    ISSUED = "issued", _("Invited")
    ACCEPTED = "accepted", _("Application begun")
    DECLINED = "declined", _("Declined")
    CANCELLED = "cancelled", _("Cancelled")
    LAPSED = "lapsed", _("Lapsed")


# In these the invitation stands and holds its place.
LIVE = (InvitationState.ISSUED, InvitationState.ACCEPTED)

INVITATION_LIFECYCLE = Lifecycle(
    Move("extend", leaves={InvitationState.ISSUED}, reaches=InvitationState.ISSUED),
    Move("extend_accepted", leaves={InvitationState.ACCEPTED}, reaches=InvitationState.ACCEPTED),
    Move("accept", leaves={InvitationState.ISSUED}, reaches=InvitationState.ACCEPTED),
    Move("meet", leaves={InvitationState.ACCEPTED}, reaches=InvitationState.ACCEPTED),
    Move("decline", leaves={InvitationState.ISSUED}, reaches=InvitationState.DECLINED),
    Move("cancel", leaves={InvitationState.ISSUED}, reaches=InvitationState.CANCELLED),
    Move("lapse", leaves={InvitationState.ISSUED}, reaches=InvitationState.LAPSED),
)
