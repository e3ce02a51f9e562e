"""Whole draws racing for the last places of a year, while people withdraw, expire, decline, lapse, and places are refilled.

A round issues two draws at once, each pressed twice by two directors, on a year that has fewer places than they want; the draws of
the world before are refilled at the same time, each twice. Every act runs on a connection of its own, against PostgreSQL. In the
many rounds of the proof each has two of those that want places, by chance, and up to three others.
"""

import re
from collections import Counter
from collections.abc import Callable
from contextlib import nullcontext, suppress
from threading import Barrier, BrokenBarrierError
from typing import Any

import pytest
from django.db import connection

from passerelle.allocations.models import Allocation, PlaceMove
from passerelle.allocations.operations import NoPlaceLeft
from passerelle.core.lifecycle import IllegalMove
from passerelle.core.verdicts import NotAllowed
from passerelle.draws.models import Draw
from passerelle.draws.operations import DrawBlocked
from passerelle.invitations.models import Invitation
from passerelle.invitations.operations import TooLate, issue_invitations
from passerelle.invitations.states import LIVE
from tests.allocations.test_ledger import no_constraint
from tests.invitations.racing import CATEGORIES, ISSUE, LATE, STIRRED, Act, World, at_once
from tests.support.proofs import scaled, small_and_full

pytestmark = pytest.mark.django_db(transaction=True)
# Rounds that begin from one world: with everything at once, and with a few acts.
AGAIN, AGAIN_FEW = 15, 100
# What an act may be told when another was quicker; anything else is a fault.
EXPECTED = (NoPlaceLeft, DrawBlocked, NotAllowed, IllegalMove, TooLate)


def books() -> None:
    """No place twice, nobody twice, and the year's books say what the invitations say."""
    year, live = Allocation.objects.get(), Invitation.objects.filter(state__in=LIVE)
    people = list(live.values_list("eoi__person_key", "eoi__state", "draw"))
    assert year.held + year.used <= year.places
    assert year.held == len(people)
    assert {state for _, state, _ in people} <= {"invited"}
    assert len({key for key, _, _ in people}) == len(people)
    over = Counter(draw for _, _, draw in people)
    sizes = dict(Draw.objects.filter(pk__in=over).values_list("pk", "size"))
    assert all(count <= sizes[draw] for draw, count in over.items())
    every = Counter(Invitation.objects.values_list("draw", "eoi"))
    assert set(every.values()) <= {1}
    last = PlaceMove.objects.exclude(kind="change").order_by("about", "-step").distinct("about")
    assert Counter(last.values_list("kind", flat=True))["hold"] == year.held


# Without these a round would say nothing.
NEEDED = ("invited", "refilled", "invitations declined", "invitations lapsed", "files withdrawn", "files closed")
# The two full arms run side by side, each on half the rounds.
ROUNDS = [
    (30, 0), *(pytest.param(scaled(5_000, "issue-rounds"), half, marks=pytest.mark.proof) for half in (1, 2))
]  # fmt: skip


@pytest.mark.parametrize(("rounds", "half"), ROUNDS)
def test_racing_draws_withdrawals_expiries_and_refills_spend_no_place_and_invite_nobody_twice(
    seed: int, rounds: int, half: int, record_property: Any
):
    world, seen = World(seed + half * 10**6), Counter[str]()
    few = half > 0
    with at_once() as together:
        for number in range(rounds):
            place = number % (AGAIN_FEW if few else AGAIN)
            if place == 0:
                world.renew()
            seen.update(_raced(world, together, few=few, check=place < 2))
            seen.update(worlds=place == 0)
    for name in sorted(seen):
        record_property(name, seen[name])
    assert all(seen[name] for name in NEEDED), seen


def _raced(world: World, together: Callable[[list[Act]], list[Any]], *, few: bool, check: bool) -> Counter[str]:
    """Run a round and look at its books; return what happened in it. ``check``: that going back was going back, too."""
    acts = world.begin(few=few)
    # But for what chance has changed since, the rows are those kept.
    assert not check or set(world.kept.differing()) <= set(STIRRED)
    outcomes = together(acts)
    faults = [one for one in outcomes if isinstance(one, Exception) and not isinstance(one, EXPECTED)]
    assert not faults, faults
    books()
    assert not check or not world.kept.strayed()
    told = Counter(f"told {type(one).__name__}" for one in outcomes if isinstance(one, Exception))
    return told + Counter(acts=len(acts)) + world.happened()


# --- the control arm ---


def _no_wait(own: str, both_read: Barrier) -> Callable[..., Any]:
    """Take away what makes two issues wait for each other: the lock on the year, and the one counter of references.

    Each then goes on when the other has read what is left, too: what the lock would not allow.
    """

    def execute(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        if "allocations_allocation" in sql and " FOR UPDATE" in sql:
            found = execute(re.sub(r" FOR UPDATE( OF \S+)?", "", sql), params, many, context)
            with suppress(BrokenBarrierError):
                both_read.wait(timeout=60)
            return found
        if "core_counter" in sql:
            params = [params[0] + own, *params[1:]]
        return execute(sql, params, many, context)

    return execute


def overspent(world: World, rounds: int, *, locked: bool) -> int:
    """Say in how many of the rounds the year was overspent, with the lock or without it."""
    with connection.cursor() as cursor:
        for side, begin in (("-0", 10**5), ("-1", 2 * 10**5)):
            cursor.execute(_COUNTER, [f"NT-I{side}", begin])
    return _overspent(world, rounds, locked=locked)


# Where each side counts its references from, so that they do not meet.
_COUNTER = "INSERT INTO core_counter (prefix, year, last) VALUES (%s, 2026, %s) ON CONFLICT DO NOTHING"


def _overspent(world: World, rounds: int, *, locked: bool) -> int:
    """Issue two draws at once that together want more than there is; return in how many rounds the year was overspent."""
    over = 0
    with at_once() as together:
        for _ in range(rounds):
            Allocation.objects.update(places=3)
            draws = [world.selected(category, 2) for category in CATEGORIES]
            ready, both_read = Barrier(2), Barrier(2)

            def issue(draw: Draw, side: str, ready: Barrier = ready, both_read: Barrier = both_read) -> Any:
                ready.wait()
                with nullcontext() if locked else connection.execute_wrapper(_no_wait(side, both_read)):
                    return issue_invitations(number=draw.number, by=world.directors[0], at=ISSUE)

            together([lambda d=draw, n=n: issue(d, f"-{n}") for n, draw in enumerate(draws)])  # type: ignore[misc]
            over += Invitation.objects.filter(state="issued").count() > 3
            Invitation.objects.filter(state="issued").update(state="cancelled", ended_at=LATE)
            Allocation.objects.update(held=0)
            world.clear([])
    return over


@pytest.mark.parametrize("rounds", small_and_full(2, 40, "issue-control"))
def test_without_the_lock_on_the_year_two_draws_overspend_it_and_with_it_they_do_not(
    seed: int, rounds: int, record_property: Any
):
    world = World(seed)
    assert overspent(world, rounds, locked=True) == 0
    # Without the lock the constraint still stands; without both, the year is overspent.
    assert overspent(world, rounds, locked=False) == 0
    with no_constraint():
        found = overspent(world, rounds, locked=False)
    record_property("years overspent without lock and constraint", found)
    assert found == rounds
