"""``python -m benchmarks.scoring --people 1000000 10000000``: run, print the table, keep the figures."""

import argparse
import json
import os
import platform
import statistics
import subprocess
import sys
import tempfile
import time
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from typing import Any

from benchmarks.scoring import by_pack
from benchmarks.scoring.arms import ARMS, measure
from benchmarks.scoring.people import files, people
from pointsgrid import points

RESULTS = Path(__file__).with_name("results.json")


def main() -> None:
    """Run every arm over every number of people, each in a process of its own."""
    options = _options()
    if options.arm:
        print(json.dumps(measure(options.arm, options.files, options.repeats)))
        return
    found: dict[str, Any] = {"machine": _machine(), "one_person_ms": _one_person(), "runs": []}
    print(f"one person with full explanation: {found['one_person_ms']} ms")
    for count in options.people:
        with tempfile.TemporaryDirectory(dir=options.folder) as folder:
            print(f"{count:,} people: writing them", flush=True)
            pattern = files(Path(folder), count, seed=options.seed)
            found["runs"].append(_run(count, str(pattern), options.repeats))
    if options.keep:
        RESULTS.write_text(json.dumps(found, indent=2) + "\n", encoding="utf-8")
        print(f"kept in {RESULTS}")


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--people", type=int, nargs="+", default=[1_000_000], help="how many, several numbers allowed")
    parser.add_argument("--seed", type=int, default=2026)
    parser.add_argument("--repeats", type=int, default=3, help="the best of so many is told")
    parser.add_argument("--folder", default=None, help="where the files of people are written for the time of the run")
    parser.add_argument("--keep", action="store_true", help="write results.json beside this file")
    parser.add_argument("--arm", choices=ARMS, help=argparse.SUPPRESS)
    parser.add_argument("--files", help=argparse.SUPPRESS)
    return parser.parse_args()


def _run(count: int, pattern: str, repeats: int) -> dict[str, Any]:
    measured = []
    for arm in ARMS:
        command = [
            sys.executable,
            "-m",
            "benchmarks.scoring",
            "--arm",
            arm,
            "--files",
            pattern,
            "--repeats",
            str(repeats),
        ]
        done = subprocess.run(command, check=True, capture_output=True, text=True)
        result = json.loads(done.stdout.splitlines()[-1])
        measured.append(result)
        print(f"  {arm:16} {result['seconds']:9.3f} s   peak {result['peak_mb']:6,} MB   {result['note']}", flush=True)
    sums = {tuple(result["checksum"]) for result in measured if result["checksum"]}
    if len(sums) != 1:
        raise SystemExit(f"The arms do not agree on the totals: {sums}")
    seconds = {result["arm"]: result["seconds"] for result in measured}
    against = min(seconds["polars by hand"], seconds["numpy by hand"])
    ratios = {
        "faster than openfisca": round(seconds["openfisca"] / seconds["pack"], 1),
        "times the faster by hand": round(seconds["pack"] / against, 2),
        "faster than a python loop": round(seconds["python loop"] / seconds["pack"]),
    }
    print("  " + ", ".join(f"{name}: {value}" for name, value in ratios.items()), flush=True)
    return {"people": count, "arms": measured, "ratios": ratios, "totals_equal": True}


def _one_person() -> dict[str, float]:
    """Return the milliseconds of one explained score once the grid is compiled: median, and the tenth percentile."""
    rules, [facts] = by_pack.rules(), people(1, seed=7).to_dicts()
    times = []
    for _ in range(400):
        start = time.perf_counter()
        points.score(rules, by_pack.GRID, facts)
        times.append(time.perf_counter() - start)
    tenths = statistics.quantiles(times, n=10)
    return {"median": round(statistics.median(times) * 1000, 2), "tenth_percentile": round(tenths[0] * 1000, 2)}


def _machine() -> dict[str, Any]:
    return {
        "run_at": datetime.now(UTC).isoformat(timespec="minutes"),  # noqa: TID251 - a benchmark tells its own time
        "cores": os.cpu_count(),
        "load_before": round(os.getloadavg()[0], 2),
        "processor": platform.machine(),
        "python": platform.python_version(),
        **{name: version(name) for name in ("polars", "numpy", "openfisca-core")},
    }


if __name__ == "__main__":
    main()
