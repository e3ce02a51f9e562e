"""Reports that come back: at once or days later, from servers that keep to the standard and from others."""

import mailbox as boxes
from datetime import timedelta
from email.message import EmailMessage, Message
from email.mime.message import MIMEMessage
from email.mime.multipart import MIMEMultipart
from email.mime.text import MIMEText
from pathlib import Path

import pytest

from passerelle.notices import operations, queries
from passerelle.notices.bounces import read_report
from passerelle.notices.models import Notice, StaffTask
from tests.notices.conftest import AT, make_person

DAY = timedelta(days=1)
ID = "<0123456789abcdef0123456789abcdef@passerelle.example>"


def report(message_id: str, *, action: str = "failed", status: str = "5.1.1", headers_only: bool = False) -> bytes:
    """A delivery report as RFC 3464 has it."""
    whole = MIMEMultipart("report", **{"report-type": "delivery-status"})
    whole["From"], whole["To"], whole["Subject"] = (
        "MAILER-DAEMON@mail.example",
        "bounces@passerelle.example",
        "Undelivered",
    )
    whole.attach(MIMEText("The recipient's mailbox is not known here."))
    told, about = Message(), Message()
    about["Reporting-MTA"] = "dns; mail.example"
    told["Final-Recipient"], told["Action"], told["Status"] = "rfc822; gone@mail.example", action, status
    told["Diagnostic-Code"] = f"smtp; 550 {status} No such user"
    status_part = MIMEMessage(about, "delivery-status")
    status_part.set_payload([about, told])
    whole.attach(status_part)
    original = Message()
    original["Message-ID"], original["Subject"] = message_id, "Your score"
    if headers_only:
        part = MIMEText(original.as_string(), "rfc822-headers")
        whole.attach(part)
    else:
        original.set_payload("Your total is 597.")
        whole.attach(MIMEMessage(original))
    return whole.as_bytes()


def plain(subject: str, body: str, sender: str = "MAILER-DAEMON@mail.example") -> bytes:
    message = EmailMessage()
    message["From"], message["Subject"] = sender, subject
    message.set_content(body)
    return message.as_bytes()


@pytest.mark.parametrize("headers_only", [False, True])
def test_a_standard_report_names_message_recipient_and_reason(headers_only):
    read = read_report(report(ID, headers_only=headers_only))
    assert read is not None
    assert read.message_ids == (ID,)
    assert (read.recipient, read.diagnosis) == ("gone@mail.example", "smtp; 550 5.1.1 No such user")


@pytest.mark.parametrize(
    "raw",
    [
        report(ID, action="delayed", status="4.4.1"),
        report(ID, action="delivered", status="2.0.0"),
        report(ID, action="relayed", status="2.0.0"),
        report("<someone-elses@mail.example>"),
        plain("Re: Your score", f"Thank you!\n> {ID} 5.1.1", sender="Sahaiʔa <gone@mail.example>"),
        plain("Out of office", f"In-Reply-To: {ID}"),
        plain("Delayed", f"{ID} 4.2.2 mailbox full"),
        b"",
        b"\xff\xfe not mail",
    ],
)
def test_delays_answers_and_other_mail_are_no_bounces(raw):
    assert read_report(raw) is None


def test_a_report_outside_the_standard_is_understood():
    read = read_report(plain("failure notice", f"<gone@mail.example>: 550 5.1.1 unknown\n\nMessage-ID: {ID}"))
    assert read is not None
    assert read.message_ids == (ID,)


@pytest.fixture
def returned(settings, tmp_path: Path) -> boxes.Maildir:
    settings.BOUNCE_MAILBOX = f"maildir:{tmp_path}/returned"
    return boxes.Maildir(tmp_path / "returned", create=True)


@pytest.mark.django_db
def test_a_report_three_days_later_opens_one_task_and_the_banner(mailbox, returned):
    reader = make_person(email="gone@mail.example")
    notice = operations.queue(
        "eoi.scored", program="ca-nt", to=reader, subject="S", body="B", about="NT-E-2026-000001", at=AT
    )
    operations.send_due(at=AT)
    assert queries.bounced(reader) is None
    sent_id = mailbox.to("gone@mail.example")[0]["Message-ID"]
    returned.add(plain("Hello", "An ordinary answer", sender="gone@mail.example"))
    returned.add(report(sent_id))
    returned.add(report(sent_id, headers_only=True))

    assert operations.read_bounces(at=AT + 3 * DAY) == 1
    assert operations.read_bounces(at=AT + 3 * DAY) == 0

    notice.refresh_from_db()
    assert (notice.state, notice.bounced_at) == ("bounced", AT + 3 * DAY)
    assert notice.failure == "smtp; 550 5.1.1 No such user"
    task = StaffTask.objects.get()
    assert (task.kind, task.program, task.about) == ("notice.bounced", "ca-nt", "NT-E-2026-000001")
    assert queries.bounced(reader) == notice
    assert all("S" in message.get_flags() for message in returned)


@pytest.mark.django_db
def test_a_forged_report_about_an_unsent_message_does_nothing(returned):
    notice = operations.queue("x", program="ca-nt", to=make_person(), subject="S", body="B", about="", at=AT)
    returned.add(report(notice.message_id))

    assert operations.read_bounces(at=AT) == 0
    assert Notice.objects.get().state == "queued"


@pytest.mark.django_db
def test_without_a_mailbox_there_is_nothing_to_read(settings):
    settings.BOUNCE_MAILBOX = ""
    assert operations.read_bounces(at=AT) == 0


@pytest.mark.django_db
def test_a_mailbox_of_an_unknown_kind_says_what_is_known(settings):
    settings.BOUNCE_MAILBOX = "exchange://mail.example"
    with pytest.raises(ValueError, match=r"use maildir:, imap\(s\):// or pop3\(s\)://"):
        operations.read_bounces(at=AT)
