"""Starting the child process and judging how it ended."""

import json
import os
import subprocess
import sys
import threading
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


def _run(module: str, source: Path, *arguments: object) -> tuple[int, bytes]:
    command = [sys.executable, "-I", "-m", f"passerelle.documents.inspection.{module}", str(source)]
    with _AT_ONCE:
        try:
            done = subprocess.run(
                [*command, *map(str, arguments)],
                stdin=subprocess.DEVNULL,
                capture_output=True,
                timeout=_WALL_SECONDS,
                check=False,
                cwd=source.parent,
                env={"PATH": os.defpath, "LANG": "C.UTF-8", "TMPDIR": str(source.parent)},
            )
        except subprocess.TimeoutExpired as fault:
            raise Refused("too_complex") from fault
    return done.returncode, done.stdout


def _outcome(output: bytes) -> dict[str, object]:
    try:
        told = json.loads(output)
    except ValueError:
        return {}
    return told if isinstance(told, dict) else {}
