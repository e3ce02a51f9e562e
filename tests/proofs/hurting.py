"""The platform as it is deployed, to be hurt: a durable database server of its own, the web server, the worker; and clients."""

import http.client
import json
import os
import signal
import subprocess
import threading
import time
import urllib.parse
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import connections

from passerelle.project.runtime.postgres import Server, program
from passerelle.project.runtime.run import web_command, worker_command
from tests.support import database
from tests.support.ports import own

READY_WITHIN = 300.0  # seconds, on a machine that is doing other things


class Platform:
    """Database, web server and worker in processes of their own; ``options`` are settings of the database server."""

    def __init__(self, folder: Path, mail_port: int, **options: str) -> None:
        self.server = Server(folder / "postgres", {"shared_buffers": "32MB", **options})
        [self.port] = own(1)
        self.mail_port = mail_port
        self.processes: dict[str, subprocess.Popen[bytes]] = {}
        self.log = folder / "log.txt"

    def start(self, *parts: str) -> None:
        """Copy this test's database to a server of our own and start ``parts`` (web, worker)."""
        self.server.start()
        self.server.create_database("platform")
        source = database.SERVER.url(str(connections["default"].settings_dict["NAME"]))
        dump = subprocess.Popen([program("pg_dump"), "--no-owner", source], stdout=subprocess.PIPE)
        load = [program("psql"), "-q", "-v", "ON_ERROR_STOP=1", "-d", self.server.url("platform")]
        subprocess.run(load, stdin=dump.stdout, stdout=subprocess.DEVNULL, check=True)
        assert dump.wait() == 0
        # What the people begin with is on the disk, however the server treats the commits of those at work.
        subprocess.run([program("psql"), "-q", "-c", "CHECKPOINT", "-d", self.server.url("platform")], check=True)
        for part in parts:
            self._start(part)
        eventually(self.answers)

    def _start(self, part: str) -> None:
        command = web_command("127.0.0.1", self.port) if part == "web" else worker_command()
        with self.log.open("ab") as out:
            self.processes[part] = subprocess.Popen(
                command, env=self._environment(), stdout=out, stderr=out, start_new_session=True
            )

    def _environment(self) -> dict[str, str]:
        return {
            **os.environ, "DATABASE_URL": self.server.url("platform"), "PASSERELLE_VAR": str(settings.VAR),
            "DJANGO_SETTINGS_MODULE": "passerelle.project.settings", "WEB_WORKERS": "1", "PYTHONTZPATH": "",
            "EMAIL_URL": f"smtp://127.0.0.1:{self.mail_port}", "PASSERELLE_URL": f"http://127.0.0.1:{self.port}",
        }  # fmt: skip

    def kill(self, part: str) -> None:
        """``kill -9`` every process of a part at once, and start it again."""
        if part == "database":
            self._kill_database()
            self.server.start()
            return
        os.killpg(self.processes[part].pid, signal.SIGKILL)
        self.processes[part].wait()
        self._start(part)

    def _kill_database(self) -> None:
        postmaster = self.server.process_id()
        assert postmaster
        family = [postmaster, *_children(postmaster)]
        for process in family:
            with suppress(ProcessLookupError):
                os.kill(process, signal.SIGKILL)
        eventually(lambda: not any(_lives(process) for process in family))

    def answers(self) -> bool:
        """Whether the web server answers from the database. What has ended meanwhile is started again, as a supervisor does."""
        for part, process in self.processes.items():
            if process.poll() is not None:
                self._start(part)
        try:
            line = http.client.HTTPConnection("127.0.0.1", self.port, timeout=20)
            line.request("GET", "/readyz")
            return bool(json.loads(line.getresponse().read())["database"])
        except (OSError, http.client.HTTPException, ValueError):
            return False

    def stop(self) -> None:
        for process in self.processes.values():
            with suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
            process.wait()
        self.server.stop()

    @contextmanager
    def looked_at(self) -> Iterator[None]:
        """Read the platform's database with this process's own connection for a while."""
        chosen = connections["default"].settings_dict
        before = {key: chosen[key] for key in ("NAME", "HOST")}
        connections.close_all()
        chosen.update(NAME="platform", HOST=str(self.server.sockets))
        try:
            yield
        finally:
            connections.close_all()
            chosen.update(before)


def _children(parent: int) -> list[int]:
    path = Path(f"/proc/{parent}/task/{parent}/children")
    return [int(word) for word in path.read_text().split()]


def _lives(process: int) -> bool:
    with suppress(OSError):
        return ") Z " not in Path(f"/proc/{process}/stat").read_text()
    return False


def eventually(true: Callable[[], bool], seconds: float = READY_WITHIN) -> None:
    """Wait until ``true`` says so."""
    end = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < end, "not within the time"
        time.sleep(0.05)


@dataclass
class Line:
    """One person at one connection; ``post`` returns the answer's status, 0 when there was none."""

    port: int
    session: str
    line: http.client.HTTPConnection | None = None

    def post(self, path: str, fields: Mapping[str, Any]) -> int:
        csrf = "c" * 32
        body = urllib.parse.urlencode({**fields, "csrfmiddlewaretoken": csrf})
        headers = {
            "Content-Type": "application/x-www-form-urlencoded",
            "Cookie": f"session={self.session}; csrf={csrf}",
        }
        try:
            self.line = self.line or http.client.HTTPConnection("127.0.0.1", self.port, timeout=120)
            self.line.request("POST", path, body, headers)
            answer = self.line.getresponse()
            answer.read()
            return answer.status
        except (OSError, http.client.HTTPException):
            self._hang_up()
            return 0

    def _hang_up(self) -> None:
        if self.line:
            self.line.close()
        self.line = None


@dataclass
class Writer:
    """A candidate who types: each save has the next number; ``acked`` is the last one the platform said it had kept."""

    line: Line
    reference: str
    path: str
    words: str
    sent: int = 0
    acked: int = 0
    saves: int = 0
    stopped: threading.Event = field(default_factory=threading.Event)

    def run(self) -> None:
        while not self.stopped.is_set():
            self.sent += 1
            status = self.line.post(self.path, {"job_title": f"{self.words} {self.sent}", "autosave": "1"})
            if status == 200:
                self.acked, self.saves = self.sent, self.saves + 1
            else:
                time.sleep(0.05)


@dataclass
class Filer:
    """Candidates who hand in, one after another, each pressing until there is a receipt; ``acked`` lists their files."""

    lines: list[tuple[Line, str, int]]
    turns: threading.Semaphore = field(default_factory=lambda: threading.Semaphore(0))
    acked: list[str] = field(default_factory=list)
    stopped: threading.Event = field(default_factory=threading.Event)

    def run(self) -> None:
        for line, reference, version in self.lines:
            self.turns.acquire()
            fields = {"token": f"press {reference}", "version": version, "agree": "on"}
            path = f"/en/candidate/eoi/{reference}/check/"
            while line.post(path, fields) != 302:
                if self.stopped.is_set():
                    return
                time.sleep(0.05)
            self.acked.append(reference)
