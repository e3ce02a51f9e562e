"""The mailbox that reports come back to: a Maildir on this machine, or a mailbox elsewhere by IMAP or POP.

``maildir:/var/mail/passerelle`` · ``imaps://user:secret@mail.example.org/INBOX`` · ``pop3s://user:secret@mail.example.org``
"""

import imaplib
import mailbox
import poplib
from collections.abc import Generator, Iterator
from contextlib import closing
from urllib.parse import SplitResult, unquote, urlsplit

TIMEOUT_S = 30


class UnknownMailbox(ValueError):
    """``BOUNCE_MAILBOX`` is not an address this module can read."""


def new_messages(url: str) -> Generator[bytes, None, None]:
    """Yield each message not read before, and mark it read once the caller comes back for the next.

    A crash in between leaves the message to be read again: what is done with it must bear repeating.
    """
    place = urlsplit(url)
    readers = {"maildir": _maildir, "imap": _imap, "imaps": _imap, "pop3": _pop, "pop3s": _pop}
    if place.scheme not in readers:
        raise UnknownMailbox(f"BOUNCE_MAILBOX starts with {place.scheme!r}; use maildir:, imap(s):// or pop3(s)://")
    yield from readers[place.scheme](place)


def _maildir(place: SplitResult) -> Iterator[bytes]:
    with closing(mailbox.Maildir(place.path, create=True)) as box:
        for key in sorted(box.keys()):
            message = box.get_message(key)
            if "S" in message.get_flags():
                continue
            yield box.get_bytes(key)
            message.set_subdir("cur")
            message.add_flag("S")
            box[key] = message


def _imap(place: SplitResult) -> Iterator[bytes]:
    kind = imaplib.IMAP4_SSL if place.scheme == "imaps" else imaplib.IMAP4
    with kind(place.hostname or "", place.port or (993 if place.scheme == "imaps" else 143), timeout=TIMEOUT_S) as box:
        box.login(unquote(place.username or ""), unquote(place.password or ""))
        box.select(unquote(place.path.strip("/")) or "INBOX")
        for number in box.search(None, "UNSEEN")[1][0].split():
            for part in box.fetch(number, "(BODY.PEEK[])")[1]:
                if isinstance(part, tuple):
                    yield part[1]
            box.store(number, "+FLAGS", r"(\Seen)")


def _pop(place: SplitResult) -> Iterator[bytes]:
    kind = poplib.POP3_SSL if place.scheme == "pop3s" else poplib.POP3
    box = kind(place.hostname or "", place.port or (995 if place.scheme == "pop3s" else 110), timeout=TIMEOUT_S)
    try:
        box.user(unquote(place.username or ""))
        box.pass_(unquote(place.password or ""))
        for number in range(1, len(box.list()[1]) + 1):
            yield b"\r\n".join(box.retr(number)[1])
            box.dele(number)
    finally:
        box.quit()  # what was deleted is gone only now
