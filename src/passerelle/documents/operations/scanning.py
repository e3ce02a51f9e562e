"""Scan what came in while the scanner was away."""

from datetime import datetime
from uuid import UUID

from django.core.files.storage import default_storage
from django.db import transaction

from passerelle.core import audit
from passerelle.documents import scanner
from passerelle.documents.models import Document
from passerelle.documents.operations.opening import clear_pieces
from passerelle.documents.states import DOCUMENT_LIFECYCLE, DocumentState


def scan_waiting(*, at: datetime, limit: int = 50) -> int:
    """Scan received files, oldest first, until ``limit`` got an answer; return how many did."""
    waiting = Document.objects.filter(state=DocumentState.RECEIVED).order_by("uploaded_at", "pk")
    scanned = 0
    for pk in list(waiting.values_list("pk", flat=True)):
        try:
            scanned += _scan(pk, at)
        except scanner.ScannerAway:
            # A file that it does not take must not hold up those behind it.
            if not scanner.answers():
                break
        if scanned == limit:
            break
    return scanned


@transaction.atomic
def _scan(pk: UUID, at: datetime) -> bool:
    held = Document.objects.select_for_update(of=("self",), skip_locked=True)
    document = held.filter(pk=pk, state=DocumentState.RECEIVED).first()
    if document is None:
        return False
    # A scanner that was taken out of service since leaves the file as clean as one that never was there.
    found = scanner.finding(clear_pieces(document)) if scanner.is_configured() else ""
    document.state = DOCUMENT_LIFECYCLE.after(document.state, "reject" if found else "pass")
    document.scanned_at = at if scanner.is_configured() else None
    document.rejected_for = "infected" if found else ""
    if found:
        document.sealed_key = ""
        name = document.storage_name
        transaction.on_commit(lambda: default_storage.delete(name))
    document.save(update_fields=["state", "scanned_at", "rejected_for", "sealed_key"])
    if found:
        audit.record(
            "document.rejected", subject=document.owner, by=None, at=at,
            detail={"document": str(document.id), "slot": document.slot, "found": found[:60]},
        )  # fmt: skip
    return True
