"""Uploads that are cut: through the served platform, by real sockets."""

import base64
import http.client
import io
import os
import socket
import time
from datetime import timedelta
from typing import Any
from urllib.parse import urlsplit

import pytest
from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.contrib.sessions.backends.db import SessionStore
from PIL import Image

from passerelle.accounts.models import Person
from passerelle.core import clock
from passerelle.core.verdicts import NotAllowed
from passerelle.documents import keepers, operations, queries
from passerelle.documents.limits import limits
from passerelle.documents.models import Document, Upload
from passerelle.documents.operations import uploading
from passerelle.documents.operations.opening import clear_pieces
from tests.documents.conftest import OWNER, make_person, picture

pytestmark = pytest.mark.django_db(transaction=True)
CSRF = "a" * 32


class Sender:
    """A browser of one signed-in person, as far as uploads are concerned."""

    def __init__(self, url: str, person: Person) -> None:
        self.host, self.person = urlsplit(url).netloc, person
        session = SessionStore()
        session[SESSION_KEY], session[BACKEND_SESSION_KEY] = str(person.pk), settings.AUTHENTICATION_BACKENDS[0]
        session[HASH_SESSION_KEY] = person.get_session_auth_hash()
        session.create()
        self.cookies = f"{settings.SESSION_COOKIE_NAME}={session.session_key}; {settings.CSRF_COOKIE_NAME}={CSRF}"

    def token(self, slot: str = "passport") -> str:
        return operations.allow_upload(owner=OWNER, slot=slot, by=self.person, at=clock.now())

    def headers(self, **more: str) -> dict[str, str]:
        own = {"Tus-Resumable": "1.0.0", "Cookie": self.cookies, "X-CSRFToken": CSRF}
        return {**own, **{name.replace("_", "-"): value for name, value in more.items()}}

    def call(self, method: str, path: str, body: bytes = b"", **more: str) -> http.client.HTTPResponse:
        line = http.client.HTTPConnection(self.host, timeout=60)
        line.request(method, path, body=body or None, headers=self.headers(**more))
        answer = line.getresponse()
        answer.text = answer.read().decode()  # type: ignore[attr-defined]
        line.close()
        return answer

    def announce(self, length: int, name: str = "scan.png", token: str | None = None) -> http.client.HTTPResponse:
        pairs = {"filename": name, "token": self.token() if token is None else token}
        told = ",".join(f"{key} {base64.b64encode(value.encode()).decode()}" for key, value in pairs.items())
        return self.call("POST", "/en/uploads/", Upload_Length=str(length), Upload_Metadata=told)

    def begin(self, length: int, **more: str) -> str:
        answer = self.announce(length, **more)
        assert answer.status == 201, answer.text  # type: ignore[attr-defined]
        return str(answer.headers["Location"])

    def part(self, path: str, offset: int, body: bytes) -> http.client.HTTPResponse:
        kind = "application/offset+octet-stream"
        return self.call("PATCH", path, body, Content_Type=kind, Upload_Offset=str(offset))

    def offset(self, path: str) -> int:
        return int(self.call("HEAD", path).headers["Upload-Offset"])

    def cut_off(self, path: str, offset: int, body: bytes, after: int) -> None:
        """Promise all of ``body`` and drop the line after some of it."""
        head = self.headers(Content_Type="application/offset+octet-stream", Upload_Offset=str(offset))
        host, _, port = self.host.partition(":")
        with socket.create_connection((host, int(port))) as line:
            lines = [f"PATCH {path} HTTP/1.1", f"Host: {self.host}", f"Content-Length: {len(body)}"]
            lines += [f"{name}: {value}" for name, value in head.items()]
            line.sendall("\r\n".join([*lines, "", ""]).encode())
            line.sendall(body[:after])
            time.sleep(0.3)


@pytest.fixture
def sender(live: str) -> Sender:
    return Sender(live, make_person())


def large_picture() -> bytes:
    """A picture of about 20 MB."""
    noise = Image.frombytes("RGB", (2640, 2640), os.urandom(2640 * 2640 * 3))
    out = io.BytesIO()
    noise.save(out, "PNG", compress_level=0)
    return out.getvalue()


def test_a_20_mb_file_survives_cut_connections(sender: Sender):
    content = large_picture()
    assert 20_000_000 < len(content) < limits().bytes
    path = sender.begin(len(content), name="Diplôme – Náʔël.png")

    sender.cut_off(path, 0, content, after=7_000_000)
    first = _settled(sender, path)
    assert 0 < first <= 7_000_000
    sender.cut_off(path, first, content[first:], after=5_000_000)
    second = _settled(sender, path)
    assert first < second <= first + 5_000_000

    answer = sender.part(path, second, content[second:])

    assert answer.status == 204
    document = Document.objects.get()
    assert (document.original_name, document.uploaded_by) == ("Diplôme – Náʔël.png", sender.person)
    assert list(queries.files(OWNER, "passport")) == [document]
    assert sum(map(len, clear_pieces(document))) == document.bytes
    assert not uploading.part(Upload.objects.get()).exists()


def _settled(sender: Sender, path: str) -> int:
    """What the server has once it noticed the cut."""
    for _ in range(100):
        answer = sender.call("HEAD", path)
        before = int(answer.headers["Upload-Offset"])
        time.sleep(0.2)
        if before and before == sender.offset(path):
            return before
    raise AssertionError("the server kept nothing")


def test_what_was_sent_outlives_the_process_that_took_it(sender: Sender):
    content = picture("PNG", (400, 300))
    path = sender.begin(len(content))
    sender.part(path, 0, content[:100])

    # A new process knows the row and the part file, nothing else.
    upload = Upload.objects.get()
    assert uploading.received(upload) == 100
    with uploading.part(upload).open("ab") as file:
        file.write(content[100:])

    # The last answer was lost: asking how far it got stores the file.
    assert sender.offset(path) == len(content)
    assert Document.objects.count() == 1
    assert sender.offset(path) == len(content)
    assert Document.objects.count() == 1


def test_a_part_that_does_not_fit_is_not_taken(sender: Sender):
    content = picture("PNG")
    path = sender.begin(len(content))
    sender.part(path, 0, content[:50])

    answer = sender.part(path, 10, content[10:])

    assert (answer.status, answer.headers["Upload-Offset"]) == (409, "50")
    assert sender.part(path, 50, content[50:] + b"more").status == 413


def test_a_refused_file_says_why_in_the_readers_language(sender: Sender):
    path = sender.begin(9).replace("/en/", "/fr/")

    answer: Any = sender.part(path, 0, b"not a pdf")

    assert answer.status == 422
    assert answer.text.startswith("Ce type de fichier ne peut pas être ouvert ici. Envoyez un PDF")
    assert sender.call("HEAD", path).status == 422
    assert Document.objects.count() == 0


@pytest.mark.parametrize(("length", "status"), [(0, 422), (limits().bytes + 1, 413), (-5, 422)])
def test_a_size_that_cannot_be_taken_is_refused_before_a_byte_is_sent(sender: Sender, length, status):
    assert sender.announce(length).status == status


def test_a_token_is_for_one_person_and_one_day(sender: Sender, live: str):
    other = Sender(live, make_person())
    assert other.announce(10, token=sender.token()).status == 403
    assert sender.announce(10, token="nonsense").status == 403
    old = operations.allow_upload(owner=OWNER, slot="x", by=sender.person, at=clock.now() - timedelta(hours=25))
    assert sender.announce(10, token=old).status == 403

    path = sender.begin(10)
    assert [other.call(method, path).status for method in ("HEAD", "PATCH", "DELETE")] == [404, 404, 404]


def test_a_stranger_and_a_forged_request_get_nowhere(sender: Sender):
    path = sender.begin(10)
    signed_in, sender.cookies = sender.cookies, f"{settings.CSRF_COOKIE_NAME}={CSRF}"
    assert sender.announce(10).status == 401
    assert sender.call("HEAD", path).status == 401
    sender.cookies = signed_in.partition(";")[0]
    assert sender.announce(10).status == 403


def test_an_upload_can_be_given_up(sender: Sender):
    path = sender.begin(10)
    part = uploading.part(Upload.objects.get())

    assert sender.call("DELETE", path).status == 204
    assert (part.exists(), sender.call("HEAD", path).status) == (False, 404)


def test_uploads_nobody_came_back_to_are_forgotten_after_two_days(sender: Sender):
    sender.begin(10)
    part = uploading.part(Upload.objects.get())

    assert operations.tidy_uploads(at=clock.now() + timedelta(hours=47)) == 0
    assert operations.tidy_uploads(at=clock.now() + timedelta(hours=49)) == 1
    assert not part.exists()


def test_the_endpoint_tells_what_it_speaks(sender: Sender):
    answer = sender.call("OPTIONS", "/en/uploads/")
    assert answer.headers["Tus-Version"] == "1.0.0"
    assert answer.headers["Tus-Extension"] == "creation,termination"
    assert int(answer.headers["Tus-Max-Size"]) == limits().bytes


def test_a_place_that_closed_meanwhile_takes_no_file(sender: Sender, monkeypatch: pytest.MonkeyPatch):
    def closed(**_: Any) -> None:
        raise NotAllowed("The form is already submitted.")

    monkeypatch.setattr(keepers, "_KEEPERS", [closed])
    content = picture("PNG")
    path = sender.begin(len(content))

    answer: Any = sender.part(path, 0, content)

    assert (answer.status, answer.text) == (403, "The form is already submitted.")
    assert Document.objects.count() == 0
