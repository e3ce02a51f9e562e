"""Hand a file out."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import TypeVar

from django.core.files.storage import default_storage
from django.db import transaction
from django.http import Http404, HttpResponse, StreamingHttpResponse
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _

from passerelle.accounts.models import Person
from passerelle.core import audit, sealing
from passerelle.core.verdicts import YES, Verdict, require
from passerelle.documents import vault
from passerelle.documents.inspection import parent
from passerelle.documents.inspection.rules import Refused
from passerelle.documents.limits import limits, scratch
from passerelle.documents.models import Document
from passerelle.documents.operations.storing import key_purpose
from passerelle.documents.reasons import Unacceptable
from passerelle.documents.states import DocumentState

Answer = TypeVar("Answer", HttpResponse, StreamingHttpResponse)
_ONE_LOOK = timedelta(hours=1)


def can_open(person: Person, document: Document) -> Verdict:
    """Beyond what the stage room has decided: nobody opens what was rejected or removed; until the scanner has seen a
    file, its sender alone may.
    """
    if document.state in {DocumentState.REMOVED, DocumentState.REJECTED}:
        return Verdict(False, _("This file is no longer kept."))
    if document.state == DocumentState.RECEIVED and document.uploaded_by_id != person.pk:
        return Verdict(False, _("This file is still being checked for viruses. Try again in a few minutes."))
    return YES


@transaction.atomic
def open_file(*, document: Document, by: Person, at: datetime, purpose: str) -> StreamingHttpResponse:
    """Return the file as a download, and log that ``by`` opened it and why. Whether they may is decided before.

    Raises NotAllowed for a file that is not (or not yet) to be opened.
    """
    require(can_open(by, document))
    _log(document, by, at, purpose)
    answer = StreamingHttpResponse(clear_pieces(document), content_type=document.media_type)
    answer["Content-Length"] = str(document.bytes)
    answer["Content-Disposition"] = (
        content_disposition_header(as_attachment=True, filename=document.original_name) or "attachment"
    )
    return _guarded(answer)


@transaction.atomic
def open_page(*, document: Document, page: int, by: Person, at: datetime, purpose: str) -> HttpResponse:
    """Return one page of the file (from 1) as a picture to be shown beside a claim, and log the look once an hour.

    Drawn anew each time by a confined process: what reaches the reader's browser is never what was sent to us. Raises
    NotAllowed; Unacceptable when the page cannot be drawn; Http404 when there is no such page.
    """
    require(can_open(by, document))
    if not 1 <= page <= (document.pages or 1):
        raise Http404
    what = f"document {document.id}"
    if not audit.has_read(by, document.owner, since=at - _ONE_LOOK, what=what):
        _log(document, by, at, purpose)
    with scratch() as folder:
        source = Path(folder) / "stored"
        with source.open("xb") as file:
            file.writelines(clear_pieces(document))
        try:
            drawn = parent.draw(source, page, limits())
        except Refused as refusal:
            raise Unacceptable(refusal.code) from refusal
    return _guarded(HttpResponse(drawn, content_type="image/jpeg"))


def _log(document: Document, by: Person, at: datetime, purpose: str) -> None:
    audit.record_access(subject=document.owner, by=by, at=at, purpose=purpose, what=f"document {document.id}")


def _guarded(answer: Answer) -> Answer:
    answer["X-Content-Type-Options"] = "nosniff"
    answer["Content-Security-Policy"] = "sandbox; default-src 'none'"
    answer["Cache-Control"] = "no-store"
    return answer


def clear_pieces(document: Document) -> Iterator[bytes]:
    """Yield the file's bytes as they were stored; raises Tampered."""
    key = bytes.fromhex(sealing.unseal(document.sealed_key, key_purpose(document.id)))
    with default_storage.open(document.storage_name) as stored:
        yield from vault.pieces(stored, key=key, name=str(document.id))  # type: ignore[arg-type]
