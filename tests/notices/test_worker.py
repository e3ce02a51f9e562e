"""What the worker does by itself: a real one, on real rows."""

from datetime import timedelta

import pytest
from django.db import connection, transaction
from procrastinate.contrib.django import app

from passerelle.core import clock
from passerelle.notices import operations
from passerelle.notices.models import LetterPdf, Notice
from tests.notices.conftest import make_person

pytestmark = pytest.mark.django_db(transaction=True)


def work() -> None:
    """Run a worker until nothing is left to do."""
    with app.replace_connector(app.connector.get_worker_connector()) as own:  # type: ignore[attr-defined]
        own.run_worker(wait=False, listen_notify=False, install_signal_handlers=False, queues=None)


def jobs(**facts: str) -> list[tuple[str, str]]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT task_name, status::text FROM procrastinate_jobs ORDER BY id")
        return [row for row in cursor.fetchall() if not row[0].startswith("builtin")]


def test_a_committed_act_sends_its_message_and_prints_its_letter(mailbox):
    reader = make_person(email="reader@mail.example")
    with transaction.atomic():
        operations.queue("x", program="ca-nt", to=reader, subject="S", body="B", about="A", at=clock.now())
        operations.issue_letter(
            "receipt", program="ca-nt", about="A", to=reader, language="en", title="Receipt",
            blocks=[{"type": "paragraph", "text": "Received."}], at=clock.now(),
        )  # fmt: skip
    assert mailbox.messages == []

    work()

    assert len(mailbox.to("reader@mail.example")) == 1
    assert Notice.objects.get().state == "sent"
    assert LetterPdf.objects.get().content.startswith(b"%PDF")
    assert {("notices.send_due", "succeeded"), ("notices.make_pdf", "succeeded")} <= set(jobs())


def test_a_rolled_back_act_leaves_no_job(mailbox):
    with transaction.atomic():
        operations.queue("x", program="ca-nt", to=make_person(), subject="S", body="B", about="", at=clock.now())
        transaction.set_rollback(True)
    assert [job for job in jobs() if job[0] == "notices.send_due"] == []


def test_a_job_whose_worker_died_is_done_by_another(mailbox):
    reader = make_person(email="reader@mail.example")
    letter = operations.issue_letter(
        "receipt", program="ca-nt", about="A", to=reader, language="en", title="Receipt",
        blocks=[{"type": "paragraph", "text": "Received."}], at=clock.now(),
    )  # fmt: skip
    with connection.cursor() as cursor:
        cursor.execute("INSERT INTO procrastinate_workers (last_heartbeat) VALUES (%s) RETURNING id", [_long_ago()])
        (worker,) = cursor.fetchone()
        cursor.execute(
            "UPDATE procrastinate_jobs SET status = 'doing', worker_id = %s WHERE task_name = 'notices.make_pdf'",
            [worker],
        )
    assert not LetterPdf.objects.filter(letter=letter).exists()

    app.configure_task("notices.rescue_stalled").defer(timestamp=0)
    work()
    work()

    assert LetterPdf.objects.filter(letter=letter).exists()


def _long_ago() -> object:
    return clock.now() - timedelta(minutes=10)
