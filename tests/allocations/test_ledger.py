"""The ledger of places: moved, never counted; never overspent, with a control arm that is."""

import random
import re
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext, suppress
from datetime import UTC, date, datetime
from threading import Barrier
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction
from django.db.utils import DatabaseError

from passerelle.accounts.models import Person, Role
from passerelle.allocations import queries
from passerelle.allocations.models import Allocation, PlaceMove
from passerelle.allocations.operations import (
    BelowHeldAndUsed,
    NeverHeld,
    NoPlaceLeft,
    give_back,
    hold,
    release,
    set_places,
    set_target,
    use,
    use_unheld,
)
from passerelle.core import audit
from passerelle.core.verdicts import NotAllowed
from tests.support.proofs import small_and_full
from tests.support.threads import together

NOON = datetime(2026, 3, 25, 18, tzinfo=UTC)
pytestmark = pytest.mark.django_db


def staff(username: str, *roles: str) -> Person:
    person = Person.objects.create(
        username=username, email=f"{username}@example.org", name=username.title(), audience="staff", joined_at=NOON
    )
    for role in roles:
        Role.objects.create(person=person, program="ca-nt", role=role, granted_at=NOON)
    return person


@pytest.fixture
def director() -> Person:
    return staff("dora", "director")


@pytest.fixture
def year(director: Person) -> Allocation:
    return set_places(program="ca-nt", year=2026, places=10, reason="Set by Canada", by=director, at=NOON)


def numbers() -> tuple[int, int, int, int]:
    places = queries.places("ca-nt", 2026)
    return places.total, places.held, places.used, places.left


def held(*about: str, **more: Any) -> int:
    return hold(program="ca-nt", year=2026, about=about, by=None, at=NOON, **more)


def test_a_director_sets_the_places_of_a_year_and_the_reason_is_kept(director: Person):
    for places, reason, day in ((197, "Set by Canada", date(2026, 2, 18)), (300, "Raised", date(2026, 10, 17))):
        set_places(program="ca-nt", year=2026, places=places, reason=reason, by=director, at=NOON, effective_on=day)

    told = [(m.before, m.after, m.reason, m.effective_on, m.by) for m in queries.changes("ca-nt", 2026)]
    assert told == [
        (197, 300, "Raised", date(2026, 10, 17), director),
        (0, 197, "Set by Canada", date(2026, 2, 18), director),
    ]
    assert numbers() == (300, 0, 0, 300)
    assert [row.event for row in audit.trail("places-ca-nt-2026")] == ["allocation.set", "allocation.set"]
    assert [move.step for move in PlaceMove.objects.order_by("id")] == [1, 2]


@pytest.mark.parametrize("roles", [(), ("officer",), ("draw_manager",), ("administrator",)])
def test_nobody_but_a_director_sets_places(roles: tuple[str, ...]):
    with pytest.raises(NotAllowed, match="director"):
        set_places(program="ca-nt", year=2026, places=1, reason="x", by=staff("sam", *roles), at=NOON)

    assert not Allocation.objects.exists()


def test_a_director_of_another_program_does_not(director: Person):
    with pytest.raises(NotAllowed):
        set_places(program="ca-on", year=2026, places=1, reason="x", by=director, at=NOON)


def test_places_are_held_used_and_given_back(year: Allocation):
    assert held("NT-I-1", "NT-I-2", "NT-I-3") == 3
    assert use(about=["NT-I-1"], by=None, at=NOON)
    assert release(about=["NT-I-2"], by=None, at=NOON, reason="Declined")

    assert numbers() == (10, 1, 1, 8)


def test_what_was_held_and_what_that_left_is_in_the_trail(year: Allocation):
    held("NT-I-1", "NT-I-2", "NT-I-3")
    held("NT-I-3", "NT-I-4")

    told = [row.detail for row in audit.trail("places-ca-nt-2026") if row.event == "allocation.held"]
    assert told == [{"places": 3, "left": 7}, {"places": 1, "left": 6}]


def test_the_moves_of_a_place_are_numbered_without_a_gap(year: Allocation):
    held("NT-I-1")
    use(about=["NT-I-1"], by=None, at=NOON)
    release(about=["NT-I-1"], by=None, at=NOON)

    assert [(move.step, str(move.kind)) for move in PlaceMove.objects.filter(about="NT-I-1").order_by("id")] == [
        (1, "hold"), (2, "use"), (3, "release"),
    ]  # fmt: skip


def test_a_place_already_used_can_be_given_back(year: Allocation):
    held("NT-I-1")
    use(about=["NT-I-1"], by=None, at=NOON)

    release(about=["NT-I-1"], by=None, at=NOON, reason="Nomination withdrawn")

    assert numbers() == (10, 0, 0, 10)


def test_every_move_done_twice_is_done_once(year: Allocation):
    assert [held("NT-I-1"), held("NT-I-1", "NT-I-2")] == [1, 1]
    assert [use(about=["NT-I-1"], by=None, at=NOON) for _ in range(2)] == [1, 0]
    assert [release(about=["NT-I-2"], by=None, at=NOON) for _ in range(2)] == [1, 0]

    assert numbers() == (10, 0, 1, 9)
    assert PlaceMove.objects.exclude(kind="change").count() == 4


def test_a_place_given_back_cannot_be_used_and_one_never_held_cannot_be_moved(year: Allocation):
    held("NT-I-1")
    release(about=["NT-I-1"], by=None, at=NOON)

    for act in (use, release):
        with pytest.raises(NeverHeld):
            act(about=["NT-I-9"], by=None, at=NOON)
    with pytest.raises(NeverHeld):
        use(about=["NT-I-1"], by=None, at=NOON)


def test_a_place_given_back_can_be_held_again(year: Allocation):
    for _ in range(2):
        held("NT-I-1")
        release(about=["NT-I-1"], by=None, at=NOON)
    held("NT-I-1")

    assert numbers() == (10, 1, 0, 9)


def test_more_than_is_left_holds_none(year: Allocation):
    held(*(f"NT-I-{n}" for n in range(8)))

    with pytest.raises(NoPlaceLeft) as refusal:
        held("NT-I-8", "NT-I-9", "NT-I-10")

    assert (refusal.value.wanted, refusal.value.left) == (3, 2)
    assert numbers() == (10, 8, 0, 2)


def test_the_last_place_is_held_too(year: Allocation):
    held(*(f"NT-I-{n}" for n in range(8)))

    assert held("NT-I-8", "NT-I-9") == 2
    assert numbers() == (10, 10, 0, 0)


def test_a_year_not_set_has_no_places():
    for about in (["NT-I-1"], []):
        with pytest.raises(NoPlaceLeft) as refusal:
            held(*about)
        assert (refusal.value.wanted, refusal.value.left) == (len(about), 0)

    assert numbers() == (0, 0, 0, 0)


def test_places_are_not_reduced_under_those_held_and_used(year: Allocation, director: Person):
    held("NT-I-1", "NT-I-2")
    use(about=["NT-I-1"], by=None, at=NOON)

    with pytest.raises(BelowHeldAndUsed):
        set_places(program="ca-nt", year=2026, places=1, reason="Cut", by=director, at=NOON)
    set_places(program="ca-nt", year=2026, places=2, reason="Cut", by=director, at=NOON)

    assert numbers() == (2, 1, 1, 0)


@pytest.mark.parametrize("slip", ["held = places + 1", "used = places + 1", "places = 0", "held = -1"])
def test_the_database_refuses_what_a_slip_in_code_would_write(year: Allocation, slip: str):
    held("NT-I-1")

    with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(f"UPDATE allocations_allocation SET {slip}")


@pytest.mark.parametrize("statement", ["UPDATE {} SET about = 'x'", "DELETE FROM {}", "TRUNCATE {}"])
def test_moves_are_never_rewritten(year: Allocation, statement: str):
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        with pytest.raises(DatabaseError, match=r"Cannot|never rewritten"), transaction.atomic():
            cursor.execute(statement.format("allocations_placemove"))


# Races: real connections, one thread each.


def _no_lock(all_read: Barrier) -> Callable[..., Any]:
    """Take the lock away. Each goes on when all have read what is left: what the lock would not allow."""

    def execute(execute: Any, sql: str, *rest: Any) -> Any:
        found = execute(re.sub(r" FOR UPDATE( OF \S+)?", "", sql), *rest)
        if "allocations_allocation" in sql and " FOR UPDATE" in sql:
            all_read.wait(timeout=60)
        return found

    return execute


@contextmanager
def no_constraint() -> Iterator[None]:
    """Take the last wall away for a while."""
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE allocations_allocation DROP CONSTRAINT allocation_never_overspent")
    try:
        yield
    finally:
        Allocation.objects.update(held=0, used=0)
        with connection.cursor() as cursor:
            cursor.execute(
                "ALTER TABLE allocations_allocation ADD CONSTRAINT allocation_never_overspent"
                " CHECK (held >= 0 AND used >= 0 AND places >= held + used)"
            )


def overspent(years: range, *, locked: bool) -> tuple[int, set[type]]:
    """In each year hold places for two draws at once that together want more than there are.

    Return the number of years overspent, and what the losers were told.
    """
    over, told = 0, set()
    for year in years:
        Allocation.objects.create(program="ca-nt", year=year, places=65)
        both_read = Barrier(2)

        def draw(side: int, year: int = year, both_read: Barrier = both_read) -> int:
            about = [f"{year}-{side}-{n}" for n in range(40)]
            with nullcontext() if locked else connection.execute_wrapper(_no_lock(both_read)):
                return hold(program="ca-nt", year=year, by=None, at=NOON, about=about)

        told |= {type(outcome) for outcome in together(2, draw) if isinstance(outcome, Exception)}
        over += PlaceMove.objects.filter(allocation__year=year, kind="hold").count() > 65
    return over, told


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("rounds", small_and_full(15, 400, "overspending"))
def test_draws_at_once_never_overspend_a_year_and_without_the_guards_they_do(rounds: int):
    assert overspent(range(2000, 2000 + rounds), locked=True) == (0, {NoPlaceLeft})

    # Control arms: without the lock the constraint still stands; without both, the year is overspent.
    assert overspent(range(4000, 4000 + rounds), locked=False)[0] == 0
    with no_constraint():
        assert overspent(range(6000, 6000 + rounds), locked=False)[0] == rounds


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("rounds", small_and_full(60, 10_000, "ledger"))
def test_draws_refusals_nominations_and_cuts_at_once_keep_the_books(seed: int, rounds: int, director: Person):
    set_places(program="ca-nt", year=2026, places=30, reason="Set", by=director, at=NOON)
    pool = [f"NT-I-{number}" for number in range(60)]

    def live(worker: int) -> None:
        rng = random.Random(seed * 100 + worker)
        for _ in range(rounds // 6):
            act = rng.choice((_hold_some, _give_back, _nominate, _change_places))
            with suppress(NoPlaceLeft, NeverHeld, BelowHeldAndUsed):
                act(rng, pool, director)

    faults = [outcome for outcome in together(6, live) if outcome is not None]

    row = Allocation.objects.get()
    last = PlaceMove.objects.exclude(kind="change").order_by("about", "-step").distinct("about")
    standing = Counter(last.values_list("kind", flat=True))
    assert not faults
    assert (row.held, row.used) == (standing["hold"], standing["use"])
    assert row.held + row.used <= row.places


def _hold_some(rng: random.Random, pool: list[str], _: Person) -> None:
    held(*rng.sample(pool, rng.randrange(1, 9)))


def _give_back(rng: random.Random, pool: list[str], _: Person) -> None:
    release(about=[rng.choice(pool)], by=None, at=NOON)


def _nominate(rng: random.Random, pool: list[str], _: Person) -> None:
    use(about=[rng.choice(pool)], by=None, at=NOON)


def _change_places(rng: random.Random, _: list[str], director: Person) -> None:
    set_places(program="ca-nt", year=2026, places=rng.randrange(20, 40), reason="Moved", by=director, at=NOON)


# --- streams that use a place at nomination ---


def nominated(about: str, year: int = 2026, **more: Any) -> int:
    return use_unheld(program="ca-nt", year=year, about=about, by=None, at=NOON, **more)


def test_a_nomination_takes_a_place_that_nothing_held_and_once_only(year: Allocation):
    assert [nominated("ON-I-1"), nominated("ON-I-1")] == [1, 0]
    assert numbers() == (10, 0, 1, 9)

    assert [give_back(about=one, by=None, at=NOON) for one in ("ON-I-1", "ON-I-1", "ON-I-2")] == [1, 0, 0]
    assert nominated("ON-I-1") == 1
    assert numbers() == (10, 0, 1, 9)


def test_the_last_place_goes_to_one_nomination(year: Allocation):
    held(*(f"NT-I-{n}" for n in range(9)))
    nominated("ON-I-1")

    with pytest.raises(NoPlaceLeft) as refusal:
        nominated("ON-I-2")

    assert (refusal.value.wanted, refusal.value.left) == (1, 0)


def nominations_at_once(years: range, *, locked: bool) -> tuple[int, set[type]]:
    """In each year let three nominations race for one place; return the years overspent, and what the losers were told."""
    over, told = 0, set()
    for year in years:
        Allocation.objects.create(program="ca-nt", year=year, places=1)
        all_read = Barrier(3)

        def nominate(side: int, year: int = year, all_read: Barrier = all_read) -> int:
            with nullcontext() if locked else connection.execute_wrapper(_no_lock(all_read)):
                return nominated(f"{year}-{side}", year)

        told |= {type(outcome) for outcome in together(3, nominate) if isinstance(outcome, Exception)}
        over += PlaceMove.objects.filter(allocation__year=year, kind="use").count() > 1
    return over, told


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("rounds", small_and_full(15, 200, "nominations"))
def test_nominations_at_once_never_overspend_a_year_and_without_the_guards_they_do(rounds: int):
    assert nominations_at_once(range(2000, 2000 + rounds), locked=True) == (0, {NoPlaceLeft})

    # Control arms: without the lock the constraint still stands; without both, the year is overspent.
    assert nominations_at_once(range(4000, 4000 + rounds), locked=False)[0] == 0
    with no_constraint():
        assert nominations_at_once(range(6000, 6000 + rounds), locked=False)[0] == rounds


def test_each_word_on_a_target_is_on_the_trail_with_what_it_replaced(year: Allocation, director: Person):
    for places, reason in ((8, "Planned"), (4, "Moved to the others")):
        set_target(program="ca-nt", year=2026, stream="graduates", places=places, reason=reason, by=director, at=NOON)

    told = [one.detail for one in audit.trail("places-ca-nt-2026") if one.event == "allocation.target"]
    assert [(one["before"], one["after"], one["reason"]) for one in told] == [
        (None, 8, "Planned"),
        (8, 4, "Moved to the others"),
    ]


def test_each_stream_is_seen_beside_its_latest_target(year: Allocation, director: Person):
    for places, reason in ((8, "Planned"), (4, "Moved to the others")):
        set_target(program="ca-nt", year=2026, stream="graduates", places=places, reason=reason, by=director, at=NOON)
    held("NT-I-1", "NT-I-2", "NT-I-3", stream="employer")
    use(about=["NT-I-1"], by=None, at=NOON)
    release(about=["NT-I-2"], by=None, at=NOON)
    nominated("ON-I-1", stream="graduates")

    seen = queries.by_stream("ca-nt", 2026, ["employer", "graduates"])

    assert [(one.target, one.held, one.used, one.released, one.left) for one in seen] == [
        (None, 1, 1, 1, None),
        (4, 0, 1, 0, 3),
    ]
    assert [(one.places, one.reason) for one in queries.targets("ca-nt", 2026)] == [
        (4, "Moved to the others"),
        (8, "Planned"),
    ]


@pytest.mark.parametrize("roles", [(), ("officer",), ("draw_manager",)])
def test_nobody_but_a_director_sets_a_target(roles: tuple[str, ...]):
    with pytest.raises(NotAllowed, match="director"):
        set_target(program="ca-nt", year=2026, stream="x", places=1, reason="x", by=staff("sam", *roles), at=NOON)
