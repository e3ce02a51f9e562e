"""Repairs of a draw in the very moment of somebody else's act, on real connections: done once or not at all, nothing overspent."""

from collections import Counter
from collections.abc import Callable
from random import Random
from threading import Thread
from typing import Any

import pytest
from django.db import connection, transaction
from django.db.models import F

from passerelle.allocations.models import Allocation
from passerelle.allocations.operations import BelowHeldAndUsed, NoPlaceLeft, set_places
from passerelle.core.lifecycle import IllegalMove
from passerelle.core.verdicts import NotAllowed
from passerelle.draws.correcting import Correction
from passerelle.draws.models import Draw, RepairAcceptance, RepairWithdrawal
from passerelle.draws.operations import (
    DrawBlocked,
    RepairOutdated,
    conduct_draw,
    plan_repair,
    void_draw,
    withdraw_repair,
)
from passerelle.draws.repairing import Way
from passerelle.eoi.models import ExpressionOfInterest
from passerelle.eoi.operations import withdraw_eoi
from passerelle.invitations.models import Invitation
from passerelle.invitations.operations import (
    TooLate,
    carry_out_repair,
    close_lapsed,
    decline,
    issue_invitations,
    mark_accepted,
    refill_places,
)
from passerelle.invitations.states import LIVE
from passerelle.notices.models import Notice
from passerelle.project.invariant_queries import QUERIES
from tests.draws.support import DAY, NOON, director, eoi, manager, places, planned
from tests.invitations.racing import RULE
from tests.proofs.hurting import eventually
from tests.support.proofs import small_and_full
from tests.support.threads import together

pytestmark = pytest.mark.django_db(transaction=True)
LATER = NOON + 3 * DAY
WORDS = {"en": "The points of two files were wrong.", "fr": "Les points de deux dossiers étaient faux."}
Act = Callable[[], Any]
RULES = (
    "every invitation stands on a selected entry, a promotion or an accepted repair of its draw",
    "no plan to repair a draw is both withdrawn and accepted",
)
# What an act may be told when another was quicker; anything else is a fault.
EXPECTED = (NotAllowed, IllegalMove, RepairOutdated, NoPlaceLeft, BelowHeldAndUsed, DrawBlocked, TooLate)


class World:
    """An issued draw of three of whom two had points that were too high, so that two were kept out; a plan to repair it.

    ``gone``: who of the three has declined since, so that a place waits for the next in order.
    """

    def __init__(self, way: Way = Way.REPLACE, gone: int | None = None) -> None:
        places()
        self.manager, self.directors = manager(), [director(), director(), director()]
        self.files = [eoi(points, category="skilled") for points in (500, 490, 480, 470, 460, 450)]
        self.draw = self.selected(3, "skilled")
        issue_invitations(number=self.draw.number, by=self.directors[2], at=NOON)
        if gone is not None:
            one = self.invitation(gone)
            decline(reference=one.reference, by=one.eoi.employer, at=NOON + DAY)
        wrong = {one.reference: {"points": 100} for one in self.files[:2]}
        self.plan = plan_repair(
            number=self.draw.number, said=Correction(files=wrong), way=way, what=WORDS, notice=WORDS, reason="A mistake of ours.",
            by=self.directors[2], at=LATER,
        )  # fmt: skip

    def selected(self, size: int, category: str) -> Draw:
        """A draw whose places are refilled after the issue."""
        draw = planned(size, by=self.manager, categories=[category])
        draw.rule = {**draw.rule, "selection": RULE}
        draw.save(update_fields=["rule"])
        return conduct_draw(number=draw.number, by=self.manager, at=NOON)

    def rival(self) -> Act:
        """Another draw of the year, selected and not issued yet; whoever issues it wants two places."""
        for points in (500, 490):
            eoi(points, category="entry_level")
        other = self.selected(2, "entry_level")
        return lambda: issue_invitations(number=other.number, by=self.directors[2], at=LATER)

    def others(self, chance: Random) -> list[Act]:
        """Up to five things that people do to those of the plan, and to the places it needs, in that very moment."""
        helped, kept_out = self.invitation(chance.randrange(2)), self.files[3 + chance.randrange(2)]
        acts = [
            lambda: decline(reference=helped.reference, by=helped.eoi.employer, at=LATER),
            lambda: decline(reference=helped.reference, by=helped.eoi.candidate, at=LATER),
            lambda: mark_accepted(reference=helped.reference, by=helped.eoi.employer, at=LATER),
            lambda: withdraw_eoi(reference=kept_out.reference, reason="Moved", by=kept_out.candidate, at=LATER),
            lambda: refill_places(number=self.draw.number, by=self.directors[1], at=LATER),
            lambda: set_places(program="ca-nt", year=2026, places=3, reason="Fewer", by=self.directors[1], at=LATER),
            lambda: close_lapsed(at=LATER),
            self.rival(),
        ]
        if chance.random() < 0.2:
            Invitation.objects.filter(pk=helped.pk).update(respond_by=LATER)
        return chance.sample(acts, chance.randint(1, 5))

    def accept(self, place: int = 0) -> Act:
        return lambda: carry_out_repair(
            number=self.draw.number, repair=self.plan.pk, by=self.directors[place], at=LATER
        )

    def withdraw(self) -> Act:
        return lambda: withdraw_repair(
            number=self.draw.number, repair=self.plan.pk, reason="A mistake.", by=self.directors[1], at=LATER
        )

    def invitation(self, place: int) -> Invitation:
        return Invitation.objects.get(eoi=self.files[place])


def at_once(*acts: Act) -> list[Any]:
    return together(len(acts), lambda number: acts[number]())


def refused(outcomes: list[Any], *expected: type[Exception]) -> list[Any]:
    """Those that were refused; anything but what is expected is a fault."""
    found = [one for one in outcomes if isinstance(one, Exception)]
    assert all(isinstance(one, expected) for one in found), found
    return found


def whole(world: World) -> bool:
    """Say whether the repair was carried out; it was wholly, or not at all."""
    done = RepairAcceptance.objects.filter(repair=world.plan).exists()
    added = set(Invitation.objects.filter(repair=world.plan).values_list("eoi", flat=True))
    back = set(Invitation.objects.filter(draw=world.draw, end_reason=WORDS["en"]).values_list("eoi", flat=True))
    kept_out, helped = ({one.pk for one in some} for some in (world.files[3:5], world.files[:2]))
    helped = helped if world.plan.way == Way.REPLACE else set()
    assert (added, back) == ((kept_out, helped) if done else (set(), set()))
    told = Notice.objects.filter(kind="draw.repaired").values_list("to", flat=True)
    parties = [key for one in world.files[3:5] for key in (one.candidate_id, one.employer_id)]
    assert sorted(told) == (sorted(parties) if done else [])
    return done


def books() -> None:
    """The year's places are those of the invitations that stand, and never more than there are."""
    year = Allocation.objects.get()
    live = Invitation.objects.filter(state__in=LIVE)
    assert year.held + year.used <= year.places
    assert year.held == live.count()
    for rule in RULES:
        with connection.cursor() as cursor:
            cursor.execute(QUERIES[rule])
            assert cursor.fetchall() == [], rule


def test_two_directors_who_accept_at_once_carry_it_out_once():
    world = World()

    outcomes = at_once(world.accept(0), world.accept(1))

    assert len(refused(outcomes, NotAllowed)) == 1
    assert whole(world)
    books()


def test_a_repair_that_waits_for_an_invitation_holds_no_place_of_the_year():
    """Whoever declines holds the invitation and wants the places: a repair that held these would wait for ever with them."""
    world = World()
    outcome: list[Any] = []
    accepting = Thread(target=lambda: outcome.extend(at_once(world.accept())))
    with transaction.atomic():
        Invitation.objects.select_for_update().get(pk=world.invitation(1).pk)
        accepting.start()
        eventually(_somebody_waits)
        Allocation.objects.select_for_update(nowait=True).get()
    accepting.join()

    assert not refused(outcome)
    assert whole(world)
    books()


def _somebody_waits() -> bool:
    with connection.cursor() as cursor:
        # Within a transaction the view is read once, unless it is told to forget.
        cursor.execute("SELECT pg_stat_clear_snapshot()")
        cursor.execute(
            "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"
        )
        return bool(cursor.fetchone() == (1,))


@pytest.mark.parametrize("rounds", small_and_full(2, 200, "repair-races"))
def test_a_plan_accepted_and_withdrawn_at_once_is_one_of_them(rounds: int, seed: int):
    chance = Random(seed)
    for _round in range(rounds):
        _cleared()
        world = World(Way.NOTICE)
        acts = [world.accept(), world.withdraw()]
        chance.shuffle(acts)

        outcomes = at_once(*acts)

        assert len(refused(outcomes, NotAllowed)) == 1
        ends = RepairAcceptance.objects.filter(repair=world.plan), RepairWithdrawal.objects.filter(repair=world.plan)
        assert sorted(one.count() for one in ends) == [0, 1]


@pytest.mark.parametrize("rounds", small_and_full(4, 300, "repair-races"))
def test_a_repair_in_the_middle_of_other_acts_is_whole_and_spends_no_place_twice(
    rounds: int, seed: int, record_property: Any
):
    chance, seen = Random(seed), Counter[str]()
    for _round in range(rounds):
        _cleared()
        world = World(chance.choice([Way.INVITE, Way.REPLACE]), gone=2)
        others = world.others(chance)
        Allocation.objects.update(places=F("held") + F("used") + chance.randint(0, 4))
        acts = [world.accept(0), world.accept(1), *others]
        chance.shuffle(acts)

        outcomes = at_once(*acts)

        seen.update(type(one).__name__ for one in refused(outcomes, *EXPECTED))
        seen.update(acts=len(acts), repaired=whole(world))
        books()
    for name in sorted(seen):
        record_property(name, seen[name])


def _cleared() -> None:
    """End what the round before left over, so that each begins with a year of its own places."""
    Invitation.objects.filter(state__in=LIVE).update(state="cancelled", ended_at=LATER)
    ExpressionOfInterest.objects.filter(state__in=("in_pool", "invited")).update(state="withdrawn", closed_at=LATER)
    for draw in Draw.objects.filter(state="selected"):
        void_draw(number=draw.number, reason="Next round", by=manager(), confirmed_by=director(), at=LATER)
    Allocation.objects.update(held=0, used=0)
    Notice.objects.all().delete()
