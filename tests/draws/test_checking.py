"""The checks that stand between a selection and its issue: each finds its fault, one off at its edge, and no other."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from procrastinate.contrib.django.models import ProcrastinateJob

from passerelle.core.verdicts import NotAllowed
from passerelle.draws import checking, queries
from passerelle.draws.models import Draw
from passerelle.draws.operations import (
    DrawBlocked,
    ask_void,
    conduct_draw,
    enter_dice,
    mark_issued,
    replan_draw,
    select,
)
from passerelle.draws.operations.planning import BadPlan
from passerelle.draws.states import DrawState
from tests.draws.support import (
    CATEGORIES,
    CLOSES,
    DAY,
    HOUR,
    NOON,
    OPENED,
    aimed,
    aimed_program,
    chance_program,
    director,
    eoi,
    graduate,
    manager,
    person,
    places,
    planned,
    pool,
    under,
)
from tests.factories import an_eoi
from tests.support.worlds import made_once

pytestmark = pytest.mark.django_db
MICROSECOND = timedelta(microseconds=1)
DIGITS = "3141592653589793238462643383279502884197"
NAME = {"en": "A test", "fr": "Un essai"}


def conducted(draw: Draw | None = None) -> Draw:
    places()
    return conduct_draw(number=(draw or planned(2)).number, by=manager(), at=NOON)


def rewrite(statement: str, *values: Any) -> None:
    """Change rows as a fault in the code or an intruder would, past the triggers."""
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL session_replication_role = replica")
        cursor.execute(statement, values)
        cursor.execute("SET LOCAL session_replication_role = origin")


def red(draw: Draw, *, at: Any = NOON + HOUR, final: bool = False) -> set[str]:
    found = checking.findings(queries.draw(draw.number), at, final=final)
    return {one["key"] for one in found if one["good"] is False}


# --- each fault is found and stops the issue ---

SWAP = "UPDATE draws_standing SET selected = NOT selected WHERE position IN (2, 3)"
FAULTS = {
    "order": SWAP,
    "numbers": "UPDATE draws_standing SET selected = true WHERE position = 3",
    "positions": "UPDATE draws_standing SET position = 9 - position",
    "ranks": "UPDATE draws_entry SET rank = ARRAY[rank[2], rank[1]] WHERE points = 300",
    "caps": "UPDATE draws_entry SET grp = 'one employer', cap = 1",
    "quotas": "UPDATE draws_standing SET cell = 'others' WHERE position = 2",
    "unchanged": SWAP,
    "points": "UPDATE draws_entry SET points = points + 1 WHERE points = 300",
    "in_scope": "UPDATE draws_entry SET placed_at = '2026-03-25T06:00Z' WHERE points = 300",
    "one_grid": "UPDATE draws_entry SET grid = 'other' WHERE points = 300",
    "once": "UPDATE eoi_expressionofinterest SET person_key = 'same', live_scope = id WHERE points IN (300, 400)",
    "eligible": "UPDATE eoi_expressionofinterest SET valid_before = '2026-03-25T18:00Z' WHERE points = 597",
    "places": "UPDATE allocations_allocation SET places = 1",
}


@pytest.mark.parametrize("key", FAULTS)
def test_each_assertion_finds_its_fault_and_stops_the_issue(key: str):
    pool([300, 400, 417, 597])
    draw = conducted()
    assert {one["good"] for one in queries.assertions(draw)} == {True}

    rewrite(FAULTS[key])

    assert key in red(draw, final=True)
    if key != "eligible":  # that one is mended by a promotion
        with pytest.raises(DrawBlocked) as blocked:
            mark_issued(number=draw.number, by=director(), at=NOON + HOUR)
        assert key in blocked.value.who
        assert Draw.objects.get().state == DrawState.SELECTED


# --- at the edges ---


@pytest.mark.parametrize(
    "fault",
    [
        "DELETE FROM draws_standing WHERE position = 4",
        "UPDATE draws_draw SET pool_size = 3",
        "UPDATE draws_draw SET pool_size = 5",
        "UPDATE draws_standing SET selected = false WHERE position = 2",
    ],
)
def test_an_entry_or_a_standing_too_few_is_a_number_that_does_not_add_up(fault: str):
    pool([300, 400, 417, 597])
    draw = conducted()

    rewrite(fault)

    assert "numbers" in red(draw)


def test_a_category_not_in_the_draw_is_found():
    pool([300, 400])
    draw = conducted(planned(1))
    rewrite("UPDATE draws_entry SET category = 'express_entry'")
    rewrite("UPDATE draws_draw SET categories = '[\"skilled\"]'")

    assert "in_scope" in red(draw)


def test_two_people_who_stand_once_each_are_not_one():
    employer = person("employer")
    eoi(400, employer=employer), eoi(500, employer=employer)

    assert red(conducted()) == set()


@pytest.mark.parametrize("left_out", [0, 1])
def test_somebody_left_out_at_the_points_at_which_everybody_is_taken_is_found(left_out: int):
    eoi(500)
    tied = [eoi(400), eoi(400)]
    eoi(399)
    draw = conducted(under({"order": [{"by": "points"}], "ties": "take_all"}, 2))
    assert red(draw) == set()

    rewrite("UPDATE draws_standing SET selected = false WHERE entry_id IN (SELECT id FROM draws_entry WHERE eoi_id = %s)",
            tied[left_out].pk)  # fmt: skip

    assert "order" in red(draw)


@pytest.mark.parametrize("changeable", [True, False])
def test_points_told_since_the_closing_are_no_fault_where_a_file_may_be_changed(changeable: bool):
    one = eoi(400)
    draw = conducted(planned(1))

    rewrite(
        "UPDATE eoi_expressionofinterest SET changeable = %s, submitted_at = %s, points = %s, confirmed_points = %s WHERE id = %s",
        changeable, CLOSES + HOUR, 500, 500, one.pk,
    )  # fmt: skip

    assert ("points" in red(draw)) is not changeable


def test_places_held_for_people_who_are_not_there_are_not_a_number_too_few():
    pool([400, 500, 600])
    held = [{"key": "entry", "name": NAME, "categories": ["entry_level"], "places": 1}]
    draw = conducted(under({"reserve": held, "order": [{"by": "points"}]}, 2))

    assert queries.chosen(draw).count() == 1
    assert red(draw) == set()


@made_once
def by_lot() -> Draw:
    """Three of equal points for two places, the lot cast by dice."""
    chance_program(notice=0, hours=0)
    pool([400, 400, 400])
    draw = conducted()
    for _twice in range(2):
        enter_dice(number=draw.number, digits=DIGITS, by=manager(), at=NOON + HOUR)
    select(number=draw.number, by=manager(), at=NOON + HOUR)
    return queries.draw(draw.number)


def test_among_equals_the_lot_decides_and_another_in_the_place_is_found():
    draw = by_lot()
    assert red(draw) == set()

    rewrite(SWAP)

    assert {"order", "unchanged"} <= red(draw)


@pytest.mark.parametrize(
    ("key", "values"),
    [
        ({"by": "fact", "fact": "funds_needed", "first": "highest"}, (9_000, 20_000, 15_000)),
        ({"by": "points", "first": "lowest"}, None),
        ({"by": "date_of_effect", "first": "latest"}, None),
        ({"by": "opened", "first": "latest"}, None),
    ],
)
def test_what_a_rule_ranks_by_is_not_taken_for_something_else(key: dict[str, Any], values: tuple[int, ...] | None):
    for place, points in enumerate((300, 500, 400)):
        eoi(points, facts={"funds_needed": values[place]} if values else {}, lapses_at=CLOSES + 365 * DAY)

    assert red(conducted(under({"order": [key]}, 2))) == set()


KEYS: list[dict[str, Any]] = [
    {"by": "points", "first": "highest"}, {"by": "points", "first": "lowest"}, {"by": "date_of_effect", "first": "earliest"},
    {"by": "date_of_effect", "first": "latest"}, {"by": "submitted", "first": "earliest"},
    {"by": "submitted", "first": "latest"}, {"by": "opened", "first": "earliest"}, {"by": "opened", "first": "latest"},
    {"by": "fact", "fact": "funds_needed", "first": "highest"}, {"by": "fact", "fact": "work_permit_expiry", "first": "earliest"},
    {"by": "fact", "fact": "work_permit_expiry", "within_months": 3, "first": "yes"},
]  # fmt: skip


@pytest.mark.parametrize("key", KEYS, ids=lambda key: "-".join(map(str, key.values())))
def test_a_number_of_another_column_is_found_whatever_the_rule_ranks_by(key: dict[str, Any]):
    facts = {"funds_needed": 9_000, "work_permit_expiry": "2026-05-01"}
    eoi(facts=facts, lapses_at=CLOSES + 365 * DAY)
    draw = conducted(under({"order": [key]}, 1))
    assert red(draw) == set()

    rewrite("UPDATE draws_entry SET rank = ARRAY[CASE rank[1] WHEN 1 THEN 0 ELSE rank[1] + 1 END]")

    assert "ranks" in red(draw)


@pytest.mark.parametrize("said", ["reserve", "cap", "rest"])
def test_a_place_left_empty_while_somebody_could_have_it_is_a_quota_that_does_not_add_up(said: str):
    employer = person("employer")
    pool([300, 400, 500, 600], category="entry_level", employer=employer)
    held = {"key": "entry", "name": NAME, "categories": ["entry_level"], "places": 2, "spill": True}
    rules: dict[str, Any] = {
        "reserve": {"reserve": [held]}, "cap": {"cap": {"limits": [{"take": 2}]}}, "rest": {"reserve": [{**held, "places": 1}]},
    }  # fmt: skip
    draw = conducted(under({"order": [{"by": "points"}], **rules[said]}, 2))
    assert (queries.chosen(draw).count(), red(draw)) == (2, set())

    rewrite("UPDATE draws_standing SET selected = false, cell = '' WHERE position = 2")

    assert "quotas" in red(draw)


@pytest.mark.parametrize(
    ("first", "aimed_at"),
    [
        (CLOSES - 10 * DAY - MICROSECOND, False),
        (CLOSES - 10 * DAY, True),
        (CLOSES - 9 * DAY - MICROSECOND, True),
        (CLOSES - 9 * DAY, False),
    ],
)
def test_somebody_taken_from_outside_the_window_is_found(first: Any, aimed_at: bool):
    inside = graduate(submitted_at=CLOSES - 10 * DAY + HOUR)
    day = (CLOSES - 10 * DAY).date()
    draw = conducted(aimed(1, window={"first_from": day, "first_through": day}))
    assert red(draw) == set()

    rewrite("UPDATE eoi_expressionofinterest SET first_submitted_at = %s WHERE id = %s", first, inside.pk)

    assert ("aimed" not in red(draw)) is aimed_at


# --- criteria that time takes away ---


def test_a_permit_that_ran_out_before_the_freeze_leaves_its_holder_out_of_the_draw():
    an_eoi("in_pool", work_permit_expiry="2026-03-15")
    lasting = an_eoi("in_pool")

    draw = conducted(planned(1))

    assert list(queries.chosen(draw).values_list("eoi", flat=True)) == [lasting.pk]
    assert list(queries.excluded(draw).values_list("criteria", flat=True)) == [["work_permit_valid"]]
    assert red(draw) == set()


def test_a_permit_that_runs_out_between_freeze_and_issue_is_found_and_its_place_goes_to_the_next():
    first = an_eoi("in_pool", work_permit_expiry="2026-03-27")
    second = an_eoi("in_pool", work_permit_expiry="2027-03-27")
    draw = conducted(planned(1))
    assert list(queries.chosen(draw).values_list("eoi", flat=True)) == [first.pk]

    assert red(draw, at=NOON + DAY, final=True) == set()
    assert "eligible" in red(draw, at=NOON + 3 * DAY, final=True)
    (told,) = [one for one in checking.findings(draw, NOON + 3 * DAY) if one["key"] == "eligible"]
    assert (told["good"], told["facts"]["who"]) == (None, [first.reference]), (
        "left open: the issue gives the place to the next"
    )
    mark_issued(number=draw.number, by=director(), at=NOON + 3 * DAY)

    assert list(queries.chosen(draw).values_list("eoi", flat=True)) == [second.pk]
    assert red(draw, at=NOON + 400 * DAY) == set(), "what runs out once invitations are out is no fault of the draw"


# --- what goes with a plan and a run ---


def test_with_each_selection_a_fairness_report_is_ordered():
    pool([400, 500])
    draw = conducted()

    assert ProcrastinateJob.objects.filter(task_name="draws.report_fairness", args__number=draw.number).count() == 1


def changed(draw: Draw, **more: Any) -> Callable[[], Draw]:
    given = {"held_on": draw.held_on, "closes_at": CLOSES, "size": 2, "categories": CATEGORIES, **more}
    return lambda: replan_draw(number=draw.number, by=manager(), at=OPENED, **given)


def test_a_plan_keeps_its_rule_until_another_is_named_and_fits_the_one_it_has():
    chance_program(notice=0, hours=0)
    draw = planned(150, rule="random_with_caps")

    assert changed(draw, size=150)().rule["selection"]["key"] == "random_with_caps"
    with pytest.raises(BadPlan) as refusal:
        changed(draw, size=149)()
    assert refusal.value.field == "size"
    assert changed(draw, rule="ranked_points")().rule["selection"]["key"] == "ranked_points"


def test_a_draw_is_held_in_one_stream():
    aimed_program()

    with pytest.raises(BadPlan) as refusal:
        planned(1, categories=["skilled", "express_entry"])

    assert refusal.value.field == "categories"


@pytest.mark.parametrize("role", ["officer", "auditor", "analyst"])
def test_who_does_not_plan_draws_does_not_ask_that_one_be_void(role: str):
    draw = planned()

    with pytest.raises(NotAllowed):
        ask_void(number=draw.number, reason="No", by=person("staff", role), at=OPENED)
    assert queries.draw(draw.number).void_asked_by is None
