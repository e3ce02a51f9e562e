"""No sequence of edits gains a place it should not: walks of changes, holds and renewals against a rule told apart from the code.

Several people press in turn whatever the platform offers them (and what it refuses changes nothing). Beside it a book is kept
of when each file stood at which score, counted from the answers by a table of this file. After every press each place must be
the one that a slow reading of the book gives, and the order of the pool the one that follows from points and places.
"""

import random
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.db import transaction

from passerelle.core.lifecycle import IllegalMove
from passerelle.core.verdicts import NotAllowed
from passerelle.eoi import operations, queries
from passerelle.eoi.models import ExpressionOfInterest
from passerelle.programs import files
from passerelle.programs.models import Pack, Program
from passerelle.project.invariants import broken, check
from tests.support.proofs import small_and_full
from tests.support.sample import FOLDER, NOON, OPENED, SAMPLE, an_eoi, answer, change, fresh

pytestmark = pytest.mark.django_db

RULES = ("date_of_effect", "first_submission", "resubmission")
DEGREES = {"none": 0, "bachelor": 10, "master": 20, "doctorate": 30}
YEARS = {0: 0, 1: 10, 4: 20, 9: 30}
REFUSALS = (NotAllowed, IllegalMove)


def program(rule: str) -> None:
    """The sample program with one rule of place for all, and files that can be put on hold."""
    sources = dict(files.sources(FOLDER))
    told = sources["program.yaml"].replace("hold: false", "hold: true")
    for other in RULES:
        told = told.replace(f"place_after_change: {other}", f"place_after_change: {rule}")
    sources["program.yaml"] = told
    Program.objects.get_or_create(code=SAMPLE, defaults={"opened_at": OPENED})
    Pack.objects.create(
        code=SAMPLE, version="2026-1", kind="program", program_id=SAMPLE, sha256=files.fingerprint(sources),
        sources=sources, loaded_at=OPENED, in_force_from=datetime(2026, 1, 1, tzinfo=UTC),
    )  # fmt: skip


@dataclass
class Walker:
    """One person, their live file, and the book kept on it."""

    rule: str
    eoi: ExpressionOfInterest
    said: dict[str, Any]
    # Every handing in of this file and what it was worth, and every return from a hold.
    book: list[tuple[datetime, int]] = field(default_factory=list)
    returns: list[datetime] = field(default_factory=list)
    held: bool = False

    @property
    def worth(self) -> int:
        return DEGREES[self.said["degree"]] + YEARS[self.said["years_worked"]]

    def place(self, now: datetime) -> datetime:
        """The place that the book gives, read the slow way."""
        handed_in = [instant for instant, _worth in self.book]
        if self.rule == "first_submission":
            return min(handed_in)
        if self.rule == "resubmission":
            return max([*handed_in, *self.returns])
        ends = [*handed_in[1:], now]
        stretches = [(begin, end, worth) for (begin, worth), end in zip(self.book, ends, strict=True)]
        return min(
            begin for begin, _end, _worth in stretches
            if all(worth >= self.worth for from_, _to, worth in stretches if from_ >= begin)
        )  # fmt: skip

    # --- what one may press ---

    def edit(self, dice: random.Random, at: datetime) -> None:
        said = {"degree": dice.choice(list(DEGREES)), "years_worked": dice.choice(list(YEARS))}
        change(self.eoi, at=at, **said)
        self.said |= said
        self.book.append((at, self.worth))

    def save_the_same(self, dice: random.Random, at: datetime) -> None:
        change(self.eoi, at=at)
        self.book.append((at, self.worth))

    def think_better_of_it(self, dice: random.Random, at: datetime) -> None:
        operations.begin_change(reference=self.eoi.reference, by=self.eoi.candidate, at=at)
        operations.save_change_section(
            reference=self.eoi.reference, section="work", answers={"degree": "doctorate"}, by=self.eoi.candidate, at=at
        )
        operations.drop_change(reference=self.eoi.reference, by=self.eoi.candidate, at=at)

    def hold(self, dice: random.Random, at: datetime) -> None:
        operations.hold_eoi(reference=self.eoi.reference, by=self.eoi.candidate, at=at)
        self.held = True

    def resume(self, dice: random.Random, at: datetime) -> None:
        operations.resume_eoi(reference=self.eoi.reference, by=self.eoi.candidate, at=at)
        self.held = False
        self.returns.append(at)

    def renew(self, dice: random.Random, at: datetime) -> None:
        self._file_again(at)

    def withdraw_and_file_again(self, dice: random.Random, at: datetime) -> None:
        operations.withdraw_eoi(reference=self.eoi.reference, reason="", by=self.eoi.candidate, at=at)
        self._file_again(at)

    def _file_again(self, at: datetime) -> None:
        anew = operations.file_anew(reference=self.eoi.reference, by=self.eoi.candidate, at=at)
        answer(anew, {**anew.answers, "true_answers": True}, at=at)
        yes = dict.fromkeys((one.key for one in queries.criteria(anew)), "yes")
        operations.answer_criteria(reference=anew.reference, answers=yes, by=anew.candidate, at=at)
        operations.submit_eoi(reference=anew.reference, token=f"token-{anew.reference}", by=anew.candidate, at=at)
        # A new file has a new place, whatever the one before it had.
        self.eoi, self.book, self.returns, self.held = fresh(anew), [(at, self.worth)], [], False


ACTS: list[tuple[Callable[..., None], int]] = [
    (Walker.edit, 8), (Walker.save_the_same, 3), (Walker.think_better_of_it, 2), (Walker.hold, 3), (Walker.resume, 4),
    (Walker.renew, 1), (Walker.withdraw_and_file_again, 1),
]  # fmt: skip
# Each walk begins with these, so that they are seen whatever chance presses afterwards.
OPENING: list[Callable[..., None]] = [Walker.edit, Walker.save_the_same, Walker.hold, Walker.resume]


@pytest.mark.parametrize("rule", RULES)
@pytest.mark.parametrize("walks", small_and_full(1, 50, "places"))
def test_whatever_is_pressed_each_place_is_the_one_the_book_gives(rule: str, walks: int, seed: int):
    program(rule)
    for number in range(walks):
        with transaction.atomic():
            _walk(rule, random.Random(f"{seed} {rule} {number}"), f"seed {seed}, walk {number}")
            transaction.set_rollback(True)


def _walk(rule: str, dice: random.Random, when: str) -> None:
    now, walkers, pressed = NOON, list[Walker](), set[str]()
    for _one in range(3):
        now += timedelta(minutes=7)
        walkers.append(Walker(rule, an_eoi(at=now), {"degree": "master", "years_worked": 4}, [(now, 40)]))
    for number in range(60):
        if number < len(OPENING):
            now, walker, act = now + timedelta(minutes=7), walkers[0], OPENING[number]
        else:
            now, walker, act = _by_chance(now, walkers, dice)
        before = fresh(walker.eoi)
        try:
            with transaction.atomic():
                act(walker, dice, now)
            pressed.add(act.__name__)
        except REFUSALS:
            after = fresh(walker.eoi)
            assert (after.placed_at, after.points, after.answers) == (before.placed_at, before.points, before.answers)
            if now >= after.valid_before:
                walker._file_again(now)  # the year is over: all that is left is a new file
        _agree(walkers, now, f"press {number}, {act.__name__}, {when}")
    assert pressed >= {"edit", "save_the_same", "hold", "resume"}, when
    assert broken(check(at=now)) == []


def _by_chance(
    now: datetime, walkers: list[Walker], dice: random.Random
) -> tuple[datetime, Walker, Callable[..., None]]:
    """Return when somebody presses something next, who, and what."""
    # Mostly minutes; now and then weeks, so that the last thirty days and the end of a year come by.
    passed = dice.choice([timedelta(minutes=dice.randrange(1, 600))] * 9 + [timedelta(days=dice.randrange(20, 90))])
    [act] = dice.choices([one for one, _weight in ACTS], [weight for _one, weight in ACTS])
    return now + passed, dice.choice(walkers), act


def _agree(walkers: list[Walker], now: datetime, when: str) -> None:
    for walker in walkers:
        eoi = fresh(walker.eoi)
        if now >= eoi.valid_before:
            continue
        assert eoi.points == walker.worth, when
        assert eoi.placed_at == walker.place(now), when
        assert (eoi.state == "on_hold") is walker.held, when
    drawn = [one for one in walkers if not one.held and now < fresh(one.eoi).valid_before]
    right = sorted(drawn, key=lambda one: (-one.worth, one.place(now)))
    later = now + timedelta(seconds=1)
    found = queries.entries(SAMPLE, closes_at=later, at=later, stream="graduates")
    assert [one.reference for one in found] == [one.eoi.reference for one in right], when
