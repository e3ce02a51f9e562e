"""A mailbox that receives by real SMTP, for tests that read the mail the platform sends."""

import email
import email.policy
import re
import threading
import time
from email.message import EmailMessage
from typing import Any

from aiosmtpd.controller import Controller

PATIENCE = 60.0  # seconds, on a machine that is doing other things


class _OnAFreePort(Controller):
    """Learns the port that the system gave before it knocks there to see whether the server answers."""

    def _trigger_server(self) -> None:
        assert self.server
        self.port = self.server.sockets[0].getsockname()[1]
        super()._trigger_server()


class Mailbox:
    """What has arrived so far, oldest first; ``refuse`` lists addresses answered with 550."""

    def __init__(self) -> None:
        self.messages: list[EmailMessage] = []
        self.refuse: set[str] = set()
        self._arrived = threading.Condition()
        self._controller: Controller | None = None

    def __enter__(self) -> "Mailbox":
        self._controller = _OnAFreePort(self, hostname="127.0.0.1", port=0, ready_timeout=PATIENCE)
        self._controller.start()
        return self

    def __exit__(self, *_: object) -> None:
        assert self._controller
        self._controller.stop()

    @property
    def port(self) -> int:
        assert self._controller
        assert self._controller.server
        return int(self._controller.server.sockets[0].getsockname()[1])

    async def handle_RCPT(self, server: Any, session: Any, envelope: Any, address: str, options: Any) -> str:
        if address in self.refuse:
            return "550 5.1.1 No such mailbox"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:
        message = email.message_from_bytes(envelope.content, policy=email.policy.default)
        assert isinstance(message, EmailMessage)
        message["X-Envelope-To"] = ", ".join(envelope.rcpt_tos)
        with self._arrived:
            self.messages.append(message)
            self._arrived.notify_all()
        return "250 OK"

    def to(self, address: str) -> list[EmailMessage]:
        """The messages delivered to one address, oldest first."""
        return [message for message in self.messages if address in message["X-Envelope-To"].split(", ")]

    def wait_for(self, address: str, *, subject: str = "", count: int = 1, timeout: float = PATIENCE) -> EmailMessage:
        """The newest message to ``address`` whose subject holds ``subject``, once ``count`` of them have arrived."""
        end = time.monotonic() + timeout
        with self._arrived:
            while len(found := [m for m in self.to(address) if subject.lower() in m["Subject"].lower()]) < count:
                if not self._arrived.wait(max(0, end - time.monotonic())) and time.monotonic() >= end:
                    seen = [(m["X-Envelope-To"], m["Subject"]) for m in self.messages]
                    raise AssertionError(f"No mail to {address} with {subject!r} in {timeout} s; arrived: {seen}")
        return found[-1]


def text_of(message: EmailMessage) -> str:
    """The plain text of a message."""
    part = message.get_body(("plain",))
    return part.get_content() if part else ""


def links_of(message: EmailMessage) -> list[str]:
    """Every web address in the plain text of a message."""
    return [link.rstrip(".,;)>»") for link in re.findall(r"https?://\S+", text_of(message))]
