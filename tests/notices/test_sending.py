"""The outbox: nothing told of what did not happen, nothing lost, nothing sent twice but for a crash in between."""

import smtplib
from datetime import timedelta
from typing import Any

import pytest
from django.db import DatabaseError, IntegrityError, transaction

from passerelle.core.verdicts import NotAllowed
from passerelle.notices import operations, queries
from passerelle.notices.models import Notice, StaffTask
from tests.notices.conftest import AT, make_person

MINUTE = timedelta(minutes=1)


def queue(to: Any, **changes: Any) -> Notice:
    values = {
        "program": "ca-nt",
        "subject": "Your score",
        "body": "Mahsı̨!\n\nYour total is 597.",
        "about": "NT-E-2026-000001",
        "at": AT,
    }
    return operations.queue("eoi.scored", to=to, **{**values, **changes})


@pytest.mark.django_db
def test_a_message_is_sent_once_to_one_address_with_the_text_as_written(mailbox):
    reader = make_person(name="Náʔël", email="nael@mail.example")
    notice = queue(
        reader, subject="Déclaration d'intérêt de Sahaiʔa", body="Bonjour Tłı̨chǫ,\n\nPointage : 597.", language="fr"
    )

    assert operations.send_due(at=AT) == 1
    assert operations.send_due(at=AT + MINUTE) == 0

    [message] = mailbox.to("nael@mail.example")
    assert message["Subject"] == "Déclaration d'intérêt de Sahaiʔa"
    assert (message["To"], message["Cc"], message["Bcc"]) == ("nael@mail.example", None, None)
    assert message["Message-ID"] == notice.message_id
    assert message["Content-Language"] == "fr"
    assert message.get_content().replace("\r\n", "\n").startswith("Bonjour Tłı̨chǫ,\n\nPointage : 597.\n\n-- \n")
    notice.refresh_from_db()
    assert (notice.state, notice.attempts, notice.leased_until) == ("sent", 1, None)


@pytest.mark.django_db
def test_a_calendar_file_goes_with_its_message(mailbox):
    queue(make_person(email="a@mail.example"), attachments=[("deadline.ics", "text/calendar", b"BEGIN:VCALENDAR\r\n")])

    operations.send_due(at=AT)

    [message] = mailbox.to("a@mail.example")
    [part] = message.iter_attachments()
    assert (part.get_filename(), part.get_content_type()) == ("deadline.ics", "text/calendar")


@pytest.mark.django_db(transaction=True)
def test_a_rolled_back_act_leaves_neither_mail_nor_message_nor_job(mailbox):
    reader = make_person()
    with transaction.atomic():
        queue(reader)
        transaction.set_rollback(True)

    assert operations.send_due(at=AT) == 0
    assert mailbox.messages == []
    assert list(queries.inbox(reader)) == []


@pytest.mark.django_db(transaction=True)
def test_many_messages_of_one_act_wake_the_worker_once():
    from procrastinate.contrib.django.models import ProcrastinateJob

    reader = make_person()
    with transaction.atomic():
        for _ in range(3):
            queue(reader)
    queue(reader)

    assert ProcrastinateJob.objects.filter(task_name="notices.send_due").count() == 1


@pytest.mark.django_db
def test_an_address_refused_for_good_asks_the_staff_and_tells_the_portal(mailbox):
    reader = make_person(email="gone@mail.example")
    mailbox.refuse.add("gone@mail.example")
    notice = queue(reader)
    other = queue(make_person(email="here@mail.example"))

    assert operations.send_due(at=AT) == 1

    notice.refresh_from_db()
    other.refresh_from_db()
    assert (notice.state, notice.failure, other.state) == ("bounced", "550 5.1.1 No such mailbox", "sent")
    [task] = queries.tasks("ca-nt")
    assert (task.kind, task.about, task.notice) == ("notice.bounced", "NT-E-2026-000001", notice)
    assert queries.bounced(reader) == notice


@pytest.mark.django_db
def test_the_banner_goes_when_the_address_is_corrected_or_the_task_closed(mailbox, officer):
    reader = make_person(email="gone@mail.example")
    mailbox.refuse.add("gone@mail.example")
    queue(reader)
    operations.send_due(at=AT)
    assert queries.bounced(reader)

    reader.email = "new@mail.example"
    assert queries.bounced(reader) is None

    reader.email = "gone@mail.example"
    operations.close_task(task=StaffTask.objects.get(), by=officer, at=AT, note="Telephoned.")
    assert queries.bounced(reader) is None


@pytest.mark.django_db
def test_while_the_mail_server_is_away_nothing_loses_an_attempt(settings, mailbox):
    notice = queue(make_person(email="a@mail.example"))
    port, settings.EMAIL_PORT = settings.EMAIL_PORT, 1

    assert operations.send_due(at=AT) == 0
    notice.refresh_from_db()
    assert (notice.state, notice.attempts, notice.leased_until) == ("queued", 0, None)

    settings.EMAIL_PORT = port
    assert operations.send_due(at=AT + 2 * MINUTE) == 1


@pytest.mark.django_db
def test_a_message_the_server_never_takes_is_tried_ten_times_more_and_then_handed_to_the_staff(settings, mailbox):
    notice = queue(make_person(email="a@mail.example"))

    async def busy(*_: Any) -> str:
        return "451 4.3.0 Busy"

    mailbox.handle_DATA = busy
    at = AT
    for _ in range(11):
        operations.send_due(at=at)
        at += timedelta(days=1, minutes=1)

    notice.refresh_from_db()
    assert (notice.state, notice.attempts, notice.failure) == ("failed", 11, "451 4.3.0 Busy")
    assert [task.kind for task in queries.tasks("ca-nt")] == ["notice.failed"]


@pytest.mark.django_db
def test_a_crash_between_the_servers_yes_and_our_mark_repeats_the_same_message_once(mailbox, monkeypatch):
    from passerelle.notices.operations import sending

    notice = queue(make_person(email="a@mail.example"))

    def crash(*_: Any, **__: Any) -> int:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(sending, "_mark", crash)
        with pytest.raises(KeyboardInterrupt):
            operations.send_due(at=AT)

    assert operations.send_due(at=AT + MINUTE) == 0, "another worker keeps off while the lease runs"
    assert operations.send_due(at=AT + 6 * MINUTE) == 1
    assert operations.send_due(at=AT + 20 * MINUTE) == 0

    first, second = mailbox.to("a@mail.example")
    assert first["Message-ID"] == second["Message-ID"] == notice.message_id
    assert first.as_bytes() == second.as_bytes()


@pytest.mark.django_db
def test_after_a_restore_no_old_message_leaves(mailbox):
    old = queue(make_person(email="a@mail.example"))
    operations.arm_fence(before=AT + MINUTE, at=AT + MINUTE)
    later = queue(make_person(email="b@mail.example"), at=AT + 2 * MINUTE)

    assert operations.send_due(at=AT + 3 * MINUTE) == 1

    old.refresh_from_db()
    later.refresh_from_db()
    assert (old.state, later.state) == ("fenced", "sent")
    assert mailbox.to("a@mail.example") == []


@pytest.mark.django_db
def test_a_test_installation_writes_to_its_allow_list_only(settings, mailbox):
    settings.MAIL_ALLOWED = ["@allowed.example", "one@mail.example"]
    kept = [queue(make_person(email=address)) for address in ("a@allowed.example", "one@mail.example")]
    stopped = queue(make_person(email="two@mail.example"))

    operations.send_due(at=AT)

    assert [Notice.objects.get(pk=notice.pk).state for notice in [*kept, stopped]] == ["sent", "sent", "fenced"]


@pytest.mark.django_db
@pytest.mark.parametrize(
    "address", ["a@mail.example,b@mail.example", "a@mail.example b@mail.example", "not-an-address"]
)
def test_the_database_refuses_a_message_to_more_or_less_than_one_address(address):
    with pytest.raises(IntegrityError), transaction.atomic():
        queue(None, address=address)


@pytest.mark.django_db
def test_the_database_refuses_a_message_to_an_address_that_is_not_the_readers():
    reader = make_person(email="a@mail.example")
    notice = queue(reader)
    notice.pk, notice.message_id, notice.address = None, "<other@x>", "stranger@mail.example"
    with pytest.raises(IntegrityError), transaction.atomic():
        notice.save(force_insert=True)


@pytest.mark.django_db
def test_what_was_queued_cannot_be_reworded():
    notice = queue(make_person())
    with pytest.raises(DatabaseError, match="Cannot update"), transaction.atomic():
        Notice.objects.filter(pk=notice.pk).update(body="Something else")


@pytest.mark.django_db
def test_only_its_reader_marks_a_message_read(person):
    notice = queue(person())
    with pytest.raises(NotAllowed):
        operations.mark_read(notice=notice, by=person(), at=AT)
    operations.mark_read(notice=notice, by=notice.to, at=AT)
    assert operations.mark_read(notice=notice, by=notice.to, at=AT + MINUTE).read_at == AT


def test_smtp_errors_are_os_errors():
    # sending.py tells a lost line from a refusal by this.
    assert issubclass(smtplib.SMTPServerDisconnected, OSError)
