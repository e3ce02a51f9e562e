"""What a draw is measured by: the plain sort of its lines, and ``verify_draw.py`` over its bundle, each a process of its own."""

import os
import shutil
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
VERIFIER = ROOT / "src" / "passerelle" / "draws" / "verifier" / "verify_draw.py"
# Of these the public gets neither lines nor receipts unless chance alone decides.
PRIVATE = "leaves.txt"


def plain_sort(lines: Path, processes: int) -> float:
    """Sort the lines by their salts, which are in no order, with the system's ``sort``; return the seconds."""
    sorted_ = lines.with_name("resorted")
    command = ["sort", "-t", "|", "-k8,8", "-S", "512M", f"--parallel={processes}", "-T", str(lines.parent)]
    seconds, _peak = _run([*command, "-o", str(sorted_), str(lines)])
    sorted_.unlink()
    return round(seconds, 3)


def verified(folder: Path, size: int, kind: str, *, whole: bool) -> dict[str, Any]:
    """Check one receipt and the bundle as the public has it and, if ``whole``, as the auditor has it; tell what each took."""
    bundle, public = folder / "bundle", folder / "public"
    shutil.copytree(bundle, public, ignore=shutil.ignore_patterns(*([] if kind == "random" else [PRIVATE])))
    asked = {"mine": [str(folder / "receipt.json")]}
    if whole or kind != "random":
        asked["public"] = [str(public)]
    if whole:
        asked["full"] = [str(bundle)]
    found: dict[str, Any] = {}
    for mode, names in asked.items():
        seconds, peak = _run([sys.executable, str(VERIFIER), mode, *names])
        found[mode] = {"s": round(seconds, 3), "us_an_entry": round(seconds / size * 1e6, 2), "peak_mb": peak}
    shutil.rmtree(public)
    return found


def _run(command: list[str]) -> tuple[float, int]:
    """Run a command to its good end; return its seconds and its peak memory in MB."""
    began = time.perf_counter()
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env={**os.environ, "LC_ALL": "C"}) as process:
        said = process.stdout.read() if process.stdout else ""
        _pid, status, used = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise RuntimeError(f"{' '.join(command)} ended with {process.returncode}: {said[-2000:]}")
    return time.perf_counter() - began, used.ru_maxrss // 1024
