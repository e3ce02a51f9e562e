"""Take a file in."""

import hashlib
import uuid
from datetime import datetime
from pathlib import Path
from tempfile import TemporaryFile
from typing import BinaryIO, Protocol, cast

from django.core.files import File
from django.core.files.storage import default_storage
from django.db import IntegrityError, transaction

from passerelle.accounts.models import Person
from passerelle.core import audit, sealing
from passerelle.documents import scanner, vault
from passerelle.documents.inspection import parent
from passerelle.documents.inspection.parent import Inspected
from passerelle.documents.inspection.rules import Limits, Refused
from passerelle.documents.limits import limits, scratch
from passerelle.documents.models import Document
from passerelle.documents.names import shown_name, storage_name
from passerelle.documents.reasons import Unacceptable
from passerelle.documents.states import DocumentState

_READ = 1024 * 1024


class Incoming(Protocol):
    """What Django gives for an uploaded file, or an open file with a name."""

    name: str | None

    def read(self, size: int = ..., /) -> bytes: ...


def key_purpose(document: uuid.UUID) -> str:
    """What a file key is sealed for: this document and no other."""
    return f"documents.key.{document}"


def store(*, owner: str, slot: str, upload: Incoming, by: Person, at: datetime) -> Document:
    """Check a file, keep its harmless form under a key of its own, and return its document.

    The same file sent twice to the same place is one document. Without an answer from the scanner the file is kept as
    ``received`` and scanned later: that never costs anybody a deadline. The file is stored before the row that names
    it, so a crash in between leaves a file nobody can read, not a document without a file. Raises Unacceptable.
    """
    caps = limits(by.program)
    with scratch() as folder:
        source = Path(folder) / "received"
        received_sha256 = _take(upload, source, caps)
        known = Document.objects.of(owner, slot).filter(received_sha256=received_sha256).first()
        if known:
            return known
        if Document.objects.of(owner, slot).count() >= caps.files:
            raise Unacceptable("too_many_files", caps)
        try:
            inspected = parent.inspect(source, caps)
        except Refused as refusal:
            raise Unacceptable(refusal.code, caps) from refusal
        state = _scan(source)
        document = _document(owner, slot, upload.name or "", inspected, by, at)
        document.received_sha256, document.state = received_sha256, state
        document.scanned_at = at if scanner.is_configured() and state == DocumentState.CLEAN else None
        _keep(document, inspected.path)
    return _record(document, by, at)


def _take(upload: Incoming, source: Path, caps: Limits) -> str:
    digest, size = hashlib.sha256(), 0
    with source.open("xb") as file:
        while piece := upload.read(_READ):
            size += len(piece)
            if size > caps.bytes:
                raise Unacceptable("too_big", caps)
            digest.update(piece)
            file.write(piece)
    if not size:
        raise Unacceptable("empty", caps)
    return digest.hexdigest()


def _scan(source: Path) -> DocumentState:
    if not scanner.is_configured():
        return DocumentState.CLEAN
    try:
        with source.open("rb") as file:
            found = scanner.finding(iter(lambda: file.read(_READ), b""))
    except scanner.ScannerAway:
        return DocumentState.RECEIVED
    if found:
        raise Unacceptable("infected")
    return DocumentState.CLEAN


def _document(owner: str, slot: str, name: str, inspected: Inspected, by: Person, at: datetime) -> Document:
    document = Document(owner=owner, slot=slot, uploaded_by=by, uploaded_at=at)
    document.original_name = shown_name(name, inspected.media_type)
    document.media_type, document.pages = inspected.media_type, inspected.pages
    document.bytes = inspected.path.stat().st_size
    with inspected.path.open("rb") as file:
        document.sha256 = hashlib.file_digest(file, "sha256").hexdigest()
    return document


def _keep(document: Document, path: Path) -> None:
    key = vault.new_key()
    with path.open("rb") as clear, TemporaryFile() as sealed:
        vault.seal(clear, cast(BinaryIO, sealed), key=key, name=str(document.id))
        sealed.seek(0)
        document.storage_name = default_storage.save(storage_name(document.id), File(sealed))
    document.sealed_key = sealing.seal(key.hex(), key_purpose(document.id))


def _record(document: Document, by: Person, at: datetime) -> Document:
    try:
        with transaction.atomic():
            document.save(force_insert=True)
            audit.record(
                "document.stored", subject=document.owner, by=by, at=at,
                detail={"document": str(document.id), "slot": document.slot, "bytes": document.bytes},
            )  # fmt: skip
    except IntegrityError:
        # The same file was sent twice at once; the other request was faster.
        default_storage.delete(document.storage_name)
        return Document.objects.of(document.owner, document.slot).get(received_sha256=document.received_sha256)
    return document
