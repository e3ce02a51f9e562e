"""The mailbox of ``make run``: receives by real SMTP, keeps each message as a file, shows them on a small web page.

Nothing leaves the machine. An address under ``bounce.example`` is answered as the real world does: the message is
taken and a report that it could not be delivered arrives later in the bounce mailbox.
"""

import email
import email.policy
import html
import mailbox
import re
import secrets
import threading
from email.message import EmailMessage
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

from aiosmtpd.controller import Controller

BOUNCING = "@bounce.example"
SHOWN = 300
STYLE = """
body { font: 16px/1.5 system-ui, sans-serif; max-width: 60rem; margin: 0 auto; padding: 1rem; color: #1d2b2a }
table { border-collapse: collapse; width: 100% }
td, th { text-align: left; padding: .4rem .6rem; border-bottom: 1px solid #cfd8d6; overflow-wrap: anywhere }
pre { white-space: pre-wrap; overflow-wrap: anywhere; background: #f4f7f6; padding: 1rem }
a { color: #14504a }
"""


class Store:
    """The messages on disk (Maildir), newest first."""

    def __init__(self, folder: Path, bounces: Path) -> None:
        folder.parent.mkdir(parents=True, exist_ok=True)
        self.kept = mailbox.Maildir(folder, create=True)
        self.bounces = mailbox.Maildir(bounces, create=True)
        self.lock = threading.Lock()

    def keep(self, content: bytes, recipients: list[str]) -> None:
        """Keep one message; report it as undeliverable when its address says so."""
        message = email.message_from_bytes(content, policy=email.policy.default)
        message["X-Envelope-To"] = ", ".join(recipients)
        with self.lock:
            self.kept.add(message.as_bytes())
            for address in recipients:
                if address.endswith(BOUNCING):
                    self.bounces.add(undeliverable(message, address))

    def names(self) -> list[str]:
        """The file names of the newest messages, newest first."""
        folder = Path(str(self.kept._path)) / "new"
        files = sorted(folder.iterdir(), key=lambda file: file.stat().st_mtime_ns, reverse=True)
        return [file.name for file in files[:SHOWN]]

    def read(self, name: str) -> EmailMessage | None:
        """One message, or None when there is no such file."""
        file = Path(str(self.kept._path)) / "new" / Path(name).name
        if not file.is_file():
            return None
        message = email.message_from_bytes(file.read_bytes(), policy=email.policy.default)
        return message if isinstance(message, EmailMessage) else None


class Receiver:
    """What the SMTP server asks: it takes every message."""

    def __init__(self, store: Store) -> None:
        self.store = store

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:
        self.store.keep(envelope.content, list(envelope.rcpt_tos))
        return "250 Message kept"


def undeliverable(message: Any, address: str) -> bytes:
    """A delivery status notification (RFC 3464) for a message that nobody will read."""
    mark = secrets.token_hex(8)
    parts = [
        f"Content-Type: text/plain\n\nThe message to {address} could not be delivered: no such mailbox.\n",
        "Content-Type: message/delivery-status\n\nReporting-MTA: dns; local.example\n\n"
        f"Final-Recipient: rfc822; {address}\nAction: failed\nStatus: 5.1.1\n"
        "Diagnostic-Code: smtp; 550 5.1.1 No such mailbox\n",
        f"Content-Type: text/rfc822-headers\n\nMessage-ID: {message['Message-ID']}\nTo: {address}\n",
    ]
    head = (
        "From: Mail Delivery System <mailer-daemon@local.example>\n"
        f"To: {message['Return-Path'] or message['From']}\n"
        "Subject: Undelivered mail returned to sender\nAuto-Submitted: auto-replied\n"
        f"Message-ID: <{mark}@local.example>\nMIME-Version: 1.0\n"
        f'Content-Type: multipart/report; report-type=delivery-status; boundary="{mark}"\n\n'
    )
    return (head + "".join(f"--{mark}\n{part}\n" for part in parts) + f"--{mark}--\n").encode()


def index_page(store: Store) -> str:
    """The list of messages."""
    rows = []
    for name in store.names():
        message = store.read(name)
        if message:
            cells = (message["Date"], message["X-Envelope-To"], message["Subject"])
            when, to, subject = (html.escape(str(cell or "")) for cell in cells)
            link = f'<a href="/{html.escape(name)}">{subject or "-"}</a>'
            rows.append(f"<tr><td>{when}</td><td>{to}</td><td>{link}</td></tr>")
    listed = "".join(rows) or '<tr><td colspan="3">Nothing yet · Rien pour l’instant</td></tr>'
    head = "<tr><th>Date</th><th>To · À</th><th>Subject · Objet</th></tr>"
    return _page("Local mailbox · Boîte aux lettres locale", f"<table>{head}{listed}</table>")


def message_page(message: EmailMessage) -> str:
    """One message, with its links made followable."""
    part = message.get_body(("plain", "html"))
    text = html.escape(part.get_content() if part else "")
    text = re.sub(
        r"https?://[^\s&<>\"']+(?:&amp;[^\s&<>\"']+)*", lambda found: f'<a href="{found[0]}">{found[0]}</a>', text
    )
    names = ("From", "X-Envelope-To", "Date", "Subject", "Message-ID")
    head = "".join(f"<tr><th>{name}</th><td>{html.escape(str(message[name] or ''))}</td></tr>" for name in names)
    files = ", ".join(html.escape(part.get_filename() or "?") for part in message.iter_attachments())
    attached = f"<p>📎 {files}</p>" if files else ""
    return _page(
        str(message["Subject"] or "-"),
        f'<p><a href="/">← Mailbox · Boîte</a></p><table>{head}</table><pre>{text}</pre>{attached}',
    )


def serve(*, folder: Path, bounces: Path, smtp_port: int, web_port: int, host: str = "127.0.0.1") -> None:
    """Receive and show mail until the process is ended."""
    store = Store(folder, bounces)
    receiver = Controller(Receiver(store), hostname=host, port=smtp_port, data_size_limit=50 * 2**20, ready_timeout=60)
    receiver.start()
    try:
        ThreadingHTTPServer((host, web_port), _handler(store)).serve_forever()
    finally:
        receiver.stop()


def _handler(store: Store) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            name = self.path.lstrip("/")
            message = store.read(name) if name else None
            found = not name or message is not None
            page = message_page(message) if message else index_page(store)
            self.send_response(200 if found else 404)
            self.send_header("Content-Type", "text/html; charset=utf-8")
            self.send_header("Content-Security-Policy", "default-src 'none'; style-src 'unsafe-inline'")
            self.end_headers()
            self.wfile.write(page.encode() if found else b"")

        def log_message(self, format: str, *args: Any) -> None:
            """Say nothing: the log of the mailbox is for faults."""

    return Handler


def _page(title: str, body: str) -> str:
    safe = html.escape(title)
    viewport = '<meta name="viewport" content="width=device-width,initial-scale=1">'
    return (
        f'<!doctype html><html lang="en"><meta charset="utf-8">{viewport}<title>{safe}</title>'
        f"<style>{STYLE}</style><h1>{safe}</h1>{body}</html>"
    )
