"""Files that no row names: a crash or a rollback between storing a file and its row left them, unreadable."""

from collections.abc import Iterator
from datetime import datetime, timedelta

from django.core.files.storage import default_storage

from passerelle.documents.models import Document
from passerelle.documents.states import DocumentState

_GRACE = timedelta(days=2)  # the transaction that stores a file's row may still be open


def tidy_files(*, at: datetime) -> int:
    """Delete stored files older than two days that no document names any more; return how many."""
    gone = 0
    for name in _stored(""):
        if default_storage.get_modified_time(name) < at - _GRACE and not _is_named(name):
            default_storage.delete(name)
            gone += 1
    return gone


def _is_named(name: str) -> bool:
    dead = (DocumentState.REMOVED, DocumentState.REJECTED)
    return Document.objects.filter(storage_name=name).exclude(state__in=dead).exists()


def _stored(folder: str) -> Iterator[str]:
    try:
        folders, files = default_storage.listdir(folder)
    except FileNotFoundError:
        return
    for name in sorted(files):
        # Ours are named after a document and lie two folders deep; nothing else is touched.
        if folder.count("/") == 1 and len(name) == 32:
            yield f"{folder}/{name}"
    for name in sorted(folders):
        if len(name) == 2 and folder.count("/") == 0:
            yield from _stored(f"{folder}/{name}".lstrip("/"))
