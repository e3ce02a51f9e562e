"""A notification is taken up: once, in time, by one account."""

from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from passerelle.core import audit
from passerelle.core.verdicts import NotAllowed
from passerelle.express_entry.models import Notification


class NotificationOver(NotAllowed):
    """The notification was taken up already, or its time is over."""


@transaction.atomic
def mark_taken_up(*, reference: str, by: Any, at: datetime) -> Notification:
    """Note that a person came with the notification, and with which account. Raises NotificationOver."""
    rows = Notification.objects.select_related("profile", "entry", "round__approved_by", "round__pack")
    found = rows.defer("round__pack__sources").select_for_update(of=("self",)).get(reference=reference)
    if found.taken_up_at is not None:
        raise NotificationOver(_("This notification was taken up already."))
    if at >= found.respond_by:
        raise NotificationOver(_("The time to apply with this notification is over."))
    found.taken_up_at, found.taken_up_by = at, by
    found.save(update_fields=["taken_up_at", "taken_up_by"])
    audit.record("notification.taken_up", subject=reference, by=by, at=at, program=found.program)
    return found
