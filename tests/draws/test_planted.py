"""Failures that happened elsewhere, planted in what the freeze asks of the pool: the act sees them before anybody is told.

Each fault stands in the code that says who is in. The act then goes its usual way: freeze, selection, issue; the issue is
refused, no invitation is made, and without the fault the same act goes through (the control arm).
"""

from collections.abc import Callable
from typing import Any

import pytest

from passerelle.core import audit
from passerelle.draws import aiming, checking
from passerelle.draws import queries as drawn
from passerelle.draws.models import Draw, Entry
from passerelle.draws.operations import DrawBlocked, conduct_draw
from passerelle.draws.states import DrawState
from passerelle.eoi.models import ExpressionOfInterest
from passerelle.invitations.models import Invitation
from passerelle.invitations.operations import issue_invitations
from pointsgrid.sql import Where
from tests.draws.support import HOUR, NOON, aimed, director, graduate, manager, places
from tests.support.worlds import made_once

pytestmark = pytest.mark.django_db
WELDER, BOILERMAKER, COOK = "72106", "72103", "63200"


def wrong_code_counts(patch: pytest.MonkeyPatch) -> None:
    """As on 23 November 2022: put to the database, the list of occupations has a code that it should not have."""
    compiled = aiming.where

    def wider(*arguments: Any, **named: Any) -> Any:
        made = compiled(*arguments, **named)
        assert made
        place = made.params.index(WELDER)
        assert made.text.count("IN (%s::text") == 1
        text = made.text.replace("IN (%s::text", "IN (%s::text, %s::text")
        return Where(text, (*made.params[:place], COOK, *made.params[place:]))

    patch.setattr(aiming, "where", wider)


def some_are_forgotten(patch: pytest.MonkeyPatch) -> None:
    """As in draw 418 of May 2026: people who could be drawn are not among those who are drawn from."""
    pool = drawn.pool
    patch.setattr(drawn, "pool", lambda draw, at, **which: pool(draw, at, **which).exclude(drawn_points=490))


@made_once
def people() -> dict[str, ExpressionOfInterest]:
    """Two welders, a boilermaker, and a cook who outranks them all and whose occupation is not drawn for."""
    places()
    codes = {"welder": WELDER, "other": WELDER, "boilermaker": BOILERMAKER, "cook": COOK}
    points = {"welder": 500, "other": 490, "boilermaker": 480, "cook": 600}
    return {name: graduate(points[name], facts={"noc_code": code}) for name, code in codes.items()}


def act() -> Draw:
    draw = aimed(2, "welding")
    conduct_draw(number=draw.number, by=manager(), at=NOON)
    issue_invitations(number=draw.number, by=director(), at=NOON + HOUR)
    return drawn.draw(draw.number)


def test_without_a_fault_the_same_act_invites_the_right_people():
    who = people()
    assert act().state == DrawState.ISSUED
    assert set(Invitation.objects.values_list("eoi", flat=True)) == {who["welder"].pk, who["other"].pk}
    assert set(Entry.objects.values_list("eoi", flat=True)) == {one.pk for name, one in who.items() if name != "cook"}


@pytest.mark.parametrize(
    ("plant", "assertion", "wrong"),
    [(wrong_code_counts, "aimed", "cook"), (some_are_forgotten, "complete", "other")],
)
def test_a_failure_of_elsewhere_stops_the_issue(
    plant: Callable[[pytest.MonkeyPatch], None], assertion: str, wrong: str, monkeypatch: pytest.MonkeyPatch
):
    who = people()
    plant(monkeypatch)

    with pytest.raises(DrawBlocked) as blocked:
        act()

    draw = Draw.objects.get()
    (found,) = [one for one in draw.assertions if one["good"] is False]
    taken = set(drawn.chosen(draw).values_list("eoi", flat=True))
    assert (blocked.value.why, blocked.value.who) == ("assertions", [assertion])
    assert (found["key"], found["facts"]["who"]) == (assertion, [who[wrong].reference])
    assert (who[wrong].pk in taken) is (wrong == "cook")
    assert (draw.state, Invitation.objects.count()) == (DrawState.SELECTED, 0)


@pytest.mark.parametrize(
    ("event", "missed"), [("draw.objected", True), ("eoi.note_added", True), ("eoi.resumed", False)]
)
def test_only_what_brings_a_file_in_explains_that_it_was_not_in_the_pool(
    event: str, missed: bool, monkeypatch: pytest.MonkeyPatch
):
    who = people()
    some_are_forgotten(monkeypatch)
    draw = aimed(2, "welding")
    conduct_draw(number=draw.number, by=manager(), at=NOON)

    audit.record(event, subject=who["other"].reference, by=None, at=NOON + HOUR / 2)

    found = {one["key"] for one in checking.findings(drawn.draw(draw.number), NOON + HOUR) if one["good"] is False}
    assert ("complete" in found) is missed
