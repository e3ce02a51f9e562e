"""What is asked of large draws afterwards: an error worked out and repaired, somebody's other points, the auditor's bundle.

Two draws by points and lot with reserves and limits, one after the other over the same pool (``by_product``), their invitations
issued. Each question is told with its seconds, its statements, and how much more memory it took than anything before it.
"""

import resource
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from benchmarks.draws.by_product import RULE, pool
from benchmarks.pool import preparing
from benchmarks.pool.preparing import PROGRAM, STREAM

LOTS = {**RULE, "ties": "lot"}
TAKEN = 500
DIGITS = "3141592653589793238462643383279502884197"
WORDS = {"en": "A limit was read wrongly.", "fr": "Une limite a été mal lue."}


def draw(folder: Path, size: int) -> dict[str, Any]:
    """Start a server, fill its pool, hold two draws over it, and tell what each question about them takes."""
    server = preparing.server(folder)
    try:
        return _asked(size)
    finally:
        from django.db import connections

        connections.close_all()
        server.stop()


class Questions(dict[str, dict[str, float]]):
    """What each question took."""

    @contextmanager
    def of(self, name: str) -> Iterator[None]:
        """Measure one question."""
        from django.db import connection

        statements = 0

        def counted(execute: Any, *given: Any) -> Any:
            nonlocal statements
            statements += 1
            return execute(*given)

        before, began = _peak(), time.perf_counter()
        with connection.execute_wrapper(counted):
            yield
        taken = round(time.perf_counter() - began, 2)
        self[name] = {"seconds": taken, "statements": statements, "more_mb": _peak() - before}
        print(name, self[name], file=sys.stderr, flush=True)


def _peak() -> int:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024


def _asked(size: int) -> dict[str, Any]:
    from passerelle.core import clock
    from passerelle.draws import correcting, counterfactual, harm, operations, queries, repairing
    from passerelle.draws.pages.zips import zipped
    from passerelle.invitations import operations as invitations

    at = clock.now()
    people = pool(size, at)
    second = _another(at)
    questions = Questions()
    first, moment = _held(people, second, at)
    later, moment = _held(people, second, moment + timedelta(minutes=5))
    taken = [one.eoi for one in queries.chosen(first).select_related("eoi").order_by("standing__position")]

    lower = counterfactual.Supposed((taken[-1].points or 0) - 1)
    with questions.of("other points, with a lot in a later draw"):
        found = counterfactual.of(first, taken[-1], lower, at=moment)
    if found is None or found.own.taken or found.held != 1:
        raise RuntimeError(f"not what was asked: {found}")
    one_wrong = correcting.Correction(out=(taken[0].reference,))
    with questions.of("an error worked out: one who should not have been in"):
        hurt = harm.found(first, one_wrong, moment)
        repairing.options(first, hurt, moment)
    with questions.of("an error worked out: twice as many places"):
        harm.found(first, correcting.Correction(size=2 * TAKEN), moment)
    with questions.of("an error worked out: everybody looked for"):
        harm.found(first, correcting.Correction(look=True), moment)
    one_wrong = correcting.Correction(out=(queries.chosen(later).select_related("eoi")[0].eoi.reference,))
    given: dict[str, Any] = {"number": later.number, "at": moment}
    with questions.of("a repair planned"):
        plan = operations.plan_repair(
            **given, said=one_wrong, way="invite", what=WORDS, notice=WORDS, reason="A benchmark", by=people["director"]
        )
    with questions.of("a repair carried out"):
        invitations.carry_out_repair(**given, repair=plan.pk, by=second)
    with questions.of("the auditor's bundle"):
        length = sum(len(piece) for piece in zipped(queries.sealed(later), "auditor.zip"))
    with questions.of("the public bundle's result"):
        queries.result_file(later)
    return {"questions": questions, "bundle_mb": round(length / 1_000_000), "peak_mb": _peak(), "taken": TAKEN}


def _another(at: datetime) -> Any:
    """Enrol somebody who throws dice with the draw manager and accepts what the director planned."""
    from passerelle.accounts import operations as accounts

    link = accounts.create_staff(
        username="second", email="second@bench.example", name="second", language="en", at=at,
        roles=[(PROGRAM, "draw_manager"), (PROGRAM, "director")],
    )  # fmt: skip
    accounts.redeem_link(token=link.token, password=preparing.PASSWORD, at=at)
    return link.person


def _held(people: dict[str, Any], second: Any, at: datetime) -> tuple[Any, datetime]:
    """Hold a draw from its plan to its invitations; return it and the instant after."""
    from passerelle.core.deadlines import local_day
    from passerelle.draws import operations, queries
    from passerelle.invitations import operations as invitations
    from passerelle.programs import queries as programs
    from passerelle.programs.rules.selection import SelectionRule

    manager, closes = people["draw_manager"], at + timedelta(seconds=1)
    moment = closes + timedelta(minutes=1)
    made = operations.plan_draw(
        program=PROGRAM, held_on=local_day(moment, programs.rules_in_force(PROGRAM, at).zone), closes_at=closes, size=TAKEN,
        categories=[STREAM], by=manager, at=at,
    )  # fmt: skip
    rule = SelectionRule.model_validate(LOTS).model_dump(mode="json")
    terms = {**made.rule["terms"], "seed": "dice", "notice_days": 0, "objection_hours": 0}
    made.rule = {**made.rule, "selection": rule, "terms": terms}
    made.save(update_fields=["rule"])
    given: dict[str, Any] = {"number": made.number, "at": moment}
    operations.freeze(**given, by=manager)
    for one in (manager, second):
        operations.enter_dice(**given, digits=DIGITS, by=one)
    operations.select(**given, by=manager)
    operations.accept(**given, by=people["director"])
    invitations.issue_invitations(**given, by=people["director"])
    return queries.draw(made.number), moment + timedelta(minutes=1)
