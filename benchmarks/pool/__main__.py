"""A targeted draw of 2,000 over pools of 25,000, 250,000 and 1,000,000, and the pages beside it.

    python -m benchmarks.pool [--sizes 25000 250000 1000000] [--rounds 3] [--keep]

At each size: the preview, the conduct (freeze, rank, take, every assertion), and the same selection as two statements
written by hand, into the same tables, in turn; each is undone, so that every round begins alike. Then the staff's pages, with
their statements counted. ``--keep`` writes ``results.json`` beside this file.
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

from benchmarks.pool import by_hand, preparing
from benchmarks.pool.preparing import PROGRAM, STREAM
from benchmarks.undoing import undone

RESULTS = Path(__file__).with_name("results.json")
SIZE = 2_000


def main() -> None:
    """Grow the pool, measure at each size, tell."""
    given = _options()
    found: dict[str, Any] = {"machine": _machine(), "size_of_draw": SIZE, "sizes": []}
    with tempfile.TemporaryDirectory(prefix="pb-") as folder:
        server = preparing.server(Path(folder))
        try:
            for told in _measured(given):
                found["sizes"].append(told)
                print(json.dumps(told, indent=2), flush=True)
        finally:
            from django.db import connections

            connections.close_all()
            server.stop()
    found["machine"]["load_after"] = round(os.getloadavg()[0], 2)
    print(_table(found["sizes"]))
    if given.keep:
        RESULTS.write_text(json.dumps(found, indent=2) + "\n", encoding="utf-8")
        print(f"kept in {RESULTS}")


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sizes", type=int, nargs="+", default=[2_500, 25_000, 250_000, 1_000_000])
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--keep", action="store_true", help="write results.json beside this file")
    return parser.parse_args()


def _machine() -> dict[str, Any]:
    return {
        "run_at": datetime.now(UTC).isoformat(timespec="minutes"),  # noqa: TID251 - a benchmark tells its own time
        "cores": os.cpu_count(), "load_before": round(os.getloadavg()[0], 2), "processor": platform.machine(),
        "python": platform.python_version(), **{name: version(name) for name in ("django", "psycopg")},
    }  # fmt: skip


def _measured(given: argparse.Namespace) -> Any:
    from passerelle.accounts import operations as accounts
    from passerelle.allocations import operations as allocations
    from passerelle.core import clock

    at = clock.now()
    people = preparing.staff(at)
    pack = preparing.kinds(at)
    allocations.set_places(
        program=PROGRAM, year=at.year, places=21_500, reason="Benchmark", by=people["director"], at=at
    )
    candidate = accounts.register(
        audience="candidate", program=PROGRAM, username="candidate", email="candidate@bench.example", name="Bench Mark",
        phone="", language="en", password=preparing.PASSWORD, at=at,
    )  # fmt: skip
    people["candidate"] = candidate
    for size in given.sizes:
        began = time.perf_counter()
        preparing.grow(size, pack, candidate, at)
        print(f"{size:,} in the pool after {time.perf_counter() - began:.0f} s", flush=True)
        yield {"pool": size, **_draws(people["draw_manager"], given.rounds, at), "pages": dict(_pages(people))}


def _draws(manager: Any, rounds: int, at: datetime) -> dict[str, Any]:
    from passerelle.core.deadlines import local_day
    from passerelle.core.sets import as_sets
    from passerelle.draws import operations, queries
    from passerelle.programs import queries as programs

    closes = at + timedelta(seconds=1)
    moment = closes + timedelta(minutes=1)
    zone = programs.rules_in_force(PROGRAM, at).zone
    plan = {
        "program": PROGRAM, "held_on": local_day(moment, zone), "closes_at": closes, "size": SIZE, "categories": [STREAM],
        "by": manager, "at": at, "filters": {"attributes": ["outside_gta"], "match": "every"},
    }  # fmt: skip
    draw, other = operations.plan_draw(**plan), operations.plan_draw(**plan)
    times: dict[str, list[float]] = {"preview": [], "conduct": [], "by_hand": []}
    taken: dict[str, int] = {}

    def conduct() -> int:
        done = operations.conduct_draw(number=draw.number, by=manager, at=moment)
        if not all(one["good"] for one in done.assertions):
            raise RuntimeError(f"an assertion does not hold: {done.assertions}")
        with as_sets():
            return queries.chosen(done).count()

    arms: dict[str, Callable[[], int]] = {
        "preview": lambda: queries.preview(draw, moment).taken,
        "conduct": conduct,
        "by_hand": lambda: by_hand.conduct(other.pk, program=PROGRAM, stream=STREAM, closes=closes, size=SIZE),
    }  # fmt: skip
    for number in range(rounds):
        for arm in sorted(arms, reverse=bool(number % 2)):
            seconds, taken[arm] = undone(arms[arm])
            times[arm].append(seconds)
    if len(set(taken.values())) != 1:
        raise RuntimeError(f"the arms do not agree: {taken}")
    for one in (draw, other):
        operations.void_draw(number=one.number, reason="Benchmark", by=manager, confirmed_by=_director(), at=at)
    median = {f"{arm}_s": round(statistics.median(all_of), 3) for arm, all_of in times.items()}
    ratio = statistics.median(sorted(a / b for a, b in zip(times["conduct"], times["by_hand"], strict=True)))
    return {
        "taken": taken["conduct"], **median, "conduct_over_by_hand": round(ratio, 2),
        "peak_memory_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024,
    }  # fmt: skip


def _director() -> Any:
    from passerelle.accounts import queries

    return queries.person("director")


def _pages(people: dict[str, Any]) -> Any:
    from django.conf import settings
    from django.test import Client

    from passerelle.eoi.models import ExpressionOfInterest, PoolCount

    reference = ExpressionOfInterest.objects.order_by("-pk").values_list("reference", flat=True)[0]
    place, nothing = f"/en/candidate/eoi/{reference}/place/", lambda: None
    addresses: dict[str, tuple[str, str, Callable[[], object]]] = {
        "pool list": ("officer", "/en/staff/pool/", nothing), "case file": ("officer", f"/en/staff/eoi/{reference}/", nothing),
        "review list": ("officer", "/en/staff/eoi/", nothing), "staff home": ("officer", "/en/staff/", nothing),
        # The first look of a day counts the pool; the others read that count.
        "place, first look": ("candidate", place, PoolCount.objects.all().delete), "place": ("candidate", place, nothing),
    }  # fmt: skip
    for name, (who, address, before) in addresses.items():
        visitor = Client(SERVER_NAME="localhost")
        visitor.cookies[settings.SESSION_COOKIE_NAME] = preparing.session_of(people[who])
        queries, times = _looked_at(visitor, address, before)
        yield name, {"queries": queries, "median_ms": round(statistics.median(times[1:]), 1)}


def _looked_at(visitor: Any, address: str, before: Callable[[], object]) -> tuple[int, list[float]]:
    """Return how many statements a page takes, and the milliseconds of six looks at it."""
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    times = []
    for _ in range(6):
        before()
        began = time.perf_counter()
        with CaptureQueriesContext(connection) as asked:
            answer = visitor.get(address)
        times.append((time.perf_counter() - began) * 1000)
        if answer.status_code != 200:
            raise RuntimeError(f"{address}: {answer.status_code}")
    return len(asked), times


def _table(sizes: list[dict[str, Any]]) -> str:
    head = f"{'pool':>10} {'preview':>9} {'conduct':>9} {'by hand':>9} {'ratio':>6}"
    rows = [
        f"{one['pool']:>10,} {one['preview_s']:>7.2f} s {one['conduct_s']:>7.2f} s {one['by_hand_s']:>7.2f} s"
        f" {one['conduct_over_by_hand']:>6.2f}"
        for one in sizes
    ]
    return "\n".join([head, *rows])


if __name__ == "__main__":
    main()
