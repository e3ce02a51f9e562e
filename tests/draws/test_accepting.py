"""Acceptance by another director: with every draw in the published form, chance or none; and a program with one director."""

from pathlib import Path

import pytest

from passerelle.accounts.models import Role
from passerelle.core import clock
from passerelle.core.verdicts import NotAllowed
from passerelle.draws import permissions, queries
from passerelle.draws.models import Draw
from passerelle.draws.operations import accept, conduct_draw, mark_issued, publish_notice
from passerelle.draws.states import DrawState
from passerelle.draws.terms import Terms
from passerelle.programs import files
from tests.draws.support import HOUR, NOON, OPENED, announcing_program, director, manager, places, planned, pool
from tests.support.people import a_staff_member, signed_in
from tests.support.waits import waiting

pytestmark = pytest.mark.django_db
AFTER = NOON + 25 * HOUR


def announced() -> Draw:
    """A published draw of a program that ranks by points and leaves nothing to chance."""
    announcing_program()
    places()
    pool([500, 400, 300])
    draw = planned(2)
    publish_notice(number=draw.number, by=manager(), at=OPENED + HOUR)
    return draw


def selected(by: object) -> Draw:
    draw = announced()
    conduct_draw(number=draw.number, by=by, at=NOON)
    conduct_draw(number=draw.number, by=by, at=AFTER)
    return queries.draw(draw.number)


@pytest.mark.parametrize(
    ("how", "needed"),
    [
        (Terms(), False), (Terms(notice_days=3), True), (Terms(objection_hours=1), True), (Terms(seed="dice"), True),
        (Terms(privacy="full", fairness="published"), False),
    ],
)  # fmt: skip
def test_what_is_held_in_the_published_form_is_accepted(how: Terms, needed: bool):
    assert how.in_public is needed


def test_the_shipped_program_holds_its_draws_in_the_published_form():
    shipped = files.sources(Path(__file__).parents[2] / "packs" / "ca-nt" / "2026-1")
    # The tests' own copy waits for nothing; three days and a day to object are what is shipped.
    assert shipped["settings.yaml"] == waiting(shipped, 3, 24)["settings.yaml"]


def test_a_draw_without_chance_waits_for_another_director_too():
    by = manager()
    draw = selected(by)
    assert draw.state == DrawState.SELECTED
    head = director()
    with pytest.raises(NotAllowed, match="accepted"):
        mark_issued(number=draw.number, by=head, at=AFTER)
    with pytest.raises(NotAllowed, match="director"):
        accept(number=draw.number, by=by, at=AFTER)
    assert set(permissions.moves(head, draw, AFTER)) >= {"accept", "issue"}

    assert accept(number=draw.number, by=head, at=AFTER).accepted_by == head
    assert len(mark_issued(number=draw.number, by=head, at=AFTER)) == 2


def test_who_conducted_it_neither_accepts_nor_issues_and_reads_what_to_do():
    alone = director()
    draw = selected(alone)
    for verdict in (permissions.can_accept(alone, draw), permissions.can_issue(alone, draw)):
        assert not verdict
        assert "ask an administrator" in str(verdict.reason)

    # Nothing is locked: whoever is given the role goes on where the draw stands.
    given = director()
    accept(number=draw.number, by=given, at=AFTER)
    assert mark_issued(number=draw.number, by=given, at=AFTER)


def test_who_planned_it_does_not_accept_it_where_there_is_another_director():
    announcing_program()
    places()
    pool([500, 400, 300])
    planner, by = director(), manager()
    draw = planned(2, by=planner)
    publish_notice(number=draw.number, by=planner, at=OPENED + HOUR)
    for at in (NOON, AFTER):
        conduct_draw(number=draw.number, by=by, at=at)
    draw = queries.draw(draw.number)
    assert "You planned this draw" in str(permissions.can_accept(planner, draw).reason)

    Role.objects.filter(program="ca-nt", role="director").exclude(person=planner).delete()
    assert accept(number=draw.number, by=planner, at=AFTER).accepted_by == planner


def test_the_only_director_is_warned_before_conducting():
    draw, alone = announced(), a_staff_member("director")
    Role.objects.filter(program="ca-nt", role="director").exclude(person=alone).delete()
    here = f"/en/staff/draws/{draw.number}/conduct/"
    with clock.frozen(NOON):
        assert "You are the only director" in signed_in(alone).get(here).content.decode()
        assert "You are the only director" not in signed_in(a_staff_member("draw_manager")).get(here).content.decode()
        a_staff_member("director")
        page = signed_in(alone).get(here).content.decode()
    assert "You are the only director" not in page
    assert "Another director accepts the selection" in page


def test_the_page_of_acceptance_says_that_nothing_was_left_to_chance():
    draw = selected(manager())
    with clock.frozen(AFTER):
        client = signed_in(a_staff_member("director"))
        here = f"/en/staff/draws/{draw.number}"
        assert "Nothing was left to chance" in client.get(f"{here}/accept/").content.decode()
        before = client.get(f"{here}/").content.decode()
        assert client.post(f"{here}/accept/").status_code == 302
        assert client.post(f"{here}/issue/").status_code == 302
        after = client.get(f"{here}/").content.decode()
    assert "Accept the selection" in before
    assert "Accept the selection" not in after
