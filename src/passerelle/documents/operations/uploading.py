"""Files that come in parts and may be interrupted (tus 1.0)."""

import fcntl
import os
from contextlib import suppress
from datetime import datetime, timedelta
from pathlib import Path
from typing import BinaryIO, Protocol

from django.core import signing
from django.db import transaction
from django.http import UnreadablePostError
from django.utils.translation import gettext as _

from passerelle.accounts.models import Person
from passerelle.core.verdicts import Verdict, require
from passerelle.documents import keepers
from passerelle.documents.limits import limits, work_folder
from passerelle.documents.models import Document, Upload, UploadState
from passerelle.documents.reasons import Unacceptable

TOKEN_LASTS = timedelta(hours=24)
UPLOAD_LASTS = timedelta(hours=48)
_SALT = "passerelle.documents.upload"
_READ = 64 * 1024


class WrongOffset(Exception):
    """The part does not begin where the file ends so far; the sender asks and goes on from there."""


class Busy(Exception):
    """Another request is writing to the same file at this moment."""


class Readable(Protocol):
    """A request body."""

    def read(self, size: int, /) -> bytes: ...


def allow_upload(*, owner: str, slot: str, by: Person, at: datetime) -> str:
    """Return a token with which ``by``, and nobody else, may send files to one place of a checklist for 24 hours."""
    before = int((at + TOKEN_LASTS).timestamp())
    return signing.dumps({"owner": owner, "slot": slot, "person": by.pk, "before": before}, salt=_SALT)


@transaction.atomic
def begin_upload(*, token: str, length: int, name: str, by: Person, at: datetime) -> Upload:
    """Open a file of ``length`` bytes to be sent in parts. Raises NotAllowed, or Unacceptable before a byte is sent."""
    place = _place(token, by, at)
    caps = limits(by.program)
    if length <= 0 or length > caps.bytes:
        raise Unacceptable("too_big" if length > 0 else "empty", caps)
    if Upload.objects.filter(person=by, state=UploadState.OPEN).count() >= caps.files * 2:
        require(Verdict(False, _("Too many files are on their way. Wait until some have arrived, then try again.")))
    upload = Upload.objects.create(
        owner=place["owner"],
        slot=place["slot"],
        person=by,
        original_name=name.replace("\x00", "")[:180] or "document",
        length=length,
        begun_at=at,
    )
    part(upload).touch(mode=0o600)
    return upload


def _place(token: str, by: Person, at: datetime) -> dict[str, str]:
    expired = Verdict(False, _("This page has been open too long. Reload it, then choose the file again."))
    try:
        given = signing.loads(token, salt=_SALT)
    except signing.BadSignature:
        require(expired)
    if given["person"] != by.pk or at.timestamp() >= given["before"]:
        require(expired)
    return {"owner": given["owner"], "slot": given["slot"]}


def part(upload: Upload) -> Path:
    """Where the bytes that have come so far lie."""
    return work_folder() / f"{upload.pk.hex}.part"


def received(upload: Upload) -> int:
    """How many bytes have come."""
    if upload.state != UploadState.OPEN:
        return upload.length
    return part(upload).stat().st_size


def append(*, upload: Upload, offset: int, body: Readable) -> int:
    """Add ``body`` at ``offset``; return how many bytes have come. What came before a cut is kept.

    Raises WrongOffset, Busy; Unacceptable when more comes than was announced.
    """
    with part(upload).open("ab") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as fault:
            raise Busy from fault
        size = os.fstat(file.fileno()).st_size
        if size != offset:
            raise WrongOffset
        # A cut connection shows as an error in the middle of the body: what came until then counts.
        with suppress(UnreadablePostError, OSError):
            size = _copy(body, file, size, upload.length)
    return part(upload).stat().st_size


def _copy(body: Readable, file: BinaryIO, size: int, length: int) -> int:
    while piece := body.read(_READ):
        size += len(piece)
        if size > length:
            raise Unacceptable("too_big", limits())
        file.write(piece)
        file.flush()
    return size


def finish_upload(*, upload: Upload, at: datetime) -> Document | None:
    """Store a file that has come whole; return its document (the same one when asked again).

    Returns None while another request is doing just that. Raises NotAllowed when the place takes no files any longer;
    Unacceptable, and then the bytes are gone.
    """
    with transaction.atomic():
        held = Upload.objects.select_for_update(of=("self",), skip_locked=True)
        mine = held.select_related("person", "document").filter(pk=upload.pk).first()
        if mine is None:
            return None
        if mine.state == UploadState.OPEN:
            _store(mine, at)
    upload.state = mine.state
    part(mine).unlink(missing_ok=True)
    if mine.state == UploadState.REFUSED:
        raise Unacceptable(mine.refused_for, limits())
    return mine.document


def _store(upload: Upload, at: datetime) -> None:
    try:
        with part(upload).open("rb") as file:
            upload.document = keepers.keep(
                owner=upload.owner, slot=upload.slot, upload=_Named(file, upload), by=upload.person, at=at
            )
        upload.state = UploadState.FINISHED
    except Unacceptable as refusal:
        upload.state, upload.refused_for = UploadState.REFUSED, refusal.code
    upload.save(update_fields=["state", "document", "refused_for"])


class _Named:
    """A part file under the name its sender gave it."""

    def __init__(self, file: BinaryIO, upload: Upload) -> None:
        self.name: str | None = upload.original_name
        self.read = file.read


def abandon_upload(*, upload: Upload) -> None:
    """Forget a file that is not wanted after all."""
    part(upload).unlink(missing_ok=True)
    upload.delete()


def tidy_uploads(*, at: datetime) -> int:
    """Forget uploads begun two days ago and everything left over from them; return how many."""
    old = list(Upload.objects.filter(begun_at__lt=at - UPLOAD_LASTS))
    for upload in old:
        abandon_upload(upload=upload)
    for path in work_folder().glob("*.part"):
        if path.stat().st_mtime < (at - UPLOAD_LASTS).timestamp():
            path.unlink(missing_ok=True)
    return len(old)
