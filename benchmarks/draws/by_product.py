"""The act of a draw as the platform does it, over real PostgreSQL: freeze and commitment, selection with every assertion, receipts.

The pool is that of ``benchmarks.pool``, with employers. The rule has two reserves, one of which hands on what it leaves, and a
limit for each employer; equals are told apart by the instant of their submission.
"""

import json
import resource
import time
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from benchmarks.draws.by_library import Steps
from benchmarks.pool import preparing
from benchmarks.pool.preparing import PROGRAM, STREAM
from npd1 import receipts

EMPLOYERS = 20_000
SHOWN = 200  # people who look at their receipts
RULE: dict[str, Any] = {
    "key": "bench", "name": {"en": "A benchmark", "fr": "Un essai"}, "source": "benchmarks/draws", "certainty": "general",
    "order": [{"by": "points", "first": "highest"}], "ties": "submission", "cap": {"limits": [{"take": 2}]},
    "reserve": [
        {"key": "none", "name": {"en": "Nobody", "fr": "Personne"}, "categories": ["no_such"], "percent": 10, "spill": True},
        {"key": "outside", "name": {"en": "Outside", "fr": "Ailleurs"}, "when": "outside_gta", "percent": 30, "spill": True},
    ],
}  # fmt: skip
_SCORES = """
INSERT INTO eoi_scorerecord (eoi_id, pack_id, grid, facts, points, sheet, cause, by_id, at)
SELECT id, pack_id, grid, facts, points, sheet, 'submission', candidate_id, submitted_at FROM eoi_expressionofinterest
"""


def draw(folder: Path, size: int) -> dict[str, Any]:
    """Start a server, fill its pool, hold a draw over it in transactions as they are, and tell what each step took."""
    server = preparing.server(folder)
    try:
        return _held(size)
    finally:
        from django.db import connections

        connections.close_all()
        server.stop()


def _held(size: int) -> dict[str, Any]:
    from passerelle.core import clock
    from passerelle.draws import operations, queries

    at = clock.now()
    people = pool(size, at)
    planned, moment = _planned(people["draw_manager"], size, at)
    steps, given = Steps(), {"number": planned.number, "by": people["draw_manager"], "at": moment}
    with steps.timed("freeze"):
        operations.freeze(**given)
    with steps.timed("select"):
        held = operations.select(**given)
    wrong = [one for one in held.assertions if one["good"] is False]
    if wrong:
        raise RuntimeError(f"assertions that do not hold: {wrong}")
    with steps.timed("fairness"):
        operations.report_fairness(number=planned.number, at=moment)
    held, peak = queries.draw(planned.number), resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    return {
        "steps_s": steps, "draw_s": round(steps["freeze"] + steps["select"], 2), "taken": queries.chosen(held).count(),
        "filled": [[one.cell, one.places, one.filled] for one in queries.filled(held)], "receipt_ms": _receipts(held),
        "plain_sort_s": _plain_sort(held), "peak_mb": peak,
    }  # fmt: skip


def pool(size: int, at: datetime) -> dict[str, Any]:
    """Fill the pool of the server with files of employers; return its staff."""
    from django.db import connection

    from passerelle.accounts import operations as accounts
    from passerelle.accounts.models import Person
    from passerelle.allocations import operations as allocations

    people, pack = preparing.staff(at), preparing.kinds(at)
    allocations.set_places(program=PROGRAM, year=at.year, places=size, reason="Benchmark", by=people["director"], at=at)
    candidate = accounts.register(
        audience="candidate", program=PROGRAM, username="candidate", email="candidate@bench.example", name="Bench Mark",
        phone="", language="en", password=preparing.PASSWORD, at=at,
    )  # fmt: skip
    employers = Person.objects.bulk_create(
        Person(
            username=name, email=f"{name}@bench.example", name=name, audience="employer", program=PROGRAM, joined_at=at
        )
        for name in (f"employer{number}" for number in range(EMPLOYERS))
    )
    preparing.grow(size, pack, candidate, at, [one.pk for one in employers])
    with connection.cursor() as cursor:
        cursor.execute(_SCORES)
        cursor.execute("VACUUM ANALYZE")
        cursor.execute("CHECKPOINT")
    return people


def _planned(manager: Any, size: int, at: datetime) -> tuple[Any, datetime]:
    from passerelle.core.deadlines import local_day
    from passerelle.draws import operations
    from passerelle.programs import queries as programs
    from passerelle.programs.rules.selection import SelectionRule

    zone = programs.rules_in_force(PROGRAM, at).zone
    closes = at + timedelta(seconds=1)
    moment = closes + timedelta(minutes=1)
    made = operations.plan_draw(
        program=PROGRAM, held_on=local_day(moment, zone), closes_at=closes, size=max(size // 50, 10), categories=[STREAM],
        by=manager, at=at,
    )  # fmt: skip
    made.rule = {**made.rule, "selection": SelectionRule.model_validate(RULE).model_dump(mode="json")}
    made.save(update_fields=["rule"])
    return made, moment


def _receipts(held: Any) -> float:
    """Return the milliseconds that one receipt takes, of some people all over the tree; each must prove its line."""
    from passerelle.draws import queries

    step = max(1, held.pool_size // SHOWN)
    places = queries.in_order(held).filter(standing__position__in=range(1, held.pool_size + 1, step))
    shown = [one.eoi for one in places.select_related("eoi")]
    began = time.perf_counter()
    made = [queries.receipt(held, one) for one in shown]
    each = (time.perf_counter() - began) / len(made)
    if not all(one and receipts.proves(json.loads(one.to_bytes())) for one in made):
        raise RuntimeError("a receipt that proves nothing")
    return round(each * 1000, 2)


def _plain_sort(held: Any) -> float:
    """Return the seconds that the server takes to sort the same entries by points and date of effect."""
    from django.db import connection

    # By what no index has ready, and the last row alone, so that all are sorted and nothing is handed over.
    statement = "SELECT * FROM draws_entry WHERE draw_id = %s ORDER BY points DESC, placed_at, eoi_id OFFSET %s"
    times = []
    for _ in range(3):
        began = time.perf_counter()
        with connection.cursor() as cursor:
            cursor.execute(statement, [held.pk, held.pool_size - 1])
            cursor.fetchone()
        times.append(time.perf_counter() - began)
    return round(sorted(times)[1], 3)
