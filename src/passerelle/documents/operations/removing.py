"""Take a file away again."""

from datetime import datetime
from functools import partial

from django.core.files.storage import default_storage
from django.db import transaction

from passerelle.accounts.models import Person
from passerelle.core import audit
from passerelle.documents.models import Document
from passerelle.documents.states import DOCUMENT_LIFECYCLE


@transaction.atomic
def remove(*, document: Document, by: Person | None, at: datetime) -> Document:
    """Destroy a document's key and delete its stored file; the row stays and says that there was one.

    Whether ``by`` may is decided by the room the file belongs to. Raises IllegalMove when it is gone already.
    """
    held = Document.objects.select_for_update(of=("self",)).get(pk=document.pk)
    held.state = DOCUMENT_LIFECYCLE.after(held.state, "remove")
    held.sealed_key, held.removed_at = "", at
    held.save(update_fields=["state", "sealed_key", "removed_at"])
    audit.record(
        "document.removed", subject=held.owner, by=by, at=at, detail={"document": str(held.id), "slot": held.slot}
    )
    transaction.on_commit(partial(default_storage.delete, held.storage_name))
    return held
