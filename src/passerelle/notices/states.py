"""The life of a message after it was queued."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _

from passerelle.core.lifecycle import Lifecycle, Move


class NoticeState(TextChoices):
    QUEUED = "queued", _("Waiting to be sent")
    SENT = "sent", _("Sent")
    FAILED = "failed", _("Not sent")
    BOUNCED = "bounced", _("Returned by the recipient's mail server")
    FENCED = "fenced", _("Held back")


NOTICE_LIFECYCLE = Lifecycle(
    Move("send", leaves={NoticeState.QUEUED}, reaches=NoticeState.SENT),
    Move("give_up", leaves={NoticeState.QUEUED}, reaches=NoticeState.FAILED),
    # A server may refuse the address at once, or take the message and report days later.
    Move("bounce", leaves={NoticeState.QUEUED, NoticeState.SENT}, reaches=NoticeState.BOUNCED),
    Move("fence", leaves={NoticeState.QUEUED}, reaches=NoticeState.FENCED),
)
