"""Keeps a few processes running until told to stop, and leaves none behind."""

import contextlib
import ctypes
import os
import signal
import subprocess
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

PR_SET_PDEATHSIG = 1
SHORTEST_PAUSE, LONGEST_PAUSE = 0.3, 5.0  # seconds before a process that ended is started again
CALM_AFTER = 30.0  # seconds of life after which the pause is the shortest again


@dataclass
class Service:
    """One process to keep running, with its output in a log file. It is restarted whatever code it ends with."""

    name: str
    command: Sequence[str]
    log: Path
    environment: Mapping[str, str]
    patience: float = 10.0
    process: subprocess.Popen[bytes] | None = field(default=None, init=False)
    restarts: int = field(default=0, init=False)
    _pause: float = field(default=SHORTEST_PAUSE, init=False)
    _begun: float = field(default=0.0, init=False)
    _due: float = field(default=0.0, init=False)

    def start(self) -> None:
        """Start the process at the head of a group of its own, so that Ctrl-C reaches the supervisor alone."""
        self.log.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        with self.log.open("ab") as out:
            self.process = subprocess.Popen(
                self.command,
                stdin=subprocess.DEVNULL,
                stdout=out,
                stderr=out,
                env=dict(self.environment),
                start_new_session=True,
                preexec_fn=_end_with_parent,
            )
        self._begun, self._due = time.monotonic(), 0.0

    def look_after(self) -> bool:
        """Start the process again when it has ended and its pause is over; return whether it was started."""
        if self.process is None or self.process.poll() is None:
            return False
        now = time.monotonic()
        if not self._due:
            calm = now - self._begun > CALM_AFTER
            self._pause = SHORTEST_PAUSE if calm else min(self._pause * 2, LONGEST_PAUSE)
            self._due = now + self._pause
        if now < self._due:
            return False
        self._end_group(signal.SIGKILL)
        self.start()
        self.restarts += 1
        return True

    def stop(self) -> None:
        """End the process and all it started: asked first, forced after ``patience`` seconds."""
        if self.process is None:
            return
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
            with contextlib.suppress(subprocess.TimeoutExpired):
                self.process.wait(self.patience)
        self._end_group(signal.SIGKILL)
        with contextlib.suppress(subprocess.TimeoutExpired):
            self.process.wait(5)

    def end_of_log(self, lines: int = 12) -> str:
        """The last lines the process wrote."""
        if not self.log.exists():
            return ""
        return "\n".join(self.log.read_text(errors="replace").splitlines()[-lines:])

    def _end_group(self, how: signal.Signals) -> None:
        if self.process:
            with contextlib.suppress(ProcessLookupError, PermissionError):
                os.killpg(self.process.pid, how)


@dataclass
class Supervisor:
    """Starts services in order, restarts each that ends, stops them in the opposite order."""

    services: list[Service]
    stopping: bool = field(default=False, init=False)

    def start(self) -> None:
        for service in self.services:
            service.start()

    def listen(self) -> None:
        """Take Ctrl-C and SIGTERM as the wish to stop."""
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, self._ask_to_stop)

    def watch(self, on_restart: Callable[[Service], None] = lambda service: None) -> None:
        """Look after the services until asked to stop."""
        while not self.stopping:
            for service in self.services:
                if service.look_after():
                    on_restart(service)
            time.sleep(0.1)

    def stop(self) -> None:
        for service in reversed(self.services):
            service.stop()

    def _ask_to_stop(self, *_: object) -> None:
        self.stopping = True


_libc = ctypes.CDLL(None, use_errno=True)


def _end_with_parent() -> None:
    """Runs in the child: have the system end it when the supervisor dies, even by ``kill -9`` (Linux only)."""
    if hasattr(_libc, "prctl"):
        _libc.prctl(PR_SET_PDEATHSIG, signal.SIGTERM)
