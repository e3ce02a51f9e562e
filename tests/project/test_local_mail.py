"""The mailbox of ``make run``: real SMTP in, a page out, delivery reports for addresses that bounce."""

import mailbox
import os
import smtplib
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from email.message import EmailMessage
from pathlib import Path

import pytest

from passerelle.project.runtime import ports
from tests.support.ports import own

pytestmark = pytest.mark.usefixtures("running")


@pytest.fixture
def numbers() -> tuple[int, int]:
    smtp, web = own(2)
    return smtp, web


@pytest.fixture
def running(tmp_path: Path, numbers: tuple[int, int]) -> Iterator[None]:
    command = [sys.executable, "-m", "passerelle.project.cli", "mailbox"]
    given = {**os.environ, "PASSERELLE_VAR": str(tmp_path)}
    process = subprocess.Popen([*command, f"--smtp-port={numbers[0]}", f"--web-port={numbers[1]}"], env=given)
    end = time.monotonic() + 120
    while ports.is_free(numbers[0]) or ports.is_free(numbers[1]):
        assert process.poll() is None
        assert time.monotonic() < end
        time.sleep(0.05)
    yield
    process.terminate()
    process.wait(60)


def send(port: int, to: str, subject: str, text: str) -> None:
    message = EmailMessage()
    message["From"], message["To"], message["Subject"] = "no-reply@passerelle.example", to, subject
    message["Message-ID"] = "<number-1@passerelle.example>"
    message.set_content(text)
    with smtplib.SMTP("127.0.0.1", port, timeout=60) as server:
        server.send_message(message)


def read(port: int, path: str = "/") -> str:
    with urllib.request.urlopen(f"http://127.0.0.1:{port}{path}", timeout=60) as answer:
        return str(answer.read().decode())


def test_a_message_is_kept_and_shown_with_links_to_follow(numbers: tuple[int, int]):
    smtp, web = numbers
    send(smtp, "marie@example.ca", "Votre déclaration d'intérêt", "Suivez <https://portal.example/fr/x?a=1&b=2>.")

    index = read(web)
    link = index.split('href="')[1].split('"')[0]

    assert "Votre déclaration d&#x27;intérêt" in index
    assert 'href="https://portal.example/fr/x?a=1&amp;b=2"' in read(web, link)


def test_what_is_not_a_message_is_not_found(numbers: tuple[int, int]):
    with pytest.raises(urllib.error.HTTPError, match="404"):
        read(numbers[1], "/../../keys/ring.json")


def test_an_address_that_bounces_brings_a_report_later(numbers: tuple[int, int], tmp_path: Path):
    send(numbers[0], "gone@bounce.example", "Hello", "Nobody reads this.")

    (report,) = mailbox.Maildir(tmp_path / "bounces")

    assert report.get_content_type() == "multipart/report"
    assert "Final-Recipient: rfc822; gone@bounce.example" in str(report)
    assert "<number-1@passerelle.example>" in str(report)
