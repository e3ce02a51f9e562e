"""New keys."""

from collections.abc import Callable
from datetime import datetime
from uuid import UUID

from django.db import transaction

from passerelle.core import sealing
from passerelle.documents.models import Document
from passerelle.documents.operations.storing import key_purpose

_BATCH = 200


def rewrap_files(*, at: datetime, tick: Callable[[int, int], None] = lambda done, total: None) -> int:
    """Seal each file's key again under the newest data key; return how many. The stored files stay as they are.

    ``tick(done, total)`` is called as it goes on. A run that was cut short may simply be run again.
    """
    ids = list(Document.objects.exclude(sealed_key="").order_by("pk").values_list("pk", flat=True))
    for start in range(0, len(ids), _BATCH):
        _rewrap(ids[start : start + _BATCH])
        tick(min(start + _BATCH, len(ids)), len(ids))
    return len(ids)


@transaction.atomic
def _rewrap(ids: list[UUID]) -> None:
    held = Document.objects.filter(pk__in=ids).exclude(sealed_key="").order_by("pk")
    for document in held.select_for_update(of=("self",)):
        purpose = key_purpose(document.id)
        document.sealed_key = sealing.seal(sealing.unseal(document.sealed_key, purpose), purpose)
        document.save(update_fields=["sealed_key"])
