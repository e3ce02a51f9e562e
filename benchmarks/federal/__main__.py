"""Profiles of the federal pool loaded by the command, loaded again, searched, frozen and notified.

    python -m benchmarks.federal [--profiles 250000] [--rounds 3] [--keep]

The load is told beside COPY of the same rows into a bare table, the look ahead and the conduct beside one statement written by
hand, all in the same run. Every arm must count the same, or the run fails. ``--keep`` writes ``results.json`` beside this file.
"""

import argparse
import json
import os
import platform
import resource
import statistics
import tempfile
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from importlib.metadata import version
from pathlib import Path
from typing import Any

from benchmarks.federal import by_hand, making
from benchmarks.pool import preparing
from benchmarks.pool.preparing import PROGRAM
from benchmarks.undoing import undone

RESULTS = Path(__file__).with_name("results.json")
STREAM = "french_speaking_skilled_worker"
WINDOW = {"lowest": 400, "highest": 500, "french": 7, "english": 6}


def main() -> None:
    """Load, search and tell."""
    given = _options()
    found: dict[str, Any] = {"machine": _machine(), "profiles": given.profiles}
    with tempfile.TemporaryDirectory(prefix="pb-") as folder:
        server = preparing.server(Path(folder))
        try:
            found |= _loads(Path(folder), given.profiles)
            print(json.dumps(found, indent=2), flush=True)
            found |= _round(given.rounds)
        finally:
            from django.db import connections

            connections.close_all()
            server.stop()
    found["peak_memory_mb"] = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    found["machine"]["load_after"] = round(os.getloadavg()[0], 2)
    print(json.dumps(found, indent=2))
    if given.keep:
        RESULTS.write_text(json.dumps(found, indent=2) + "\n", encoding="utf-8")
        print(f"kept in {RESULTS}")


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--profiles", type=int, default=250_000)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--keep", action="store_true", help="write results.json beside this file")
    return parser.parse_args()


def _machine() -> dict[str, Any]:
    return {
        "run_at": datetime.now(UTC).isoformat(timespec="minutes"),  # noqa: TID251 - a benchmark tells its own time
        "cores": os.cpu_count(), "load_before": round(os.getloadavg()[0], 2), "processor": platform.machine(),
        "python": platform.python_version(), **{name: version(name) for name in ("django", "psycopg")},
    }  # fmt: skip


def _loads(folder: Path, profiles: int) -> dict[str, Any]:
    from passerelle.core import clock

    file = making.write(folder / "profiles.csv", profiles, on=clock.now().date())
    first = _load(file, f"{profiles:,} profiles are new")
    again = _load(file, f"{profiles:,} are as they were")
    copies = [by_hand.copy() for _round in range(3)]
    if {count for _seconds, count in copies} != {profiles}:
        raise RuntimeError(f"the copies do not agree: {copies}")
    bare = statistics.median(seconds for seconds, _count in copies)
    return {
        "file_mb": file.stat().st_size // 1_000_000, "load_s": round(first, 1), "load_again_s": round(again, 1),
        "copy_to_bare_table_s": round(bare, 2), "load_over_copy": round(first / bare, 1),
        "load_again_over_copy": round(again / bare, 1), "loaded_a_second": round(profiles / first),
    }  # fmt: skip


def _load(file: Path, says: str) -> float:
    from typer.testing import CliRunner

    from passerelle.project.cli import app

    began = time.perf_counter()
    told = CliRunner().invoke(app, ["load-profiles", str(file), "--program", PROGRAM])
    seconds = time.perf_counter() - began
    output = " ".join(told.output.split())
    if told.exit_code or says not in output or "Kilobytes of profiles" not in output:
        raise RuntimeError(output)
    return seconds


def _round(rounds: int) -> dict[str, Any]:
    from passerelle.core import clock
    from passerelle.express_entry import operations, queries

    at = clock.now()
    people, held_on = preparing.staff(at), at.date() - timedelta(days=1)
    first, last = operations.fresh_window(held_on)
    plan = operations.plan_round(
        program=PROGRAM, stream=STREAM, held_on=held_on, crs_lowest=400, crs_highest=500, french_lowest=7, english_lowest=6,
        created_from=first, created_through=last, by=people["draw_manager"], at=at,
    )  # fmt: skip
    asked = {"program": PROGRAM, "held_on": held_on, "created_from": first, **WINDOW}

    def conduct() -> int:
        done = operations.conduct_round(number=plan.number, by=people["draw_manager"], at=at)
        if not all(one["good"] for one in done.assertions):
            raise RuntimeError(f"an assertion does not hold: {done.assertions}")
        return int(done.found or 0)

    arms: dict[str, Callable[[], int]] = {
        "preview": lambda: queries.preview(plan, at).found, "count_by_hand": lambda: by_hand.count(**asked),
        "conduct": conduct, "freeze_by_hand": lambda: by_hand.freeze(round=plan.pk, **asked),
    }  # fmt: skip
    times: dict[str, list[float]] = {arm: [] for arm in arms}
    found: dict[str, int] = {}
    for number in range(rounds):
        for arm in sorted(arms, reverse=bool(number % 2)):
            seconds, found[arm] = undone(arms[arm])
            times[arm].append(seconds)
    if len(set(found.values())) != 1:
        raise RuntimeError(f"the arms do not agree: {found}")
    conduct()
    began = time.perf_counter()
    issued = operations.issue_round(number=plan.number, by=people["director"], at=at)
    issue = time.perf_counter() - began
    return {
        "found": found["conduct"], **{f"{arm}_s": round(statistics.median(all_of), 3) for arm, all_of in times.items()},
        "preview_over_by_hand": _ratio(times["preview"], times["count_by_hand"]),
        "conduct_over_by_hand": _ratio(times["conduct"], times["freeze_by_hand"]),
        "issue_s": round(issue, 3), "notified": issued.notified,
    }  # fmt: skip


def _ratio(one: list[float], other: list[float]) -> float:
    return round(statistics.median(a / b for a, b in zip(one, other, strict=True)), 2)


if __name__ == "__main__":
    main()
