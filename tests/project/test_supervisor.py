"""Processes that are kept running, and none that is left behind."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

from passerelle.project.runtime.supervisor import Service, Supervisor

# Writes its own and its child's process id, then waits; with "deaf" it ignores SIGTERM.
PARENT = """
import os, signal, subprocess, sys, time
if "deaf" in sys.argv: signal.signal(signal.SIGTERM, signal.SIG_IGN)
child = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(600)"])
print(os.getpid(), child.pid, flush=True)
time.sleep(600)
"""


def service(folder: Path, *arguments: str, code: str = PARENT, patience: float = 5) -> Service:
    command = [sys.executable, "-u", "-c", code, *arguments]
    return Service("a process", command, folder / "out.log", dict(os.environ), patience=patience)


def eventually(true: Callable[[], bool], seconds: float = 60) -> None:
    end = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < end, "not within the time"
        time.sleep(0.05)


def alive(process: int) -> bool:
    try:
        state = Path(f"/proc/{process}/stat").read_text().rsplit(")", 1)[1].split()[0]
    except (FileNotFoundError, ProcessLookupError):
        return False
    return state != "Z"


def numbers(log: Path) -> list[int]:
    return [int(word) for word in log.read_text().split()] if log.exists() else []


def test_a_stopped_service_leaves_no_process_behind(tmp_path: Path):
    kept = service(tmp_path)
    kept.start()
    eventually(lambda: len(numbers(kept.log)) == 2)

    kept.stop()

    eventually(lambda: not any(alive(process) for process in numbers(kept.log)))


def test_a_service_that_does_not_listen_is_ended_after_its_patience(tmp_path: Path):
    deaf = service(tmp_path, "deaf", patience=0.5)
    deaf.start()
    eventually(lambda: len(numbers(deaf.log)) == 2)
    begun = time.monotonic()

    deaf.stop()

    assert time.monotonic() - begun >= 0.5
    eventually(lambda: not any(alive(process) for process in numbers(deaf.log)))


def test_a_service_is_restarted_whatever_code_it_ends_with(tmp_path: Path):
    quitter = service(tmp_path, code="print(1, flush=True)")  # ends with code 0, as a worker does without its database
    quitter.start()

    def seen_three_times() -> bool:
        quitter.look_after()
        return len(numbers(quitter.log)) >= 3

    eventually(seen_three_times)
    quitter.stop()

    assert quitter.restarts >= 2


def test_the_services_end_when_their_supervisor_is_killed(tmp_path: Path):
    code = (
        "import os, sys, time, pathlib\n"
        "from passerelle.project.runtime.supervisor import Service\n"
        f"log = pathlib.Path({str(tmp_path / 'out.log')!r})\n"
        f"s = Service('x', [sys.executable, '-c', {PARENT!r}], log, os.environ)\n"
        "s.start(); time.sleep(600)\n"
    )
    boss = subprocess.Popen([sys.executable, "-c", code])
    eventually(lambda: len(numbers(tmp_path / "out.log")) == 2)

    boss.send_signal(signal.SIGKILL)
    boss.wait()

    eventually(lambda: not alive(numbers(tmp_path / "out.log")[0]))
    os.kill(numbers(tmp_path / "out.log")[1], signal.SIGKILL)


def test_a_supervisor_stops_in_the_opposite_order(tmp_path: Path):
    stopped: list[str] = []

    class Noting(Service):
        def stop(self) -> None:
            stopped.append(self.name)
            super().stop()

    wait = [sys.executable, "-c", "import time; time.sleep(600)"]
    names = ["mailbox", "web", "worker"]
    boss = Supervisor([Noting(name, wait, tmp_path / f"{name}.log", dict(os.environ)) for name in names])
    boss.start()

    boss.stop()

    assert stopped == ["worker", "web", "mailbox"]
