"""Ports of this machine: the one that was asked for, or a free one when another program has it."""

import os
import socket
from dataclasses import dataclass
from pathlib import Path

ADDRESS_FILE = "address"  # in the installation's folder: where its web server was last reached


@dataclass(frozen=True)
class Port:
    """A port to listen on. ``wanted`` differs from ``number`` when that one was taken."""

    number: int
    wanted: int

    @property
    def note(self) -> str:
        """What to tell the person who starts the platform; empty when there is nothing to say."""
        return "" if self.number == self.wanted else f"port {self.wanted} is taken by another program"


def last_address(var: Path) -> str:
    """Where ``passerelle run`` last listened in this folder; empty when it never did."""
    file = var / ADDRESS_FILE
    return file.read_text().strip() if file.exists() else ""


def choose(variable: str, default: int, host: str = "127.0.0.1") -> Port:
    """The port named by an environment variable (0 means any free one), else ``default``, else a free one."""
    wanted = int(os.environ.get(variable, default))
    if wanted and is_free(wanted, host):
        return Port(wanted, wanted)
    with socket.socket() as probe:
        probe.bind((host, 0))
        free = int(probe.getsockname()[1])
    return Port(free, wanted or free)


def is_free(number: int, host: str = "127.0.0.1") -> bool:
    """Whether a server could listen on this port now."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, number))
        except OSError:
            return False
        return True
