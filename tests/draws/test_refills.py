"""Places that fall vacant after the invitations went out: the same walk goes on, each place once, nothing is drawn again."""

from typing import Any

import pytest

from passerelle.core import audit
from passerelle.core.lifecycle import IllegalMove
from passerelle.core.verdicts import NotAllowed
from passerelle.draws import queries
from passerelle.draws.models import Draw
from passerelle.draws.operations import conduct_draw
from passerelle.eoi.models import ExpressionOfInterest
from passerelle.invitations.models import Invitation
from passerelle.invitations.operations import decline, issue_invitations, refill_places
from tests.draws.support import DAY, NOON, director, eoi, manager
from tests.draws.test_rules import under

pytestmark = pytest.mark.django_db
RULE = {"order": [{"by": "points"}], "refill": "after_issue"}


def issued(size: int, said: dict[str, Any] = RULE) -> Draw:
    draw = under(said, size)
    conduct_draw(number=draw.number, by=manager(), at=NOON)
    issue_invitations(number=draw.number, by=director(), at=NOON)
    return draw


def says_no(one: ExpressionOfInterest) -> None:
    invitation = Invitation.objects.get(eoi=one)
    decline(reference=invitation.reference, by=one.employer, reason="no longer", at=NOON + DAY)


def invited(made: list[Invitation]) -> list[int]:
    return [one.eoi_id for one in made]


def test_the_next_in_order_are_invited_for_those_who_declined():
    first, second, third, fourth, fifth = (eoi(points) for points in (500, 490, 480, 470, 460))
    draw, by = issued(3), director()
    says_no(second)

    made = refill_places(number=draw.number, by=by, at=NOON + 2 * DAY)
    again = refill_places(number=draw.number, by=by, at=NOON + 2 * DAY)
    says_no(fourth)
    later = refill_places(number=draw.number, by=by, at=NOON + 3 * DAY)

    assert (invited(made), again, invited(later)) == ([fourth.pk], [], [fifth.pk])
    assert [row.eoi_id for row in queries.chosen(draw)] == [first.pk, third.pk, fifth.pk]
    assert "draw.refilled" in [row.event for row in audit.trail(draw.number)]
    assert Draw.objects.get(pk=draw.pk).outcome["invited"] == 3


def test_whoever_left_the_pool_is_passed_for_good():
    first, second, third = eoi(500), eoi(490), eoi(480)
    draw = issued(1)
    ExpressionOfInterest.objects.filter(pk=second.pk).update(state="on_hold")
    says_no(first)

    made = refill_places(number=draw.number, by=director(), at=NOON + 2 * DAY)
    ExpressionOfInterest.objects.filter(pk=second.pk).update(state="in_pool")
    says_no(third)
    none = refill_places(number=draw.number, by=director(), at=NOON + 3 * DAY)

    assert (invited(made), none) == ([third.pk], [])
    assert [row.passed for row in queries.promotions(draw)] == [[second.pk], []]


def test_a_rule_that_fills_until_the_issue_fills_nothing_after_it():
    first, _second = eoi(500), eoi(490)
    draw = issued(1, {"order": [{"by": "points"}]})
    says_no(first)

    with pytest.raises(NotAllowed):
        refill_places(number=draw.number, by=director(), at=NOON + 2 * DAY)


def test_only_a_director_who_did_not_conduct_refills_and_only_after_the_issue():
    first, _second = eoi(500), eoi(490)
    draw = under(RULE, 1)
    conduct_draw(number=draw.number, by=manager(), at=NOON)
    with pytest.raises(IllegalMove):
        refill_places(number=draw.number, by=director(), at=NOON)
    issue_invitations(number=draw.number, by=director(), at=NOON)
    says_no(first)

    for staff in (manager(), Draw.objects.get(pk=draw.pk).conducted_by):
        with pytest.raises(NotAllowed):
            refill_places(number=draw.number, by=staff, at=NOON + 2 * DAY)
    assert Invitation.objects.filter(draw=draw).count() == 1


def test_a_place_of_a_group_goes_to_the_group():
    entry = [eoi(points, category="entry_level") for points in (300, 200)]
    skilled = [eoi(points) for points in (600, 590)]
    reserve = [{"key": "entry", "name": {"en": "Entry", "fr": "Entrée"}, "categories": ["entry_level"], "places": 1}]
    draw = issued(2, {**RULE, "reserve": reserve})
    says_no(entry[0])

    made = refill_places(number=draw.number, by=director(), at=NOON + 2 * DAY)

    assert invited(made) == [entry[1].pk]
    assert [row.cell for row in queries.promotions(draw)] == ["entry"]
    assert skilled[1].pk not in [row.eoi_id for row in queries.chosen(draw)]
