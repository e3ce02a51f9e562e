"""Reading a delivery report (RFC 3464): whose message could not be delivered, and for good?"""

import email
import email.policy
import re
from dataclasses import dataclass
from email.message import EmailMessage

from passerelle.notices.mail import message_ids

_STATUS = re.compile(r"\b([245])\.\d{1,3}\.\d{1,3}\b")


@dataclass(frozen=True)
class Report:
    """A message that its recipient's server, or a server on the way, has given up on."""

    message_ids: tuple[str, ...]
    recipient: str
    diagnosis: str


def read_report(raw: bytes) -> Report | None:
    """Return what ``raw`` reports as undeliverable, or None for anything else (an answer, a notice of mere delay).

    A report names our message by its Message-ID: in the returned headers, in a header of its own, or in its text, for
    not every server keeps to the standard.
    """
    message = email.message_from_bytes(raw, policy=email.policy.default)
    assert isinstance(message, EmailMessage)
    fields = _delivery_status(message)
    if fields is None and not _looks_returned(message):
        return None
    fields = fields or {}
    if fields.get("action", "failed").lower() not in {"failed"}:
        return None
    ids = message_ids(raw.decode("utf-8", errors="replace")) or message_ids(_text(message))
    if not ids:
        return None
    diagnosis = fields.get("diagnostic-code") or fields.get("status") or str(message["Subject"] or "")
    recipient = fields.get("final-recipient") or fields.get("original-recipient") or ""
    return Report(tuple(dict.fromkeys(ids)), recipient.rpartition(";")[2].strip(), " ".join(diagnosis.split())[:300])


def _delivery_status(message: EmailMessage) -> dict[str, str] | None:
    """The fields of the first recipient that failed (or of the first recipient), by lower-case name."""
    for part in message.walk():
        if part.get_content_type() == "message/delivery-status":
            blocks = [_fields(block) for block in part.get_payload() if isinstance(block, EmailMessage)]
            recipients = [block for block in blocks if "action" in block]
            failed = [block for block in recipients if block["action"].lower() == "failed"]
            return (failed or recipients or [{}])[0]
    return None


def _fields(block: EmailMessage) -> dict[str, str]:
    return {name.lower(): str(value).strip() for name, value in block.items()}


def _looks_returned(message: EmailMessage) -> bool:
    """A report outside the standard: no sender on the envelope, a mailer's name, and a permanent status in its text."""
    sender = f"{message['From'] or ''}".lower()
    by_machine = "mailer-daemon" in sender or "postmaster" in sender or message["Return-Path"] == "<>"
    status = _STATUS.search(_text(message))
    return by_machine and status is not None and status.group(1) == "5"


def _text(message: EmailMessage) -> str:
    body = message.get_body(preferencelist=("plain", "html"))
    return str(body.get_content()) if body else ""
