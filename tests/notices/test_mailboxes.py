"""The mailbox of reports may stand elsewhere: what IMAP and POP servers are asked, over real sockets."""

import re
import socketserver
import threading
from collections.abc import Iterator
from typing import ClassVar

import pytest

from passerelle.notices.mailboxes import new_messages

MESSAGES = {1: b"Subject: one\r\n\r\nFirst.\r\n", 2: b"Subject: two\r\n\r\nSecond.\r\n"}


class _Server(socketserver.StreamRequestHandler):
    """A server of one mailbox; what was asked is kept in ``asked``."""

    asked: ClassVar[list[str]] = []
    gone: ClassVar[set[int]] = set()

    def say(self, text: str | bytes) -> None:
        self.wfile.write((text.encode() if isinstance(text, str) else text) + b"\r\n")


class Pop(_Server):
    def handle(self) -> None:
        self.say("+OK ready")
        while line := self.rfile.readline().decode().strip():
            self.asked.append(line)
            word, _, rest = line.partition(" ")
            if word == "LIST":
                self.say(
                    "+OK\r\n" + "\r\n".join(f"{number} {len(text)}" for number, text in MESSAGES.items()) + "\r\n."
                )
            elif word == "RETR":
                self.say(b"+OK\r\n" + MESSAGES[int(rest)] + b".")
            else:
                self.say("+OK")
            if word == "QUIT":
                return


class Imap(_Server):
    def handle(self) -> None:
        self.say("* OK ready")
        while line := self.rfile.readline().decode().strip():
            tag, _, asked = line.partition(" ")
            self.asked.append(asked)
            if asked.startswith("CAPABILITY"):
                self.say("* CAPABILITY IMAP4rev1")
            elif asked.startswith("SELECT"):
                self.say("* 2 EXISTS")
            elif asked.startswith("SEARCH"):
                self.say("* SEARCH " + " ".join(str(number) for number in MESSAGES if number not in self.gone))
            elif found := re.match(r"FETCH (\d+)", asked):
                text = MESSAGES[int(found[1])]
                self.say(f"* {found[1]} FETCH (BODY[] {{{len(text)}}}".encode() + b"\r\n" + text + b")")
            elif found := re.match(r"STORE (\d+) \+FLAGS \(\\Seen\)", asked):
                self.gone.add(int(found[1]))
            self.say(f"{tag} OK done")
            if asked == "LOGOUT":
                return


@pytest.fixture
def port(request: pytest.FixtureRequest) -> Iterator[int]:
    _Server.asked.clear()
    _Server.gone.clear()
    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), request.param) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield server.server_address[1]
        server.shutdown()


@pytest.mark.parametrize("port", [Pop], indirect=True)
def test_pop_reads_each_message_and_deletes_it(port: int):
    read = list(new_messages(f"pop3://user:s%40cret@127.0.0.1:{port}"))

    assert read == [b"Subject: one\r\n\r\nFirst.", b"Subject: two\r\n\r\nSecond."]
    assert _Server.asked[:2] == ["USER user", "PASS s@cret"]
    assert [line for line in _Server.asked if line[:4] in {"DELE", "QUIT"}] == ["DELE 1", "DELE 2", "QUIT"]


@pytest.mark.parametrize("port", [Imap], indirect=True)
def test_imap_reads_what_is_unseen_and_marks_it_seen(port: int):
    url = f"imap://user:s%40cret@127.0.0.1:{port}/Returned"

    assert list(new_messages(url)) == list(MESSAGES.values())
    assert list(new_messages(url)) == []
    assert 'LOGIN user "s@cret"' in _Server.asked
    assert "SELECT Returned" in _Server.asked


@pytest.mark.parametrize("port", [Imap], indirect=True)
def test_a_message_that_was_not_dealt_with_is_read_again(port: int):
    url = f"imap://user:secret@127.0.0.1:{port}"
    messages = new_messages(url)
    assert next(messages) == MESSAGES[1]
    messages.close()  # the reader failed

    assert list(new_messages(url)) == list(MESSAGES.values())
