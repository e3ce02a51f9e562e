"""The life cycle of an invitation, as a table."""

from django.db import models
from django.utils.translation import pgettext_lazy

from passerelle.core.lifecycle import Lifecycle, Move


class InvitationState(models.TextChoices):
    """Where an invitation stands."""

    ISSUED = "issued", pgettext_lazy("state of an invitation", "Invited")
    ACCEPTED = "accepted", pgettext_lazy("state of an invitation", "Application begun")
    DECLINED = "declined", pgettext_lazy("state of an invitation", "Declined")
    CANCELLED = "cancelled", pgettext_lazy("state of an invitation", "Cancelled")
    LAPSED = "lapsed", pgettext_lazy("state of an invitation", "Lapsed")


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
