"""Ports that are free, and catalogues compiled without gettext."""

import gettext
import os
import socket
from pathlib import Path

import pytest

from passerelle.project.runtime import ports
from passerelle.project.runtime.messages import compile_messages
from tests.support.ports import own

CATALOGUE = """
msgid ""
msgstr "Content-Type: text/plain; charset=UTF-8\\nPlural-Forms: nplurals=2; plural=n > 1;\\n"

msgctxt "selection"
msgid "Draw"
msgstr "Tirage"

msgid "%(n)s day"
msgid_plural "%(n)s days"
msgstr[0] "%(n)s jour"
msgstr[1] "%(n)s jours"
"""


def test_a_taken_port_is_replaced_and_said_so(monkeypatch: pytest.MonkeyPatch):
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        taken = other.getsockname()[1]
        monkeypatch.setenv("WEB_PORT", str(taken))

        port = ports.choose("WEB_PORT", 8000)

    assert port.number != taken
    assert port.note == f"port {taken} is taken by another program"


def test_a_free_port_is_taken_as_asked(monkeypatch: pytest.MonkeyPatch):
    [free] = own(1)
    monkeypatch.setenv("WEB_PORT", str(free))

    port = ports.choose("WEB_PORT", 8000)

    assert port == ports.Port(free, free)
    assert port.note == ""


def test_a_catalogue_is_compiled_when_it_is_newer(tmp_path: Path):
    folder = tmp_path / "room" / "locale" / "fr" / "LC_MESSAGES"
    folder.mkdir(parents=True)
    written = folder / "django.po"
    written.write_text(CATALOGUE, encoding="utf-8")

    assert compile_messages(tmp_path) == [folder / "django.mo"]
    assert compile_messages(tmp_path) == []
    os.utime(written, ns=(2**62, 2**62))
    assert compile_messages(tmp_path) == [folder / "django.mo"]

    french = gettext.translation("django", tmp_path / "room" / "locale", ["fr"])
    assert french.pgettext("selection", "Draw") == "Tirage"
    assert french.ngettext("%(n)s day", "%(n)s days", 2) == "%(n)s jours"


def test_commands_know_where_the_platform_last_listened(tmp_path: Path):
    assert ports.last_address(tmp_path) == ""
    (tmp_path / ports.ADDRESS_FILE).write_text("http://127.0.0.1:8150")
    assert ports.last_address(tmp_path) == "http://127.0.0.1:8150"
