"""Submitting an EOI end to end against a bare Django view that inserts one row: same server, same middleware, same run.

    python -m benchmarks.portal [--files 800] [--visitors 8] [--rounds 5] [--keep]

Starts its own PostgreSQL (durable: fsync on) and granian in a temporary folder. PDFs and mails are the worker's and are
not made here, as in production; their rows are. ``--keep`` writes ``results.json`` beside this file.
"""

import argparse
import json
import os
import platform
import statistics
import tempfile
from collections.abc import Iterator
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from typing import Any

from benchmarks.portal import asking, counting, preparing
from benchmarks.portal.asking import Post, Round

RESULTS = Path(__file__).with_name("results.json")
ARMS = ("bare", "submit")


def main() -> None:
    """Prepare, measure both arms in turn, count queries at two sizes of the pool, tell."""
    given = _options()
    found: dict[str, Any] = {"machine": _machine()}
    with tempfile.TemporaryDirectory(prefix="pb-") as folder:
        server = preparing.server(Path(folder))
        try:
            models = preparing.originals(12)
            print(f"{len(models)} files made by the operations, {given.files} copies", flush=True)
            found["throughput"] = _throughput(models, given)
            found["pool"] = list(_pool(models, given.pool))
        finally:
            _hang_up()
            server.stop()
    found["machine"]["load_after"] = round(os.getloadavg()[0], 2)
    print(json.dumps(found["machine"]))
    if given.keep:
        RESULTS.write_text(json.dumps(found, indent=2) + "\n", encoding="utf-8")
        print(f"kept in {RESULTS}")


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--files", type=int, default=800, help="to hand in, over all rounds and the warm-up")
    parser.add_argument("--visitors", type=int, default=8, help="so many at once")
    parser.add_argument("--rounds", type=int, default=5, help="each runs both arms one after the other")
    parser.add_argument(
        "--pool", type=int, nargs="+", default=[200, 5000], help="sizes of the pool to count queries at"
    )
    parser.add_argument("--keep", action="store_true", help="write results.json beside this file")
    return parser.parse_args()


def _machine() -> dict[str, Any]:
    return {
        "run_at": datetime.now(UTC).isoformat(timespec="minutes"),  # noqa: TID251 - a benchmark tells its own time
        "cores": os.cpu_count(),
        "load_before": round(os.getloadavg()[0], 2),
        "processor": platform.machine(),
        "python": platform.python_version(),
        **{name: version(name) for name in ("django", "psycopg", "granian")},
    }


def _throughput(models: list[Any], given: argparse.Namespace) -> dict[str, Any]:
    files = preparing.drafts(models, given.files)
    share = len(files) // (given.rounds + 1)
    parts = [files[at : at + share] for at in range(0, share * (given.rounds + 1), share)]
    _hang_up()
    with asking.served():
        for arm in ARMS:
            asking.send(_posts(arm, parts[0]), given.visitors)  # warm: rules are read, connections stand
        rounds = [_round(number, part, given.visitors) for number, part in enumerate(parts[1:])]
    arms = {arm: _told([one[arm] for one in rounds], share) for arm in ARMS}
    ratios = sorted(one["bare"].seconds / one["submit"].seconds for one in rounds)
    told = {
        "visitors": given.visitors, "requests_an_arm": share * len(rounds), "rounds": len(rounds), **arms,
        "submit_over_bare": round(statistics.median(ratios), 3), "lowest_round": round(ratios[0], 3),
        "highest_round": round(ratios[-1], 3), "aim": "at least 0.333",
    }  # fmt: skip
    print(json.dumps(told, indent=2), flush=True)
    return told


def _round(number: int, part: list[Any], visitors: int) -> dict[str, Round]:
    """Run both arms over the same people; who goes first changes from round to round."""
    order = ARMS if number % 2 else ARMS[::-1]
    return {arm: asking.send(_posts(arm, part), visitors) for arm in order}


def _posts(arm: str, files: list[Any]) -> list[Post]:
    keys = preparing.sessions([eoi.candidate for eoi in files])
    return [
        Post(
            "/bench/row/" if arm == "bare" else f"/en/candidate/eoi/{eoi.reference}/check/",
            keys[eoi.candidate.pk], {"csrfmiddlewaretoken": asking.CSRF, **counting.body_of(eoi)},
        )
        for eoi in files
    ]  # fmt: skip


def _told(rounds: list[Round], share: int) -> dict[str, float]:
    each = statistics.quantiles([ms for one in rounds for ms in one.each_ms], n=100)
    return {
        "a_second": round(statistics.median(share / one.seconds for one in rounds), 1),
        "p50_ms": round(each[49], 1),
        "p99_ms": round(each[98], 1),
    }


def _pool(models: list[Any], sizes: list[int]) -> Iterator[dict[str, Any]]:
    [handed_in] = preparing.drafts(models[:1], 1)
    counting.submit(handed_in, preparing.sessions([handed_in.candidate])[handed_in.candidate.pk])
    handed_in.refresh_from_db()
    for size in sizes:
        told = counting.at_size(handed_in, models, size, repeats=60)
        print(json.dumps(told), flush=True)
        yield told


def _hang_up() -> None:
    from django.db import connections

    connections.close_all()


if __name__ == "__main__":
    main()
