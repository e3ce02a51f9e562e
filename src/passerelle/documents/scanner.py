"""The virus scanner: clamd, asked over its socket (``CLAMD_SOCKET``: a path, or ``host:port``)."""

import socket
import struct
from collections.abc import Iterable

from django.conf import settings

_TIMEOUT_S = 20


class ScannerAway(Exception):
    """The scanner did not answer, or not with a finding; the file is to be scanned later."""


def is_configured() -> bool:
    """Say whether this installation has a scanner."""
    return bool(settings.CLAMD_SOCKET)


def finding(pieces: Iterable[bytes]) -> str:
    """Return the name of what clamd found in the file, or an empty string; raises ScannerAway."""
    try:
        with _connection() as line:
            line.sendall(b"zINSTREAM\0")
            for piece in pieces:
                line.sendall(struct.pack(">I", len(piece)) + piece)
            line.sendall(struct.pack(">I", 0))
            answer = line.makefile("rb").read().rstrip(b"\0\n").decode(errors="replace")
    except OSError as fault:
        raise ScannerAway(str(fault)) from fault
    if answer.endswith("FOUND"):
        return answer.removeprefix("stream: ").removesuffix(" FOUND")
    if answer.endswith("OK"):
        return ""
    raise ScannerAway(answer)


def answers() -> bool:
    """Say whether clamd is there: then it is one file that it has no finding for, such as one above its StreamMaxLength."""
    try:
        with _connection() as line:
            line.sendall(b"zPING\0")
            return line.makefile("rb").read().startswith(b"PONG")
    except OSError:
        return False


def _connection() -> socket.socket:
    place = settings.CLAMD_SOCKET
    if place.startswith("/"):
        line = socket.socket(socket.AF_UNIX)
        line.settimeout(_TIMEOUT_S)
        line.connect(place)
        return line
    host, _, port = place.rpartition(":")
    return socket.create_connection((host, int(port)), timeout=_TIMEOUT_S)
