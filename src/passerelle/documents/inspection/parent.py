"""Asking for a child process and judging how it ended."""

import json
import os
import signal
import subprocess
import sys
import threading
from collections import deque
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from passerelle.documents.inspection.rules import Limits, Refused

_AT_ONCE = threading.BoundedSemaphore(2)  # in one web process; each child may take its full memory
_WALL_SECONDS = 60


@dataclass(frozen=True)
class Inspected:
    """A file that may be kept: its harmless form at ``path``."""

    path: Path
    media_type: str
    pages: int


def inspect(source: Path, limits: Limits) -> Inspected:
    """Look into ``source`` and return its harmless form, written beside it; raises Refused."""
    target = source.with_name(source.name + ".clean")
    code, output = _run("child", source, target, json.dumps(limits.as_dict()))
    outcome = _outcome(output)
    if code or not outcome or not ("refused" in outcome or target.exists()):
        raise Refused("too_complex")
    if "refused" in outcome:
        raise Refused(str(outcome["refused"]))
    return Inspected(target, str(outcome["media_type"]), int(str(outcome["pages"])))


def draw(source: Path, page: int, limits: Limits) -> bytes:
    """Return page number ``page`` of a stored file as a JPEG; raises Refused when it cannot be drawn."""
    target = source.with_name(f"{source.name}.{page}.jpg")
    code, _ = _run("drawing", source, target, str(page), json.dumps(limits.as_dict()))
    if code or not target.exists():
        raise Refused("too_complex")
    return target.read_bytes()


class _Loaded:
    """A process with the readers loaded (``inspection.loaded``); it takes one file at a time."""

    def __init__(self) -> None:
        command = [sys.executable, "-I", "-m", "passerelle.documents.inspection.loaded"]
        self.process = subprocess.Popen(
            command,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            cwd="/",
            env={"PATH": os.defpath, "LANG": "C.UTF-8"},
            start_new_session=True,
        )

    def lives(self) -> bool:
        return self.process.poll() is None

    def ask(self, task: str, arguments: list[str]) -> tuple[int, str]:
        """Have a child do ``task``; raises Refused when there is no answer in time."""
        assert self.process.stdin
        assert self.process.stdout
        alarm = threading.Timer(_WALL_SECONDS, self.end)
        alarm.start()
        try:
            self.process.stdin.write(json.dumps([task, arguments]).encode() + b"\n")
            self.process.stdin.flush()
            line = self.process.stdout.readline()
        except OSError:
            line = b""
        finally:
            alarm.cancel()
            alarm.join()
        if not line:
            self.end()
            raise Refused("too_complex")
        code, output = json.loads(line)
        return int(code), str(output)

    def end(self) -> None:
        """End it with its child."""
        with suppress(ProcessLookupError):
            os.killpg(self.process.pid, signal.SIGKILL)


_idle: deque[_Loaded] = deque()
os.register_at_fork(after_in_child=_idle.clear)  # a fork of this process may not talk on its lines


def _run(task: str, source: Path, *arguments: object) -> tuple[int, str]:
    with _AT_ONCE:
        loaded = _an_idle_one()
        answer = loaded.ask(task, [str(source.absolute()), *map(str, arguments)])
        if loaded.lives():
            _idle.append(loaded)
        return answer


def _an_idle_one() -> _Loaded:
    with suppress(IndexError):
        while True:
            loaded = _idle.pop()
            if loaded.lives():
                return loaded
    return _Loaded()


def _outcome(output: str) -> dict[str, object]:
    try:
        told = json.loads(output)
    except ValueError:
        return {}
    return told if isinstance(told, dict) else {}
