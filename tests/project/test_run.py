"""``make run`` as a person knows it: started, used, hurt, stopped, started again. On an installation without packs."""

import json
import os
import re
import signal
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import pytest

from passerelle.project.runtime.run import is_up
from tests.support.ports import own

READY_WITHIN = 600  # seconds, on a machine that is doing other things


class Run:
    """One ``passerelle run`` with folders and ports of its own."""

    def __init__(self, var: Path, **environment: str) -> None:
        self.var, self.out = var, var.parent / "out.txt"
        no_packs = var.parent / "packs"
        no_packs.mkdir(exist_ok=True)
        clean = {
            key: value
            for key, value in os.environ.items()
            if not key.startswith(("PASSERELLE_", "DATABASE_", "LOG_LEVEL"))
        }
        given = {
            "PASSERELLE_VAR": str(var),
            "PASSERELLE_PACKS": str(no_packs),
            "DEMO": "0",
            "WEB_WORKERS": "1",
            **environment,
        }
        ports = dict(zip(("WEB_PORT", "SMTP_SINK_PORT", "MAILBOX_PORT"), map(str, own(3)), strict=True))
        self.environment = {**clean, **ports, **given, "COLUMNS": "200"}
        with self.out.open("wb") as out:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "passerelle.project.cli", "run"],
                stdout=out, stderr=out, env=self.environment, start_new_session=True,
            )  # fmt: skip

    @property
    def text(self) -> str:
        return self.out.read_text()

    @property
    def address(self) -> str:
        found = re.search(r"http://127\.0\.0\.1:\d+(?=/en/)", self.text)
        assert found, self.text
        return found[0]

    def wait_until_ready(self) -> None:
        eventually(lambda: "Ctrl-C stops everything" in self.text or self.process.poll() is not None, READY_WITHIN)
        assert self.process.poll() is None, self.text

    def stop(self, how: signal.Signals = signal.SIGINT) -> int:
        if self.process.poll() is None:
            self.process.send_signal(how)
        return self.process.wait(READY_WITHIN)

    def processes(self) -> list[int]:
        """Every process that works in this installation's folder."""
        mark = f"PASSERELLE_VAR={self.var}".encode()
        found = []
        for entry in Path("/proc").glob("[0-9]*"):
            try:
                if (
                    mark in (entry / "environ").read_bytes()
                    or str(self.var).encode() in (entry / "cmdline").read_bytes()
                ):
                    found.append(int(entry.name))
            except OSError:
                continue
        return [process for process in found if process != os.getpid()]


def eventually(true: Callable[[], bool], seconds: float = READY_WITHIN) -> None:
    end = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < end, "not within the time"
        time.sleep(0.2)


def status(address: str) -> int:
    try:
        with urllib.request.urlopen(address, timeout=60) as answer:
            return int(answer.status)
    except urllib.error.HTTPError as answer:
        return answer.code
    except (urllib.error.URLError, OSError):
        return 0


def named(run: Run, *parts: str) -> list[int]:
    """The processes of a run whose command line holds every part."""
    found = []
    for process in run.processes():
        try:
            line = Path(f"/proc/{process}/cmdline").read_bytes().replace(b"\0", b" ").decode()
        except OSError:
            continue
        if all(part in line for part in parts):
            found.append(process)
    return found


@pytest.fixture
def start(tmp_path: Path) -> Iterator[Callable[..., Run]]:
    runs: list[Run] = []

    def begin(**environment: str) -> Run:
        runs.append(Run(tmp_path / "var", **environment))
        return runs[-1]

    yield begin
    for run in runs:
        run.stop(signal.SIGTERM)


@pytest.mark.long
def test_everything_starts_heals_stops_and_starts_again(start: Callable[..., Run]):
    run = start()
    run.wait_until_ready()
    assert (status(f"{run.address}/en/?secret=canary-77"), status(f"{run.address}/fr/")) == (200, 200)
    assert status(f"{run.address}/readyz") == 200
    a_second_run_is_refused(run)
    assert f"already running in {run.var}" in demo(run, said=1)
    the_log_is_json_without_answers(run)

    for parts in (["granian"], ["procrastinate", "worker"]):
        for process in named(run, *parts):
            os.kill(process, signal.SIGKILL)
    eventually(lambda: status(f"{run.address}/readyz") == 200 and bool(named(run, "procrastinate")))

    assert run.stop(signal.SIGINT) == 0
    eventually(lambda: run.processes() == [])
    assert (run.var / "postgres" / "PG_VERSION").exists()
    assert "No demo is told for nowhere" in demo(run, "--program", "nowhere", said=1)
    assert run.processes() == []

    again = start()
    again.wait_until_ready()
    assert status(f"{again.address}/healthz") == 200
    assert "begun again" not in again.text  # nothing was begun for nowhere
    assert again.stop(signal.SIGTERM) == 0
    eventually(lambda: again.processes() == [])


def a_second_run_is_refused(first: Run) -> None:
    second = subprocess.run(
        [sys.executable, "-m", "passerelle.project.cli", "run"], capture_output=True, text=True, check=False,
        env={**os.environ, "PASSERELLE_VAR": str(first.var), "DEMO": "0", "COLUMNS": "200"}, timeout=READY_WITHIN,
    )  # fmt: skip

    assert second.returncode == 1
    assert f"already running in {first.var} (process {first.process.pid})" in second.stdout
    assert status(f"{first.address}/healthz") == 200


def demo(run: Run, *words: str, said: int) -> str:
    """What ``passerelle demo`` says in the installation of a run."""
    command = subprocess.run(
        [sys.executable, "-m", "passerelle.project.cli", "demo", *words], capture_output=True, text=True, check=False,
        env={**run.environment, "DJANGO_SETTINGS_MODULE": "passerelle.project.settings"}, timeout=READY_WITHIN,
    )  # fmt: skip
    assert command.returncode == said, command.stderr
    return " ".join(f"{command.stdout} {command.stderr}".split())


def the_log_is_json_without_answers(run: Run) -> None:
    log = run.var / "log" / "web.log"

    def home_was_answered() -> bool:
        lines = [
            json.loads(line) for line in log.read_text().splitlines() if line.startswith("{") and line.endswith("}")
        ]
        return any(line.get("path") == "/en/" and line["status"] == 200 for line in lines)

    eventually(home_was_answered)  # the server writes its lines after the answer
    assert "canary-77" not in log.read_text()


def test_stopping_while_it_starts_leaves_nothing_behind(start: Callable[..., Run]):
    run = start()
    eventually(lambda: "Database server" in run.text, READY_WITHIN)

    assert run.stop(signal.SIGTERM) == 0

    eventually(lambda: run.processes() == [])


def test_a_database_that_cannot_be_reached_is_said_in_words(start: Callable[..., Run]):
    run = start(DATABASE_URL="postgresql://nobody@127.0.0.1:1/none")

    assert run.process.wait(READY_WITHIN) == 1
    assert "Not started." in run.text
    assert "cannot be reached" in run.text
    assert "Traceback" not in run.text


@pytest.mark.parametrize(("part", "up"), [("mail", True), ("scanner", True), ("worker", False), ("database", False)])
def test_what_waits_for_another_server_keeps_nothing_from_starting(part: str, up: bool):
    class Health(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            alive = self.path == "/healthz"
            told = (
                {"ok": True}
                if alive
                else {"database": True, "worker": True, "mail": True, "scanner": True, part: False}
            )
            self.send_response(200 if alive else 503)
            self.end_headers()
            self.wfile.write(json.dumps(told).encode())

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    with HTTPServer(("127.0.0.1", 0), Health) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        assert is_up(f"http://127.0.0.1:{server.server_port}") is up
        server.shutdown()
    assert is_up(f"http://127.0.0.1:{server.server_port}") is False
