"""The virus scanner: it stands outside the machine's trust, so these tests answer in its place, over its own socket."""

import socket
import struct
import threading
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import BinaryIO

import pytest
from django.core.files.storage import default_storage

from passerelle.core import audit
from passerelle.core.verdicts import NotAllowed
from passerelle.documents import operations, queries
from passerelle.documents.models import Document
from passerelle.documents.operations.opening import clear_pieces
from passerelle.documents.reasons import Unacceptable
from tests.documents.conftest import AT, OWNER, make_person, pdf, picture
from tests.documents.corpus import EICAR

pytestmark = pytest.mark.django_db


class Clamd:
    """Speaks INSTREAM and PING as clamd does; finds the bytes it is told to look for, in files up to ``most`` bytes."""

    def __init__(self, path: Path, looks_for: bytes = EICAR, most: int = 100_000_000) -> None:
        self.path, self.looks_for, self.most, self.seen = path, looks_for, most, 0
        self._door = socket.socket(socket.AF_UNIX)
        self._door.bind(str(path))
        self._door.listen()
        threading.Thread(target=self._serve, daemon=True).start()

    def close(self) -> None:
        self._door.close()
        self.path.unlink()

    def _serve(self) -> None:
        while True:
            try:
                line, _ = self._door.accept()
            except OSError:
                return
            with line, line.makefile("rb") as told:
                line.sendall(self._answer(told))

    def _answer(self, told: BinaryIO) -> bytes:
        if (command := told.read(6)) == b"zPING\0":
            return b"PONG\0"
        assert command + told.read(4) == b"zINSTREAM\0"
        content = b""
        while size := struct.unpack(">I", told.read(4))[0]:
            content += told.read(size)
        if len(content) > self.most:
            return b"INSTREAM size limit exceeded. ERROR\0"
        self.seen += 1
        return b"stream: Eicar-Test FOUND\0" if self.looks_for in content else b"stream: OK\0"


@pytest.fixture
def clamd(settings, tmp_path: Path) -> Iterator[Clamd]:
    made = Clamd(tmp_path / "clamd")
    settings.CLAMD_SOCKET = str(made.path)
    yield made
    if made.path.exists():
        made.close()


def test_a_file_is_scanned_as_it_came(clamd, hand_in):
    document = hand_in(pdf(), "a.pdf")
    assert (document.state, document.scanned_at, clamd.seen) == ("clean", AT, 1)


def test_an_infected_file_is_not_kept(clamd, hand_in):
    with pytest.raises(Unacceptable) as refusal:
        hand_in(picture("JPEG") + EICAR, "a.jpg")
    assert refusal.value.code == "infected"
    assert list(queries.files(OWNER)) == []


def test_a_scanner_that_is_away_costs_nobody_a_deadline(clamd, hand_in, person):
    clamd.close()
    document = hand_in(pdf(), "a.pdf")
    assert (document.state, document.uploaded_at, document.scanned_at) == ("received", AT, None)

    with pytest.raises(NotAllowed, match="still being checked"):
        operations.open_file(document=document, by=make_person(), at=AT, purpose="review")
    assert operations.open_file(document=document, by=person, at=AT, purpose="my own").status_code == 200
    assert operations.scan_waiting(at=AT) == 0

    again = Clamd(clamd.path)
    assert operations.scan_waiting(at=AT + timedelta(minutes=2)) == 1
    document.refresh_from_db()
    assert (document.state, again.seen) == ("clean", 1)


def test_a_file_that_the_scanner_does_not_take_holds_up_no_other(clamd, hand_in):
    clamd.close()
    large, small = hand_in(pdf(pages=20), "large.pdf"), hand_in(pdf(), "small.pdf")
    assert large.bytes > small.bytes
    Document.objects.filter(pk=large.pk).update(uploaded_at=AT - timedelta(minutes=1))  # it is asked about first
    again = Clamd(clamd.path, most=small.bytes)

    assert operations.scan_waiting(at=AT) == 1
    again.close()

    large.refresh_from_db()
    small.refresh_from_db()
    assert (large.state, small.state) == ("received", "clean")


def test_a_file_found_bad_later_is_destroyed_and_says_why(clamd, hand_in, django_capture_on_commit_callbacks):
    clamd.close()
    document = hand_in(pdf(), "a.pdf")
    again = Clamd(clamd.path, looks_for=b"%PDF")

    with django_capture_on_commit_callbacks(execute=True):
        operations.scan_waiting(at=AT)
    again.close()

    document.refresh_from_db()
    assert (document.state, document.sealed_key) == ("rejected", "")
    assert document.reason.startswith("The virus scanner found something harmful")
    assert not default_storage.exists(document.storage_name)
    assert [event.event for event in audit.trail(OWNER)] == ["document.stored", "document.rejected"]
    with pytest.raises(NotAllowed):
        operations.open_file(document=document, by=document.uploaded_by, at=AT, purpose="look")


def test_without_a_scanner_a_parsed_and_stripped_file_is_as_clean_as_it_gets(hand_in):
    document = hand_in(pdf(), "a.pdf")
    assert (document.state, document.scanned_at) == ("clean", None)
    assert b"".join(clear_pieces(document)).startswith(b"%PDF")
