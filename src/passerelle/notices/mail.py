"""A notice as an e-mail message: plain text, one address, the same bytes of text at every attempt."""

import re
from datetime import datetime
from email.utils import format_datetime
from secrets import token_hex

from django.conf import settings
from django.core.mail import EmailMessage
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _

from passerelle.notices.models import Notice


def domain() -> str:
    """The domain this installation writes from."""
    return settings.DEFAULT_FROM_EMAIL.rstrip(">").rpartition("@")[2]


def new_message_id() -> str:
    """A Message-ID nobody can guess: a report that quotes it comes from somebody who had the message."""
    return f"<{token_hex(16)}@{domain()}>"


def message_ids(text: str) -> list[str]:
    """The Message-IDs of this installation that stand anywhere in ``text``."""
    return re.findall(rf"<[0-9a-f]{{32}}@{re.escape(domain())}>", text)


def message(notice: Notice) -> EmailMessage:
    """Return the e-mail of ``notice``; its date is the moment of the act, so that a second attempt is the same text."""
    mail = EmailMessage(
        subject=notice.subject,
        body=f"{notice.body.rstrip()}\n\n{_footer(notice)}\n",
        from_email=settings.BOUNCE_ADDRESS or settings.DEFAULT_FROM_EMAIL,
        to=[notice.address],
        headers={
            "From": settings.DEFAULT_FROM_EMAIL,
            "Message-ID": notice.message_id,
            "Date": _date(notice.queued_at),
            "Content-Language": notice.language,
            "Auto-Submitted": "auto-generated",
            "X-Auto-Response-Suppress": "All",
        },
    )
    for part in notice.attachments.all():
        mail.attach(part.name, bytes(part.content), part.media_type)
    return mail


def _date(at: datetime) -> str:
    return format_datetime(at)


def _footer(notice: Notice) -> str:
    with translation.override(notice.language):
        lines = [_("Please do not reply: nobody reads this address.")]
        if notice.to_id:
            link = settings.PASSERELLE_URL + reverse("notices:notice", args=[notice.pk])
            lines.insert(0, _("This message is also in the portal: %(link)s") % {"link": link})
        return "-- \n" + "\n".join(lines)
