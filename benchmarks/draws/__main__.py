"""Draws as an act over large pools.

    python -m benchmarks.draws [--ranked 250000 …] [--random 20000000] [--product 250000] [--back 250000] [--keep]

Each size is a process of its own. ``--keep`` writes ``results.json`` beside this file.
"""

import argparse
import json
import os
import platform
import signal
import subprocess
import sys
import tempfile
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from benchmarks.draws import by_library, by_looking_back, by_product, making, verifying

RESULTS = Path(__file__).with_name("results.json")
KINDS = ("ranked", "random", "product", "back")
IN_PLATFORM = ("product", "back")
# The verifier holds every line: about 1.2 GB for a million.
MOST_VERIFIED = 4_000_000


def main() -> None:
    """Run what is asked for, tell it, keep it."""
    signal.signal(signal.SIGTERM, signal.default_int_handler)  # so that no server stays behind
    given = _options()
    if given.one:
        kind, size = given.one
        print(json.dumps(_one(Path(given.folder), kind, int(size), given.processes)))
        return
    wanted = [(kind, size) for kind in KINDS for size in getattr(given, kind)]
    found = [_apart(kind, size, given) for kind, size in wanted]
    print(_table(found))
    if given.keep:
        _keep(found)


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--ranked", type=int, nargs="*", default=[250_000, 1_000_000], help="sizes of ranked draws")
    parser.add_argument("--random", type=int, nargs="*", default=[], help="sizes of draws by lot")
    parser.add_argument(
        "--product", type=int, nargs="*", default=[], help="sizes of draws in the platform, over PostgreSQL"
    )
    parser.add_argument("--back", type=int, nargs="*", default=[], help="sizes of draws looked back at in the platform")
    parser.add_argument("--processes", type=int, default=2)
    parser.add_argument("--folder", default=None, help="where files lie for the time of the run (20,000,000: 12 GB)")
    parser.add_argument(
        "--keep", action="store_true", help="write results.json beside this file, in place of the same runs"
    )
    parser.add_argument("--one", nargs=2, help=argparse.SUPPRESS)
    return parser.parse_args()


def _apart(kind: str, size: int, given: argparse.Namespace) -> dict[str, Any]:
    """Run one draw in a process of its own, so that its memory is its own; then what it is measured by."""
    with tempfile.TemporaryDirectory(prefix="draw-", dir=given.folder) as name:
        folder, load = Path(name), round(os.getloadavg()[0], 2)
        if kind not in IN_PLATFORM:
            making.people(folder, size, kind, seed=size)
        command = [sys.executable, "-m", "benchmarks.draws", "--one", kind, str(size), "--folder", name]
        said = subprocess.check_output([*command, "--processes", str(given.processes)], text=True)
        found: dict[str, Any] = {"kind": kind, "size": size, "load_before": load, **json.loads(said)}
        if kind not in IN_PLATFORM:
            found["plain_sort_s"] = verifying.plain_sort(folder / "bundle" / "leaves.txt", given.processes)
            found["verified"] = verifying.verified(folder, size, kind, whole=size <= MOST_VERIFIED)
        if kind != "back":
            found["draw_over_plain_sort"] = round(found["draw_s"] / found["plain_sort_s"], 2)
    print(json.dumps(found, indent=2), flush=True)
    return found


def _one(folder: Path, kind: str, size: int, processes: int) -> dict[str, Any]:
    if kind == "back":
        return by_looking_back.draw(folder, size)
    if kind == "product":
        return by_product.draw(folder, size)
    return by_library.draw(folder, size, kind, processes)


def _keep(found: list[dict[str, Any]]) -> None:
    """Put the runs beside those kept before, each with the machine it ran on."""
    kept = json.loads(RESULTS.read_text(encoding="utf-8"))["runs"] if RESULTS.exists() else []
    machine = {
        "run_at": datetime.now(UTC).isoformat(timespec="minutes"),  # noqa: TID251 - a benchmark tells its own time
        "cores": os.cpu_count(), "processor": platform.machine(), "python": platform.python_version(),
    }  # fmt: skip
    again = {(one["kind"], one["size"]) for one in found}
    runs = [one for one in kept if (one["kind"], one["size"]) not in again]
    runs += [{**one, "machine": machine} for one in found]
    runs.sort(key=lambda one: (one["kind"], one["size"]))
    RESULTS.write_text(json.dumps({"runs": runs}, indent=2) + "\n", encoding="utf-8")
    print(f"kept in {RESULTS}")


def _table(found: list[dict[str, Any]]) -> str:
    head = f"{'draw':>8} {'entries':>11} {'seconds':>8} {'ratio':>6} {'peak':>8}"
    rows = [
        f"{one['kind']:>8} {one['size']:>11,} {one['draw_s']:>8.2f} {one['draw_over_plain_sort']:>6.2f} {one['peak_mb']:>5} MB"
        for one in found
        if "draw_s" in one
    ]
    return "\n".join([head, *rows])


if __name__ == "__main__":
    main()
