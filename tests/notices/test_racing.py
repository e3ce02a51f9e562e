"""Eight workers at one outbox: each message once, whoever comes first."""

import os
import subprocess
import sys
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.db import connection

from passerelle.notices import operations
from passerelle.notices.mail import new_message_id
from passerelle.notices.models import Notice
from tests.notices.conftest import AT, make_person

WORKERS = 8
ROOT = Path(__file__).resolve().parents[2]
# A process of its own, with a connection of its own, that sends until nothing is due.
WORKER = """
import sys
from datetime import datetime
import django
django.setup()
from django.conf import settings
settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", int(sys.argv[1])
from passerelle.notices import operations
at, total = datetime.fromisoformat(sys.argv[2]), 0
while sent := operations.send_due(at=at, limit=200):
    total += sent
print(total)
"""


def fill(rows: int) -> None:
    reader = make_person(email="reader@mail.example")
    Notice.objects.bulk_create(
        Notice(
            program="ca-nt", kind="race", to=reader, address=reader.email, language="en", subject=f"Number {number}",
            body="Text", queued_at=AT, due_at=AT, message_id=new_message_id(),
        )
        for number in range(rows)
    )  # fmt: skip


def start(port: int) -> "subprocess.Popen[str]":
    environment = {
        **os.environ,
        "DJANGO_SETTINGS_MODULE": "tests.settings",
        "TEST_DATABASE": os.environ["DATABASE_URL"],
    }
    code = WORKER.replace("django.setup()", _ON_THIS_DATABASE)
    return subprocess.Popen(
        [sys.executable, "-c", code, str(port), (AT + timedelta(minutes=1)).isoformat()],
        cwd=ROOT, env=environment, stdout=subprocess.PIPE, text=True,
    )  # fmt: skip


# tests.settings names no database of its own: this run's is handed over by name.
_ON_THIS_DATABASE = """
import os
from psycopg.conninfo import conninfo_to_dict
from django.conf import settings
parts = conninfo_to_dict(os.environ["TEST_DATABASE"])
settings.DATABASES["default"].update(NAME=parts["dbname"], USER=parts["user"], HOST=parts["host"])
django.setup()
"""


def send_all() -> int:
    """One worker in a thread, with a database connection of its own."""
    try:
        total = 0
        while sent := operations.send_due(at=AT + timedelta(minutes=1), limit=20):
            total += sent
        return total
    finally:
        connection.close()


def assert_each_once(mailbox: Any, sent: list[int], rows: int) -> None:
    assert sum(sent) == rows
    assert Counter(message["Message-ID"] for message in mailbox.messages) == Counter(
        Notice.objects.values_list("message_id", flat=True)
    )
    assert set(Notice.objects.values_list("state", "attempts")) == {("sent", 1)}


@pytest.mark.django_db(transaction=True)
def test_eight_workers_send_each_message_once(mailbox):
    fill(400)
    with ThreadPoolExecutor(WORKERS) as pool:
        sent = [job.result() for job in [pool.submit(send_all) for _ in range(WORKERS)]]

    assert_each_once(mailbox, sent, rows=400)


@pytest.mark.proof
@pytest.mark.django_db(transaction=True)
def test_eight_workers_send_ten_thousand_messages_once_each(mailbox):
    """The full count, with workers that are processes."""
    fill(10_000)
    connection.close()
    workers = [start(mailbox.port) for _ in range(WORKERS)]
    sent = [int(worker.communicate(timeout=1200)[0]) for worker in workers]

    assert_each_once(mailbox, sent, rows=10_000)


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("_kill", [0, *(pytest.param(number, marks=pytest.mark.proof) for number in range(1, 6))])
def test_a_worker_killed_in_the_middle_loses_nothing(mailbox, _kill: int):
    """``kill -9`` between the mail server's yes and our mark: at most that one message goes out twice."""
    fill(120)
    connection.close()
    victim = start(mailbox.port)
    while len(mailbox.messages) < 20 and victim.poll() is None:
        pass
    victim.kill()
    victim.communicate()

    for minutes in (1, 7):
        while operations.send_due(at=AT + timedelta(minutes=minutes)):
            pass

    assert set(Notice.objects.values_list("state", flat=True)) == {"sent"}
    counted = Counter(message["Message-ID"] for message in mailbox.messages)
    assert set(counted) == set(Notice.objects.values_list("message_id", flat=True))
    assert sum(counted.values()) <= 121
