"""The life of a stored file."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _

from passerelle.core.lifecycle import Lifecycle, Move


class DocumentState(TextChoices):
    RECEIVED = "received", _("Being checked")
    CLEAN = "clean", _("Checked")
    REJECTED = "rejected", _("Rejected")
    REMOVED = "removed", _("Removed")


DOCUMENT_LIFECYCLE = Lifecycle(
    Move("pass", leaves={DocumentState.RECEIVED}, reaches=DocumentState.CLEAN),
    Move("reject", leaves={DocumentState.RECEIVED}, reaches=DocumentState.REJECTED),
    Move(
        "remove",
        leaves={DocumentState.RECEIVED, DocumentState.CLEAN, DocumentState.REJECTED},
        reaches=DocumentState.REMOVED,
    ),
)
