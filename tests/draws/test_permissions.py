"""Who may do what with a draw: each rule by itself, on draws and people that stand in no row."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from passerelle.core.verdicts import Verdict
from passerelle.draws import permissions as may
from passerelle.draws.models import Draw, LeftOut
from passerelle.draws.states import DrawState
from tests.factories import program
from tests.support.people import unkept

CLOSES = datetime(2026, 3, 25, 6, tzinfo=UTC)  # the start of 25 March 2026 in Yellowknife
MOMENT = timedelta(microseconds=1)
DIRECTOR, MANAGER, SECOND = unkept(11, "director"), unkept(12, "draw_manager"), unkept(13, "director")
OTHERS = [unkept(14, "officer"), unkept(15, "administrator"), unkept(16, "director", program="ca-on"), unkept(17)]
EVERYBODY = [DIRECTOR, MANAGER, SECOND, *OTHERS]


def a_draw(state: str = "planned", **given: Any) -> Draw:
    facts: dict[str, Any] = {"program": "ca-nt", "closes_at": CLOSES, "held_on": date(2026, 3, 25)}
    return Draw(state=state, **(facts | given))


def allowed(rule: Any) -> set[int]:
    return {by.pk for by in EVERYBODY if rule(by).allowed}


@pytest.mark.parametrize(
    ("rule", "who"),
    [
        (lambda by: may.can_plan(by, "ca-nt"), {11, 12, 13}),
        (lambda by: may.can_ask_to_leave_out(by, a_draw()), {11, 12, 13}),
        (lambda by: may.can_confirm_leaving_out(by, LeftOut(draw=a_draw(), asked_by_id=12)), {11, 13}),
        (lambda by: may.can_issue(by, a_draw("selected", conducted_by_id=12, selected_by_id=12)), {11, 13}),
        (lambda by: may.can_issue(by, a_draw("selected", conducted_by_id=11, selected_by_id=12)), {13}),
        (lambda by: may.can_issue(by, a_draw("selected", conducted_by_id=12, selected_by_id=11)), {13}),
        (lambda by: may.can_ask_void(by, a_draw()), {11, 12, 13}),
        (lambda by: may.can_confirm_void(by, a_draw(void_asked_at=CLOSES, void_asked_by_id=12)), {11, 13}),
        (lambda by: may.can_confirm_void(by, a_draw(void_asked_at=CLOSES, void_asked_by_id=11)), {13}),
    ],
)
def test_each_act_has_its_people_and_the_second_is_another(rule: Any, who: set[int]):
    assert allowed(rule) == who


@pytest.mark.django_db
def test_a_draw_is_conducted_once_entries_have_closed_and_not_before_its_day():
    program()
    later = a_draw(closes_at=CLOSES - timedelta(days=2))

    assert allowed(lambda by: may.can_conduct(by, a_draw(), CLOSES)) == {11, 12, 13}
    assert not may.can_conduct(MANAGER, a_draw(), CLOSES - MOMENT)
    assert not may.can_conduct(MANAGER, later, CLOSES - MOMENT)
    assert may.can_conduct(MANAGER, later, CLOSES)


@pytest.mark.django_db
def test_while_somebody_asks_to_void_it_nothing_else_is_done_with_it():
    program()
    asked = a_draw("selected", void_asked_at=CLOSES, void_asked_by_id=12)

    assert not may.can_issue(DIRECTOR, asked)
    assert not may.can_conduct(DIRECTOR, asked, CLOSES)
    assert not may.can_ask_void(DIRECTOR, asked)


def test_nobody_confirms_a_void_that_nobody_asked_for():
    assert not may.can_confirm_void(DIRECTOR, a_draw())


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("state", "moves"),
    [
        ("planned", {"replan", "leave_out", "freeze", "ask_void"}),
        ("frozen", {"select", "ask_void"}),
        ("selected", {"issue", "ask_void"}),
        ("issued", set()),
        ("void", set()),
    ],
)
def test_the_moves_shown_are_those_its_state_allows_each_with_its_verdict(state: DrawState, moves: set[str]):
    program()
    draw = a_draw(state, conducted_by_id=13, selected_by_id=13)

    shown: dict[str, Verdict] = may.moves(DIRECTOR, draw, CLOSES)

    assert set(shown) == moves
    assert all(verdict.allowed for verdict in shown.values())
    assert not any(verdict.allowed for verdict in may.moves(OTHERS[0], draw, CLOSES).values())


@pytest.mark.django_db
def test_a_void_asked_for_is_confirmed_and_not_asked_for_again():
    program()
    asked = a_draw(void_asked_at=CLOSES, void_asked_by_id=12)

    shown = may.moves(DIRECTOR, asked, CLOSES)

    assert "ask_void" not in shown
    assert shown["confirm_void"].allowed
