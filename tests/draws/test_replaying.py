"""A frozen draw walked again: without a change it gives what was issued; with one, who would have been taken."""

import random
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from passerelle.draws import queries
from passerelle.draws.models import Draw, Entry
from passerelle.draws.operations import accept, conduct_draw, enter_dice, freeze, select
from passerelle.draws.replaying import Change, Right, came_out, positions, replay
from passerelle.eoi.models import ExpressionOfInterest
from passerelle.invitations.models import Invitation
from passerelle.invitations.operations import decline, issue_invitations, refill_places
from passerelle.programs.rules.selection import SelectionRule
from tests.access.world import taken_back
from tests.draws.support import (
    CLOSES,
    DAY,
    NAME,
    NOON,
    SOURCE,
    chance_program,
    director,
    eoi,
    manager,
    places,
    planned,
    under,
)
from tests.support.proofs import small_and_full

pytestmark = pytest.mark.django_db
POINTS = {"order": [{"by": "points"}]}
FRENCH = {"key": "french", "name": NAME, "when": "francophone", "places": 1}
ENTRY = {"key": "entry", "name": NAME, "categories": ["entry_level"], "percent": 30, "spill": True}
CAP = {"size": "nwt_employees", "employer": "company_name", "limits": [{"up_to": 10, "take": 1}, {"take": 2}]}


def issued(size: int, said: dict[str, Any] | None = None, **more: Any) -> Draw:
    draw = under(said or POINTS, size, **more)
    conduct_draw(number=draw.number, by=manager(), at=NOON)
    issue_invitations(number=draw.number, by=director(), at=NOON)
    return queries.draw(draw.number)


def invited(draw: Draw) -> set[int]:
    return set(Invitation.objects.filter(draw=draw).values_list("eoi_id", flat=True))


def now(one: ExpressionOfInterest, state: str) -> ExpressionOfInterest:
    """Let a file stand elsewhere than in the pool."""
    closed = CLOSES if state == "withdrawn" else None
    ExpressionOfInterest.objects.filter(pk=one.pk).update(state=state, closed_at=closed)
    return one


def test_without_a_change_it_gives_what_was_issued():
    files = [eoi(points) for points in (500, 490, 480, 470)]
    draw = issued(2)

    outcome = replay(draw)

    assert list(outcome.taken) == [files[0].pk, files[1].pk]
    assert outcome.taken == came_out(draw)
    assert [(one.cell, one.places, one.filled, one.rank[0]) for one in outcome.ends] == [("*", 2, 2, 490)]


def test_points_that_were_too_high_give_the_place_to_the_next():
    wrong, first, second, third = (eoi(points) for points in (500, 490, 480, 470))
    draw = issued(2)

    lower = Change(right={wrong.pk: Right(points=475)})

    assert set(replay(draw, lower).taken) == {first.pk, second.pk}
    assert positions(draw, [wrong.pk, third.pk], lower) == {wrong.pk: 3, third.pk: 4}
    assert positions(draw, [wrong.pk, third.pk]) == {wrong.pk: 1, third.pk: 4}


def test_the_same_points_stand_where_they_stood():
    files = [eoi(480) for _ in range(4)]
    draw = issued(2)

    same = Change(right={one.pk: Right(points=480) for one in files})

    assert list(replay(draw, same).taken) == [files[0].pk, files[1].pk]


def test_an_entry_that_should_not_have_been_in_is_passed_over():
    stray, first, second = (eoi(points) for points in (500, 490, 480))
    draw = issued(2)

    assert list(replay(draw, Change(out=frozenset({stray.pk}))).taken) == [first.pk, second.pk]


def test_a_file_that_was_not_in_is_ranked_as_it_stood_at_the_closing():
    first, _second = eoi(500), eoi(480)
    kept_out = now(eoi(490), "on_hold")
    draw = issued(2)
    assert kept_out.pk not in invited(draw)
    ExpressionOfInterest.objects.filter(pk=kept_out.pk).update(state="in_pool")

    assert list(replay(draw, Change(added=frozenset({kept_out.pk}))).taken) == [first.pk, kept_out.pk]


def test_a_file_added_that_had_left_by_the_issue_gives_the_place_on():
    first, second = eoi(500), eoi(480)
    gone = now(eoi(490), "withdrawn")
    draw = issued(2)

    assert list(replay(draw, Change(added=frozenset({gone.pk}))).taken) == [first.pk, second.pk]


def test_another_number_of_places():
    files = [eoi(points) for points in (500, 490, 480, 470)]
    draw = issued(2)

    assert list(replay(draw, Change(size=3)).taken) == [one.pk for one in files[:3]]
    assert list(replay(draw, Change(size=1)).taken) == [files[0].pk]


def test_another_rule_ranks_everybody_again():
    late, early = eoi(500, submitted_at=CLOSES - DAY), eoi(400, submitted_at=CLOSES - 5 * DAY)
    draw = issued(1)
    rule = SelectionRule.model_validate(
        {"key": "first", "name": NAME, "ties": "submission", "order": [{"by": "submitted"}], **SOURCE}
    )

    assert set(replay(draw).taken) == {late.pk}
    assert set(replay(draw, Change(rule=rule)).taken) == {early.pk}


def test_facts_that_were_wrong_change_the_places_one_is_of():
    french = eoi(400, facts={"francophone": True})
    not_french, high = eoi(300, facts={"francophone": False}), eoi(500, facts={"francophone": False})
    draw = issued(2, {**POINTS, "reserve": [FRENCH]})
    assert came_out(draw) == {high.pk: "*", french.pk: "french"}

    swapped = Change(
        right={french.pk: Right(facts={"francophone": False}), not_french.pk: Right(facts={"francophone": True})}
    )

    assert replay(draw, swapped).taken == {high.pk: "*", not_french.pk: "french"}


def test_other_places_of_a_reserve_move_the_line_and_leave_everything_else():
    french = [eoi(points, facts={"francophone": True}) for points in (400, 390)]
    others = [eoi(points, facts={"francophone": False}) for points in (500, 490)]
    draw = issued(3, {**POINTS, "reserve": [FRENCH]})
    assert came_out(draw) == {others[0].pk: "*", others[1].pk: "*", french[0].pk: "french"}

    more, none = (replay(draw, Change(places={"french": count})) for count in (2, 0))

    assert more.taken == {others[0].pk: "*", french[0].pk: "french", french[1].pk: "french"}
    assert none.taken == {others[0].pk: "*", others[1].pk: "*", french[0].pk: "*"}
    assert [(one.cell, one.places) for one in more.ends] == [("french", 2), ("*", 1)]


def test_a_share_said_as_a_number_is_that_number():
    entry = [eoi(points, category="entry_level") for points in (400, 390)]
    high = eoi(500, category="skilled")
    draw = issued(2, {**POINTS, "reserve": [{**ENTRY, "percent": 50}]})
    assert came_out(draw) == {high.pk: "*", entry[0].pk: "entry"}

    assert replay(draw, Change(places={"entry": 2})).taken == {one.pk: "entry" for one in entry}


def test_places_that_passed_on_at_the_issue_pass_on_in_the_replay():
    first, second, third, fourth = (eoi(points) for points in (500, 490, 480, 470))
    draw = under(POINTS, 2)
    conduct_draw(number=draw.number, by=manager(), at=NOON)
    ExpressionOfInterest.objects.filter(pk__in=[first.pk, third.pk]).update(state="withdrawn", closed_at=NOON)
    issue_invitations(number=draw.number, by=director(), at=NOON + DAY)
    draw = queries.draw(draw.number)

    assert list(replay(draw).taken) == [second.pk, fourth.pk]
    assert replay(draw).taken == came_out(draw)
    assert set(replay(draw, Change(out=frozenset({second.pk}))).taken) == {fourth.pk}


def test_places_filled_after_the_issue_are_no_part_of_what_was_issued():
    first, second, third = (eoi(points) for points in (500, 490, 480))
    draw = issued(2, {**POINTS, "refill": "after_issue"})
    invitation = Invitation.objects.get(eoi=second)
    decline(reference=invitation.reference, by=second.employer, reason="no longer", at=NOON + DAY)
    refill_places(number=draw.number, by=director(), at=NOON + 2 * DAY)

    assert set(replay(draw).taken) == set(came_out(draw)) == {first.pk, second.pk}
    assert third.pk in invited(draw)


def test_a_selection_not_issued_yet_is_compared_as_it_was_selected():
    first, second = eoi(500), eoi(490)
    draw = under(POINTS, 1)
    conduct_draw(number=draw.number, by=manager(), at=NOON)
    ExpressionOfInterest.objects.filter(pk=first.pk).update(state="withdrawn", closed_at=NOON)
    draw = queries.draw(draw.number)

    assert set(replay(draw).taken) == set(came_out(draw)) == {first.pk}
    assert set(replay(draw, Change(out=frozenset({first.pk}))).taken) == {second.pk}


def test_a_file_added_where_lots_decide_gets_one_that_stays_the_same():
    chance_program(seed="dice", notice=0, hours=0)
    places()
    files = [eoi(480) for _ in range(3)]
    late = now(eoi(480), "on_hold")
    draw = planned(2)
    freeze(number=draw.number, by=manager(), at=NOON)
    _dice(draw)
    select(number=draw.number, by=manager(), at=NOON)
    draw = queries.draw(draw.number)
    ExpressionOfInterest.objects.filter(pk=late.pk).update(state="in_pool")

    order = positions(draw, [one.pk for one in (*files, late)], Change(added=frozenset({late.pk})))

    assert sorted(order.values()) == [1, 2, 3, 4]
    assert order == positions(draw, [one.pk for one in (*files, late)], Change(added=frozenset({late.pk})))
    assert set(replay(draw).taken) == set(came_out(draw))


def _dice(draw: Draw) -> None:
    for _ in range(2):
        enter_dice(number=draw.number, digits="3141592653589793238462643383279502884197", by=manager(), at=NOON)


# --- any pool, any rule -----------------------------------------------------------------------------------------------


def _any_rule(chance: random.Random) -> dict[str, Any]:
    orders = [[{"by": "points"}], [{"by": "submitted"}], [{"by": "points"}, {"by": "submitted", "first": "latest"}], []]
    said: dict[str, Any] = {"order": chance.choice(orders), "ties": chance.choice(["submission", "lot"])}
    if not said["order"]:
        said = {"order": [{"by": "random"}], "ties": "lot"}
    if chance.random() < 0.5:
        said["reserve"] = chance.choice([[FRENCH], [ENTRY], [ENTRY, {**FRENCH, "spill": True}]])
    if chance.random() < 0.5:
        said["cap"] = CAP
    if said["ties"] == "submission" and "cap" not in said and chance.random() < 0.3:
        said["ties"] = "take_all"
    return said


def _any_file(chance: random.Random) -> ExpressionOfInterest:
    company = chance.choice(["Ice", "Snow", "Rock"])
    staff = 3 if company == "Rock" else 30
    facts = {"francophone": chance.random() < 0.3, "company_name": company, "nwt_employees": staff}
    return eoi(
        chance.choice([400, 410, 420, 430]), category=chance.choice(["entry_level", "skilled"]), facts=facts
    )  # fmt: skip


@pytest.mark.parametrize("rounds", small_and_full(12, 500, "replays"))
def test_any_issued_draw_replayed_with_no_change_gives_itself(rounds: int, seed: int):
    chance = random.Random(seed)
    chance_program(seed="dice", notice=0, hours=0)
    for _ in range(rounds):
        with taken_back():
            _held_and_replayed(chance)


def _held_and_replayed(chance: random.Random) -> None:
    files = [_any_file(chance) for _ in range(chance.randrange(4, 14))]
    draw = under(_any_rule(chance), chance.randrange(2, 6))
    freeze(number=draw.number, by=manager(), at=NOON)
    _dice(draw)
    select(number=draw.number, by=manager(), at=NOON)
    gone = [one.pk for one in files if chance.random() < 0.25]
    ExpressionOfInterest.objects.filter(pk__in=gone).update(state="withdrawn", closed_at=NOON)
    accept(number=draw.number, by=director(), at=NOON)
    issue_invitations(number=draw.number, by=director(), at=NOON + DAY)
    draw = queries.draw(draw.number)

    again = replay(draw)
    touched = {one.pk: Right(points=one.points, facts=one.facts) for one in files}

    assert again.taken == came_out(draw)
    assert set(again.taken) == invited(draw)
    # Ranked again one by one, with what they had: the same.
    assert replay(draw, Change(right=touched)).taken == again.taken
    assert Entry.objects.filter(draw=draw).count() == len(files)


def test_more_people_who_come_in_by_a_change_take_no_more_queries():
    for number in range(14):
        eoi(500 - number)
    draw = issued(2)

    def asked(size: int) -> int:
        with CaptureQueriesContext(connection) as held:
            assert len(replay(draw, Change(size=size)).taken) == size
        return len(held)

    assert asked(13) == asked(4)
