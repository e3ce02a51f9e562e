"""Put a message into the outbox; note that it was read."""

import re
from collections.abc import Iterable
from datetime import datetime

from django.db import transaction

from passerelle.accounts.models import Person
from passerelle.core import jobs
from passerelle.core.verdicts import require
from passerelle.notices import mail
from passerelle.notices.models import Attachment, Notice
from passerelle.notices.permissions import can_read
from passerelle.notices.states import NoticeState

File = tuple[str, str, bytes]  # name, media type, content


@transaction.atomic(savepoint=False)
def queue(
    kind: str,
    *,
    program: str,
    to: Person | None,
    subject: str,
    body: str,
    about: str,
    at: datetime,
    attachments: Iterable[File] = (),
    address: str = "",
    language: str = "",
) -> Notice:
    """Write one message to ``to`` in the caller's transaction; a worker sends it after commit.

    Somebody who has no account yet gets ``to=None`` with ``address`` and ``language``. ``body`` is plain text in the
    reader's language; blank lines separate paragraphs. Without any address the message is in the portal only.
    """
    where = to.email if to else address
    notice = Notice.objects.create(
        program=program,
        kind=kind,
        to=to,
        address=where,
        language=(language or (to.language if to else "en"))[:2],
        # French subjects keep their no-break spaces; only line breaks and runs of blanks go.
        subject=re.sub(r"[ \t\r\n]+", " ", subject).strip()[:200],
        body=body,
        about=about,
        queued_at=at,
        due_at=at,
        state=NoticeState.QUEUED if where else NoticeState.FAILED,
        failure="" if where else "no address",
        message_id=mail.new_message_id(),
    )
    Attachment.objects.bulk_create(
        Attachment(notice=notice, name=name, media_type=media_type, content=content)
        for name, media_type, content in attachments
    )
    jobs.wake("notices.send_due")
    return notice


@transaction.atomic
def mark_read(*, notice: Notice, by: Person, at: datetime) -> Notice:
    """Note when its reader first opened ``notice``."""
    require(can_read(by, notice))
    if notice.read_at is None:
        notice.read_at = at
        notice.save(update_fields=["read_at"])
    return notice
