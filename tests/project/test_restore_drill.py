"""The drill: back up a working installation by command, restore it on a clean place, send nothing twice."""

import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client

from passerelle.documents import operations as documents
from passerelle.notices.models import Notice
from passerelle.notices.states import NoticeState
from tests.factories import NOON, an_eoi
from tests.support import database
from tests.support.mailbox import Mailbox


def passerelle(*arguments: str, **environment: str) -> "subprocess.CompletedProcess[str]":
    """Run the command line as an operator does, in a process of its own."""
    command = [sys.executable, "-m", "passerelle.project.cli", *arguments]
    ours = {"COLUMNS": "160", "DJANGO_SETTINGS_MODULE": "passerelle.project.settings"}
    given = {**os.environ, **ours, **environment}
    return subprocess.run(command, capture_output=True, text=True, env=given, timeout=180, check=False)


@pytest.fixture
def clean_place(tmp_path: Path) -> Iterator[dict[str, str]]:
    """The environment of an installation with nothing in it."""
    name = f"t_{os.getpid()}_drill"
    database.drop(name)
    database.SERVER.create_database(name)
    var = tmp_path / "new"
    yield {
        "DATABASE_URL": database.SERVER.url(name), "PASSERELLE_VAR": str(var), "PASSERELLE_FILES": str(var / "files"),
        "PASSERELLE_KEYS": str(var / "keys" / "ring.json"),
    }  # fmt: skip
    database.drop(name)


@pytest.fixture
def here() -> dict[str, str]:
    """The environment of this test's own installation."""
    return {
        "DATABASE_URL": database.SERVER.url(str(connection.settings_dict["NAME"])),
        "PASSERELLE_VAR": str(settings.VAR), "PASSERELLE_FILES": str(settings.PASSERELLE_FILES),
        "PASSERELLE_KEYS": str(settings.PASSERELLE_KEYS),
    }  # fmt: skip


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("files", [1, pytest.param(60, marks=pytest.mark.proof)])
def test_a_restored_installation_is_whole_and_sends_no_old_message(
    here: dict[str, str], clean_place: dict[str, str], tmp_path: Path, mailbox: Mailbox, client: Client, files: int,
    record_property: Any,
):  # fmt: skip
    eoi = [an_eoi("submitted") for _ in range(files)][-1]
    upload = SimpleUploadedFile("passport.png", png(), "image/png")
    document = documents.store(owner=eoi.reference, slot="passport", upload=upload, by=eoi.candidate, at=NOON)
    assert eoi.candidate
    client.force_login(eoi.candidate)
    waiting = Notice.objects.filter(state=NoticeState.QUEUED).count()
    assert waiting > 0
    mail = {"EMAIL_URL": f"smtp://127.0.0.1:{mailbox.port}"}
    archive = str(tmp_path / "backup.tar.gz")

    made = passerelle("backup", archive, **here)
    restored = passerelle("restore", archive, **clean_place)
    sent = passerelle("send-mail", **clean_place, **mail)

    assert made.returncode == 0, made.stdout + made.stderr
    assert restored.returncode == 0, restored.stdout + restored.stderr
    assert f"{waiting} waiting messages are held back" in restored.stdout
    assert re.search(r"invariants hold", restored.stdout)
    for name, pattern in (("RTO", r"RTO.*?(\d+\.\d s)"), ("RPO", r"RPO.*?(\d+ s)")):
        told = re.search(pattern, restored.stdout)
        assert told, restored.stdout
        record_property(name, told[1])
    record_property("old messages sent", len(mailbox.messages))
    assert "0 messages sent" in sent.stdout, sent.stderr
    assert mailbox.messages == []
    assert what_stands(clean_place, eoi.reference) == [eoi.points, 0, waiting]
    stored = Path(clean_place["PASSERELLE_FILES"]) / document.storage_name
    assert stored.read_bytes() == (Path(here["PASSERELLE_FILES"]) / document.storage_name).read_bytes()


@pytest.mark.django_db(transaction=True)
def test_what_the_original_still_has_to_send_is_sent_by_the_original(here: dict[str, str], mailbox: Mailbox):
    """The control arm: without the fence the same messages do go out."""
    an_eoi("submitted")
    waiting = Notice.objects.filter(state=NoticeState.QUEUED).count()

    sent = passerelle("send-mail", **here, EMAIL_URL=f"smtp://127.0.0.1:{mailbox.port}")

    assert f"{waiting} messages sent" in sent.stdout, sent.stderr
    assert len(mailbox.messages) == waiting


def what_stands(place: dict[str, str], reference: str) -> list[Any]:
    """Points of one file, open sessions, fenced messages: as the restored database has them."""
    import psycopg

    query = """
        SELECT (SELECT points FROM eoi_expressionofinterest WHERE reference = %s),
            (SELECT count(*) FROM django_session), (SELECT count(*) FROM notices_notice WHERE state = 'fenced')
    """
    with psycopg.connect(place["DATABASE_URL"]) as restored:
        return list(restored.execute(query, [reference]).fetchone() or ())


def png() -> bytes:
    import io

    from PIL import Image

    out = io.BytesIO()
    Image.new("RGB", (60, 40), "teal").save(out, "PNG")
    return out.getvalue()
