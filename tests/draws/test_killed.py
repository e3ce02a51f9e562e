"""The act of a draw killed with SIGKILL wherever it can be hurt: what was committed has the same bytes, the rest never happened.

Each step of the act runs in a process of its own on PostgreSQL. The process is stopped before its first statement, its second and
so on to the last, or after a call named here (in the middle of the tickets, of the leaves, of the self-test, ...), and killed
there; then another process does the step. Killed before the commit, not one row differs from before: tickets and salts, which
are drawn afresh each time, are nobody's until they are committed to. Killed after the commit and before anybody was told, the
step is done: doing it again is refused, and the act goes on. At the end notice, commitment, result, bundles and every receipt
are those of an act over the same frozen pool that nothing disturbed.
"""

import os
import secrets
import signal
from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection, connections

import npd1.leaves
import npd1.seed
import npd1.tree
from passerelle.allocations import operations as allocations
from passerelle.core import sealing
from passerelle.core.lifecycle import IllegalMove
from passerelle.core.verdicts import NotAllowed
from passerelle.draws import bias, checking, queries
from passerelle.draws.correcting import Correction
from passerelle.draws.models import Draw, Objection, PublishedNotice, Repair
from passerelle.draws.operations import (
    accept,
    answer_objection,
    enter_dice,
    freeze,
    object_to_draw,
    plan_repair,
    publish_notice,
    select,
)
from passerelle.eoi import operations as eois
from passerelle.eoi.models import ExpressionOfInterest
from passerelle.invitations.operations import carry_out_repair, issue_invitations
from pointsgrid import draw as choosing
from tests.access.world import taken_back
from tests.draws.support import HOUR, NOON, OPENED, chance_program, director, manager, places, planned, pool
from tests.proofs.hurting import eventually
from tests.support.bundles import whole
from tests.support.proofs import scaled

pytestmark = pytest.mark.django_db(transaction=True)
AFTER = NOON + 25 * HOUR
DIGITS = "3141592653589793238462643383279502884197"
Act = Callable[[], Any]
# Before which statements a step is killed: every fiftieth with each change, every one in the proof (or every n-th, at a share).
SELDOM = 50
EACH = round(100 / scaled(100, "draw-kills"))

# Where a step is stopped besides its statements: after the n-th call of a function.
CALLS: dict[str, list[tuple[Any, str, int]]] = {
    "notice": [(sealing, "sign", 1)],
    # Tickets go in by COPY, which is no statement here; of each block of leaves the first is made again, here the only one.
    "freeze": [
        (secrets, "token_bytes", 1), (npd1.leaves, "leaf_hash", 1), (npd1.tree.Blocks, "extend", 1), (sealing, "sign", 1),
    ],
    "seed": [(npd1.seed, "seed_of", 1), (npd1.seed, "tie_of", 1)],
    "select": [(choosing, "select_among", 1), (checking, "findings", 1), (bias, "leanings", 1)],
    "issue": [(checking, "findings", 1), (allocations, "hold", 1), (eois, "mark_invited", 1)],
    "repair": [(allocations, "release", 1), (allocations, "hold", 1), (eois, "mark_invited", 1)],
    "bundle": [(sealing, "sign", 1)],
}  # fmt: skip
# Done again it is another one: nothing refuses it.
AGAIN = ("plan a repair",)


class Story:
    """One draw over twenty-four people, its staff, and the steps of its act in order."""

    def __init__(self) -> None:
        chance_program()
        places()
        self.files = pool([500, *[400] * 20, 300, 290, 280])
        self.first, self.second, self.head, self.other = manager(), manager(), director(), director()
        self.number = planned(8, by=self.first).number
        mine, number = self.files[3], self.number
        self.steps: dict[str, Act] = {
            "notice": lambda: publish_notice(number=number, by=self.first, at=OPENED + HOUR),
            "freeze": lambda: freeze(number=number, by=self.first, at=NOON),
            "objection": lambda: object_to_draw(
                number=number, reference=mine.reference, words="I have 450.", by=mine.candidate, at=NOON + HOUR
            ),
            "answer": lambda: answer_objection(
                number=number, objection=Objection.objects.get().pk, answer="You have 400.", by=self.first, at=AFTER
            ),
            "dice": lambda: enter_dice(number=number, digits=DIGITS, by=self.first, at=AFTER),
            "seed": lambda: enter_dice(number=number, digits=DIGITS, by=self.second, at=AFTER),
            "select": lambda: select(number=number, by=self.first, at=AFTER),
            "accept": lambda: accept(number=number, by=self.head, at=AFTER),
            "issue": lambda: issue_invitations(number=number, by=self.head, at=AFTER),
            "plan a repair": self._plan_repair,
            "repair": lambda: carry_out_repair(
                number=number, repair=Repair.objects.get().pk, by=self.other, at=AFTER + HOUR
            ),
        }

    def between(self, step: str) -> None:
        """Two of those selected leave before the issue, so that their places are filled while it is killed."""
        if step == "accept":
            gone = [one.eoi_id for one in queries.chosen(self.draw)[1:3]]
            ExpressionOfInterest.objects.filter(pk__in=gone).update(state="withdrawn", closed_at=AFTER)

    def _plan_repair(self) -> None:
        """After the issue an error is found: the first had points that were too high, and somebody was kept out by it."""
        words = {"en": "One file had points that were too high.", "fr": "Un dossier avait trop de points."}
        plan_repair(
            number=self.number, said=Correction(files={self.files[0].reference: {"points": 100}}), way="replace", what=words,
            notice=words, reason="A mistake of ours.", by=self.head, at=AFTER + HOUR,
        )  # fmt: skip

    @property
    def draw(self) -> Draw:
        return queries.draw(self.number)

    def straight(self, begin: str) -> dict[str, bytes]:
        """What comes of the act from a step on when nothing disturbs it; then it is taken back."""
        names = list(self.steps)
        with taken_back():
            for name in names[names.index(begin) :]:
                self.steps[name]()
                self.between(name)
            return self.told()

    def told(self) -> dict[str, bytes]:
        """Everything a draw says when it is over: its run, both bundles, the receipt of each person."""
        found = {"run": queries.record_of_run(self.draw), **self.bundles()}
        for one in self.files:
            receipt = queries.receipt(self.draw, one)
            assert receipt
            found[f"receipt/{one.reference}"] = receipt.to_bytes()
        return found

    def bundles(self) -> dict[str, bytes]:
        """The files of the public's bundle and of the auditor's."""
        draw = self.draw
        both = {"public": whole(queries.public(draw)), "sealed": whole(queries.sealed(draw))}
        return {f"{kind}/{name}": data for kind, members in both.items() for name, data in members.items()}


class Stop:
    """Stops a child for good before its n-th statement, when it has said so."""

    def __init__(self, place: int, pipe: int) -> None:
        self.place, self.pipe, self.count = place, pipe, 0

    def __call__(self, execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        self.count += 1
        if self.count == self.place:
            self.here(sql[:60])
        return execute(sql, params, many, context)

    def here(self, where: str) -> None:
        os.write(self.pipe, f"at {where}".encode())
        while True:
            signal.pause()

    def after(self, module: Any, name: str, times: int) -> None:
        """Stop after a function was called so many times."""
        original, calls = getattr(module, name), 0

        def called(*arguments: Any, **named: Any) -> Any:
            nonlocal calls
            answer, calls = original(*arguments, **named), calls + 1
            if calls == times:
                self.here(name)
            return answer

        setattr(module, name, called)


def killed(act: Act, place: int = 0, call: tuple[Any, str, int] | None = None) -> str:
    """Do ``act`` in a process of its own, kill it where it stops, and return where: ``done`` when it had committed everything."""
    connections.close_all()
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        _in_child(act, Stop(place, writing), call)
    os.close(writing)
    where = os.read(reading, 500).decode()
    os.close(reading)
    os.kill(child, signal.SIGKILL)
    assert os.WTERMSIG(os.waitpid(child, 0)[1]) == signal.SIGKILL
    eventually(_alone)
    return where


def _in_child(act: Act, stop: Stop, call: tuple[Any, str, int] | None) -> None:
    try:
        if call:
            stop.after(*call)
        with connection.execute_wrapper(stop):
            act()
        os.write(stop.pipe, b"done")
        while True:
            signal.pause()
    except BaseException as fault:
        os.write(stop.pipe, f"fault: {fault!r}".encode()[:500])
    finally:
        while True:
            signal.pause()


def _alone() -> bool:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"
            " AND backend_type = 'client backend'"
        )
        return bool(cursor.fetchone() == (0,))


def rows() -> dict[str, str]:
    """A digest of every row of every table."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public' ORDER BY tablename")
        tables = [name for (name,) in cursor.fetchall()]
        every = " UNION ALL ".join(
            f"SELECT '{name}', md5(coalesce(string_agg(t::text, E'\\n' ORDER BY t::text), '')) FROM \"{name}\" AS t"
            for name in tables
        )
        cursor.execute(every)
        return dict(cursor.fetchall())


def hurt(name: str, act: Act, every: int, *, commits: bool = True) -> int:
    """Kill a step at its statements and calls, each time from the start; the last kill is after its commit. Return how many.

    After the commit a step may go on to wake the worker that mails; the letters are committed, and it finds them unwoken.
    """
    before, kills = rows(), 0
    for call in CALLS.get(name, [])[-1 if every >= SELDOM else 0 :]:
        where = killed(act, call=call)
        assert where == f"at {call[1]}", (name, where)
        assert rows() == before, (name, where)
        kills += 1
    place = 1
    while (where := killed(act, place)) != "done":
        assert where.startswith("at "), (name, where)
        kills, place = kills + 1, place + every
        if "procrastinate" in where and rows() != before:
            return kills
        assert rows() == before, (name, place, where)
    assert (rows() != before) is commits, name
    return kills + 1


@pytest.mark.parametrize("every", [SELDOM, pytest.param(EACH, marks=pytest.mark.proof)])
def test_a_draw_killed_anywhere_goes_on_to_the_same_bytes(every: int, record_property: Any):
    story, kills = Story(), {}
    with taken_back():
        story.steps["notice"]()
        notice = PublishedNotice.objects.get().document
    expected: dict[str, bytes] = {}
    for name, act in story.steps.items():
        kills[name] = hurt(name, act, every)
        if name not in AGAIN:
            with pytest.raises((IllegalMove, NotAllowed)):
                act()
        story.between(name)
        if name == "freeze":
            expected = story.straight("objection")
        if name == "notice":
            assert PublishedNotice.objects.get().document == notice
    kills["bundle"] = hurt("bundle", story.bundles, every, commits=False)

    found = story.told()
    assert {key for key, data in expected.items() if found.get(key) != data} == set()
    assert found.keys() == expected.keys()
    record_property("killed and taken up again", sum(kills.values()))
    record_property("by step", kills)
    record_property("files and receipts compared", len(found))
