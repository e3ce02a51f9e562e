"""A draw from plan to issue: who is in, who is taken, what stops it, who may."""

from contextlib import suppress
from datetime import timedelta
from random import Random
from typing import Any

import psycopg
import pytest
from django.db import IntegrityError, connection, transaction
from django.db.utils import DatabaseError

from passerelle.core import audit
from passerelle.core.lifecycle import IllegalMove
from passerelle.core.verdicts import NotAllowed
from passerelle.draws import queries
from passerelle.draws.models import Draw, Entry
from passerelle.draws.operations import (
    DrawBlocked,
    ask_to_leave_out,
    ask_void,
    conduct_draw,
    confirm_leaving_out,
    confirm_void,
    freeze,
    keep_draw,
    leave_out,
    mark_issued,
    plan_draw,
    replan_draw,
    select,
    void_draw,
)
from passerelle.draws.operations.leaving_out import NotUnderReview
from passerelle.draws.operations.planning import BadPlan
from passerelle.draws.states import DRAW_LIFECYCLE, DrawState
from passerelle.eoi.models import Bar, ExpressionOfInterest
from passerelle.notices.models import Notice
from tests.draws.support import (
    CATEGORIES,
    CLOSES,
    DAY,
    HOUR,
    NOON,
    OPENED,
    director,
    eoi,
    manager,
    person,
    places,
    planned,
    pool,
    program,
)
from tests.support.proofs import small_and_full
from tests.support.threads import together

pytestmark = pytest.mark.django_db
MICROSECOND = timedelta(microseconds=1)


def conducted(size: int = 2, **more: Any) -> Draw:
    places()
    draw = planned(size, **more)
    return conduct_draw(number=draw.number, by=manager(), at=NOON)


def taken(draw: Draw) -> list[str]:
    return list(queries.chosen(draw).values_list("eoi__reference", flat=True))


def verdicts(draw: Draw) -> dict[str, bool | None]:
    return {one["key"]: one["good"] for one in queries.assertions(draw)}


# --- planning ---


def test_a_plan_carries_the_rule_of_the_pack_and_its_own_number():
    first, second = planned(65), planned(10, categories=["skilled"])

    assert [first.number, second.number] == ["NT-D-2026-000001", "NT-D-2026-000002"]
    assert (first.rule["selection"]["key"], first.rule["selection"]["ties"]) == ("ranked_points", "submission")
    assert first.categories == ["entry_level", "skilled", "express_entry"]
    assert [row.event for row in audit.trail(first.number)] == ["draw.planned"]


@pytest.mark.parametrize(
    ("field", "change"),
    [
        ("size", {"size": 0}),
        ("categories", {"categories": []}),
        ("categories", {"categories": ["nurses"]}),
        ("closes_at", {"closes_at": CLOSES + DAY}),
    ],
)
def test_a_plan_that_does_not_hold_together_is_refused(field: str, change: dict[str, Any]):
    with pytest.raises(BadPlan) as refusal:
        planned(**{"size": 2, **change})

    assert refusal.value.field == field


@pytest.mark.parametrize("roles", [(), ("officer",), ("reviewer",), ("auditor",), ("administrator",)])
def test_only_a_draw_manager_or_a_director_plans(roles: tuple[str, ...]):
    with pytest.raises(NotAllowed):
        planned(by=person("staff", *roles))


def test_a_plan_is_changed_until_the_freeze_and_not_after():
    eoi()
    places()
    draw = planned(1)
    change = {"held_on": CLOSES.date(), "closes_at": CLOSES, "size": 5, "categories": CATEGORIES, "by": manager()}
    replan_draw(number=draw.number, at=OPENED, **change)
    conduct_draw(number=draw.number, by=manager(), at=NOON)

    with pytest.raises(IllegalMove):
        replan_draw(number=draw.number, at=NOON, **change)
    assert Draw.objects.get().size == 5


# --- who is in ---


def test_the_highest_are_taken_in_one_ranking_and_the_earlier_submission_wins_a_tie():
    low, first, second, high = pool([300, 417, 417, 597])
    draw = conducted(2)

    assert taken(draw) == [high.reference, first.reference]
    assert list(queries.not_chosen(draw).values_list("eoi__reference", flat=True)) == [second.reference, low.reference]
    assert draw.state == DrawState.SELECTED
    assert set(verdicts(draw).values()) == {True}


def test_in_is_who_handed_in_before_the_cut_off_to_the_microsecond():
    on_time = eoi(submitted_at=CLOSES - MICROSECOND)
    eoi(500, submitted_at=CLOSES)

    assert taken(conducted(5)) == [on_time.reference]


def test_out_are_the_expired_the_barred_the_withdrawn_and_other_categories():
    staying = eoi(300)
    eoi(500, valid_before=NOON)
    eoi(500, state="withdrawn", closed_at=NOON - DAY)
    eoi(500, category="express_entry")
    barred = eoi(500)
    officer = person("staff", "officer")
    Bar.objects.create(
        program="ca-nt", person_key=barred.person_key, eoi=barred, from_at=NOON - DAY, before=NOON + DAY, reason="x",
        by=officer, confirmed_by=director(),
    )  # fmt: skip

    assert taken(conducted(5, categories=["skilled"])) == [staying.reference]


def test_one_that_expires_the_moment_of_the_freeze_is_out_whatever_job_has_run():
    last_moment = eoi(300, valid_before=NOON + MICROSECOND)
    eoi(500, valid_before=NOON)

    assert taken(conducted(5)) == [last_moment.reference]


@pytest.mark.parametrize("files", small_and_full(12, 1_000, "expired"))
def test_with_no_job_run_for_ten_days_nothing_expired_or_barred_is_frozen(seed: int, files: int, record_property: Any):
    """Years and bars end, by the microsecond, in the days before the freeze; no job closes the books meanwhile."""
    chance, standing = Random(seed), {eoi().pk}  # somebody is frozen, whatever chance says of the others
    officer, second = person("staff", "officer"), director()
    for _ in range(files):
        ends = NOON + chance.choice((-10 * DAY, -DAY, -MICROSECOND, 0 * DAY, MICROSECOND, DAY))
        one = eoi(chance.randint(300, 600), valid_before=ends if chance.random() < 0.6 else NOON + 200 * DAY)
        until = NOON + chance.choice((-DAY, -MICROSECOND, 0 * DAY, MICROSECOND, DAY))
        if barred := chance.random() < 0.3:
            Bar.objects.create(
                program="ca-nt", person_key=one.person_key, eoi=one, from_at=NOON - 20 * DAY, before=until, reason="x",
                by=officer, confirmed_by=second,
            )  # fmt: skip
        if one.valid_before > NOON and not (barred and until > NOON):
            standing.add(one.pk)

    draw = conducted(files)

    assert set(Entry.objects.filter(draw=draw).values_list("eoi_id", flat=True)) == standing
    record_property("frozen", len(standing))
    record_property("kept out", files + 1 - len(standing))


def test_an_unreviewed_file_that_came_on_time_holds_up_the_freeze():
    eoi()
    waiting = [eoi(state=state, submitted_at=CLOSES - DAY) for state in ("submitted", "evidence_requested", "doubted")]
    eoi(state="submitted", submitted_at=CLOSES)
    eoi(state="submitted", submitted_at=CLOSES - DAY, valid_before=NOON)

    with pytest.raises(DrawBlocked) as blocked:
        conducted()

    assert (blocked.value.why, sorted(blocked.value.who)) == ("unreviewed", sorted(one.reference for one in waiting))
    assert Draw.objects.get().state == DrawState.PLANNED
    assert not Entry.objects.exists()


def test_two_people_leave_an_unreviewed_file_out_and_the_person_is_told_why():
    staying, waiting = eoi(), eoi(state="submitted")
    places()
    draw, first, second = planned(), manager(), director()

    leave_out(number=draw.number, reference=waiting.reference, reason="Test report not legible", by=first,
              confirmed_by=second, at=NOON - HOUR)  # fmt: skip
    conduct_draw(number=draw.number, by=first, at=NOON)

    assert taken(draw) == [staying.reference]
    told = {notice.to_id: notice.body for notice in Notice.objects.filter(kind="left_out_of_draw")}
    assert "Test report not legible" in told[waiting.candidate_id]
    assert "Test report not legible" not in told[waiting.employer_id]


def test_one_left_out_and_confirmed_before_the_freeze_takes_part_after_all():
    waiting, low = eoi(500, state="submitted"), eoi(300)
    places()
    draw = planned(1)
    leave_out(number=draw.number, reference=waiting.reference, reason="Not legible", by=manager(),
              confirmed_by=director(), at=NOON - HOUR)  # fmt: skip
    ExpressionOfInterest.objects.filter(pk=waiting.pk).update(
        state="in_pool", confirmed_at=NOON, confirmed_by=person("staff", "officer"), confirmed_points=500
    )
    conduct_draw(number=draw.number, by=manager(), at=NOON)

    assert taken(draw) == [waiting.reference]
    assert [row.eoi_id for row in queries.not_chosen(draw)] == [low.pk]


def test_one_person_alone_leaves_nobody_out():
    waiting = eoi(state="submitted")
    draw, first = planned(), director()
    left = ask_to_leave_out(number=draw.number, reference=waiting.reference, reason="x", by=first, at=NOON)

    with pytest.raises(NotAllowed):
        confirm_leaving_out(number=draw.number, reference=waiting.reference, by=first, at=NOON)
    with pytest.raises(DrawBlocked):
        conduct_draw(number=draw.number, by=first, at=NOON)
    left.confirmed_by = first
    with pytest.raises(IntegrityError), transaction.atomic():
        left.save()


def test_a_confirmed_file_is_in_the_draw_and_cannot_be_left_out():
    inside, late = eoi(), eoi(state="submitted", submitted_at=CLOSES)
    draw = planned()

    for one in (inside, late):
        with pytest.raises(NotUnderReview):
            ask_to_leave_out(number=draw.number, reference=one.reference, reason="x", by=manager(), at=NOON)


def test_a_pool_of_mixed_grids_is_refused_and_nothing_stays_of_the_attempt():
    eoi(grid="ntnp-eoi-2026-r1")
    eoi(grid="ntnp-eoi-2027-r1")

    with pytest.raises(DrawBlocked) as blocked:
        conducted()

    assert (blocked.value.why, blocked.value.who) == ("mixed_grids", ["ntnp-eoi-2026-r1", "ntnp-eoi-2027-r1"])
    assert not Entry.objects.exists()


def test_an_empty_pool_is_not_drawn_from():
    with pytest.raises(DrawBlocked, match="empty"):
        conducted()


def test_a_draw_waits_for_the_one_before_it_over_the_same_categories():
    pool([400, 410])
    eoi(390, category="express_entry")
    first = conducted(1, categories=["skilled"])
    second, apart = planned(1), planned(1, categories=["express_entry"])

    with pytest.raises(DrawBlocked) as blocked:
        conduct_draw(number=second.number, by=manager(), at=NOON)
    conduct_draw(number=apart.number, by=manager(), at=NOON)

    assert (blocked.value.why, blocked.value.who) == ("clash", [first.number])


def test_a_draw_is_not_conducted_while_it_is_open_for_entries():
    eoi()
    draw = planned()

    with pytest.raises(NotAllowed):
        freeze(number=draw.number, by=manager(), at=CLOSES - MICROSECOND)
    freeze(number=draw.number, by=manager(), at=CLOSES)

    assert Draw.objects.get().state == DrawState.FROZEN


def test_a_draw_is_not_conducted_before_the_day_it_is_announced_for():
    eoi()
    draw = planned(held_on=CLOSES.date() + DAY)

    with pytest.raises(NotAllowed, match="later day"):
        freeze(number=draw.number, by=manager(), at=NOON)
    freeze(number=draw.number, by=manager(), at=CLOSES + DAY)


# --- the freeze, the selection, and being interrupted ---


def test_after_the_freeze_the_entries_decide_whatever_the_pool_becomes():
    best, other = eoi(500), eoi(400)
    places()
    draw = planned(1)
    freeze(number=draw.number, by=manager(), at=NOON)
    ExpressionOfInterest.objects.filter(pk=best.pk).update(state="withdrawn", closed_at=NOON)
    eoi(600)

    select(number=draw.number, by=manager(), at=NOON + HOUR)

    assert taken(draw) == [best.reference]
    assert verdicts(Draw.objects.get())["eligible"] is None
    assert list(queries.not_chosen(draw).values_list("eoi_id", flat=True)) == [other.pk]


def test_the_number_of_queries_does_not_grow_with_the_pool():
    def cost() -> int:
        draw, by = planned(2, categories=["skilled"]), manager()
        with connection.execute_wrapper(counting := Counting()):
            conduct_draw(number=draw.number, by=by, at=NOON)
        void_draw(number=draw.number, reason="Trial", by=by, confirmed_by=director(), at=NOON)
        return counting.count

    places()
    pool([400] * 3)
    few = cost()
    pool([400] * 20)

    assert cost() == few


class Counting:
    """Counts statements."""

    def __init__(self) -> None:
        self.count = 0

    def __call__(self, execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        self.count += 1
        return execute(sql, params, many, context)


class FailAt:
    """Makes the n-th statement fail, as a cut connection would."""

    def __init__(self, place: int) -> None:
        self.place, self.count = place, 0

    def __call__(self, execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        self.count += 1
        if self.count == self.place:
            raise DatabaseError("cut")
        return execute(sql, params, many, context)


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("step", [6, pytest.param(1, marks=pytest.mark.proof)])
def test_a_draw_killed_at_every_statement_and_taken_up_again_gives_the_same_bytes(step: int):
    pool([400, 417, 417, 500, 597, 300, 417])
    places()
    expected, place, stopped = None, 0, set()
    while True:
        draw, by = planned(3), manager()
        with connection.execute_wrapper(failing := FailAt(place)), suppress(DatabaseError):
            conduct_draw(number=draw.number, by=by, at=NOON)
        stopped.add(Draw.objects.get(pk=draw.pk).state)
        if Draw.objects.get(pk=draw.pk).state != DrawState.SELECTED:
            conduct_draw(number=draw.number, by=by, at=NOON + HOUR)
        record = queries.record_of_run(draw).split(b"\n", 1)[1]
        expected = expected or record
        assert record == expected, f"statement {place}"
        void_draw(number=draw.number, reason="Trial", by=by, confirmed_by=director(), at=NOON)
        if place and failing.count < place:
            break
        place += step

    assert stopped == {DrawState.PLANNED, DrawState.FROZEN, DrawState.SELECTED}
    assert place > 20


class KillAt(FailAt):
    """Ends the server's side of the connection at the n-th statement, as a power cut would."""

    def __call__(self, execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        self.count += 1
        if self.count == self.place:
            with psycopg.connect(**connection.get_connection_params(), autocommit=True) as other:
                other.execute("SELECT pg_terminate_backend(%s)", [connection.connection.info.backend_pid])
        return execute(sql, params, many, context)


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("step", [9, pytest.param(1, marks=pytest.mark.proof)])
def test_a_draw_whose_connection_dies_is_taken_up_again_with_the_same_bytes(step: int):
    pool([400, 417, 417, 500, 597, 300, 417])
    places()
    records, place, died = set(), step, True
    while died:
        draw, by = planned(3), manager()
        died = False
        try:
            with connection.execute_wrapper(KillAt(place)):
                conduct_draw(number=draw.number, by=by, at=NOON)
        except DatabaseError:
            died = True
        connection.close()
        if Draw.objects.get(pk=draw.pk).state != DrawState.SELECTED:
            conduct_draw(number=draw.number, by=by, at=NOON + HOUR)
        records.add(queries.record_of_run(draw).split(b"\n", 1)[1])
        void_draw(number=draw.number, reason="Trial", by=by, confirmed_by=director(), at=NOON)
        place += step

    assert len(records) == 1
    assert place > 3 * step


@pytest.mark.django_db(transaction=True)
def test_two_managers_conduct_at_once_and_there_is_one_list():
    pool([400, 500, 600])
    places()
    draw, managers = planned(2), [manager(), manager()]

    outcomes = together(2, lambda n: conduct_draw(number=draw.number, by=managers[n], at=NOON))

    assert sorted(type(one).__name__ for one in outcomes) == ["Draw", "IllegalMove"]
    assert (Entry.objects.count(), Draw.objects.get().pool_size) == (3, 3)


@pytest.mark.django_db(transaction=True)
def test_two_draws_over_the_same_people_are_not_frozen_at_once():
    pool([400, 500, 600])
    places()
    draws, by = [planned(2), planned(1)], manager()

    outcomes = together(2, lambda n: freeze(number=draws[n].number, by=by, at=NOON))

    assert sorted(type(one).__name__ for one in outcomes) == ["Draw", "DrawBlocked"]
    assert Entry.objects.values("draw").distinct().count() == 1


@pytest.mark.parametrize("table", ["draws_entry", "draws_standing", "draws_promotion", "draws_excluded"])
@pytest.mark.parametrize("statement", ["DELETE FROM {}", "TRUNCATE {} CASCADE"])
def test_a_run_is_never_rewritten(table: str, statement: str):
    pool([400, 500])
    draw = conducted(1)
    ExpressionOfInterest.objects.filter(points=500).update(state="withdrawn", closed_at=NOON)
    mark_issued(number=draw.number, by=director(), at=NOON + HOUR)

    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        if table == "draws_excluded":
            cursor.execute(
                f"INSERT INTO {table} (draw_id, eoi_id, criteria) SELECT draw_id, eoi_id, '[]' FROM draws_entry"
            )
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        with pytest.raises(DatabaseError, match=r"Cannot|never rewritten"), transaction.atomic():
            cursor.execute(statement.format(table))


# --- issuing ---


def test_another_director_issues_and_the_outcome_is_published():
    eoi(597, category="express_entry")
    eoi(417)
    eoi(300)
    draw = conducted(2)

    invited = mark_issued(number=draw.number, by=director(), at=NOON + HOUR)

    (published,) = [one for one in queries.results("ca-nt", NOON) if one.number]
    assert len(invited) == 2
    kept = queries.draw(draw.number).outcome
    assert (kept["invited"], kept["lowest"], kept["highest"]) == (2, 417, 597)
    # Of so small a pool the public reads no points.
    assert (published.number, published.few, published.lowest, published.highest) == (draw.number, True, None, None)
    assert published.by_category == {"entry_level": 0, "skilled": 1, "express_entry": 1}
    assert published.pool == 3


def test_the_one_who_conducted_does_not_issue_and_the_database_says_so_too():
    eoi()
    places()
    draw, both = planned(1), director()
    conduct_draw(number=draw.number, by=both, at=NOON)

    with pytest.raises(NotAllowed, match="conducted"):
        mark_issued(number=draw.number, by=both, at=NOON)
    with pytest.raises(IntegrityError), transaction.atomic():
        Draw.objects.update(state="issued", approved_by=both, issued_at=NOON)


def test_whoever_took_the_selection_up_again_does_not_issue_either():
    eoi()
    places()
    draw, first, second = planned(1), director(), director()
    freeze(number=draw.number, by=first, at=NOON)
    select(number=draw.number, by=second, at=NOON)

    for person_ in (first, second):
        with pytest.raises(NotAllowed):
            mark_issued(number=draw.number, by=person_, at=NOON)


@pytest.mark.parametrize("roles", [(), ("officer",), ("draw_manager",), ("reviewer",)])
def test_only_a_director_issues(roles: tuple[str, ...]):
    eoi()
    draw = conducted(1)

    with pytest.raises(NotAllowed):
        mark_issued(number=draw.number, by=person("staff", *roles), at=NOON)


def test_whoever_left_since_the_freeze_gives_the_place_to_the_next_and_a_row_tells_it():
    first, second, third, fourth, fifth = pool([597, 500, 450, 417, 400])
    draw = conducted(2)
    for one, change in ((first, {"state": "withdrawn", "closed_at": NOON}), (third, {"valid_before": NOON + HOUR})):
        ExpressionOfInterest.objects.filter(pk=one.pk).update(**change)

    invited = mark_issued(number=draw.number, by=director(), at=NOON + HOUR)

    assert invited == [second.reference, fourth.reference]
    assert [(row.fallen.eoi_id, row.taken.eoi_id) for row in queries.promotions(draw)] == [(first.pk, fourth.pk)]
    assert [row.eoi_id for row in queries.not_chosen(draw)] == [third.pk, fifth.pk]
    assert Draw.objects.get().outcome["lowest"] == 417


def test_a_place_nobody_is_left_to_take_stays_free():
    first, second = pool([597, 500])
    draw = conducted(2)
    ExpressionOfInterest.objects.filter(pk=first.pk).update(state="withdrawn", closed_at=NOON)

    assert mark_issued(number=draw.number, by=director(), at=NOON + HOUR) == [second.reference]
    assert [row.taken for row in queries.promotions(draw)] == [None]


# --- void ---


def test_two_people_make_a_draw_void_and_the_run_is_kept():
    pool([400, 500])
    draw = conducted(1)
    before = queries.record_of_run(draw)
    first, second = manager(), director()

    ask_void(number=draw.number, reason="Wrong size", by=first, at=NOON)
    with pytest.raises(NotAllowed):
        confirm_void(number=draw.number, by=first, at=NOON)
    confirm_void(number=draw.number, by=second, at=NOON)
    again = plan_draw(program="ca-nt", held_on=draw.held_on, closes_at=CLOSES, size=2, categories=CATEGORIES,
                      by=first, at=NOON, follows=draw.number)  # fmt: skip

    assert queries.record_of_run(draw) == before
    assert (Draw.objects.get(pk=draw.pk).state, again.follows) == ("void", draw)
    with pytest.raises(IllegalMove):
        mark_issued(number=draw.number, by=director(), at=NOON)


def test_the_database_refuses_a_draw_made_void_by_one_person():
    draw, alone = planned(), director()

    with pytest.raises(IntegrityError), transaction.atomic():
        Draw.objects.filter(pk=draw.pk).update(
            state="void", void_reason="x", void_asked_by=alone, void_asked_at=NOON, voided_by=alone, voided_at=NOON
        )


def test_nothing_goes_on_while_a_draw_is_asked_to_be_void_until_that_is_settled():
    eoi()
    draw = conducted(1)
    ask_void(number=draw.number, reason="Doubt", by=manager(), at=NOON)

    with pytest.raises(NotAllowed):
        mark_issued(number=draw.number, by=director(), at=NOON)
    keep_draw(number=draw.number, by=director(), at=NOON)

    assert mark_issued(number=draw.number, by=director(), at=NOON)


def test_an_issued_draw_is_not_made_void():
    eoi()
    draw = conducted(1)
    mark_issued(number=draw.number, by=director(), at=NOON)

    with pytest.raises(IllegalMove):
        ask_void(number=draw.number, reason="Late", by=manager(), at=NOON)


# --- looking ahead ---


def test_a_preview_says_what_the_draw_would_give_and_changes_nothing():
    pool([597, 417, 417, 300])
    eoi(500, category="express_entry")
    draw = planned(3)

    seen = queries.preview(draw, NOON)

    assert (seen.pool, seen.taken, seen.highest, seen.cutoff) == (5, 3, 597, 417)
    assert (seen.tied_in, seen.tied_out, seen.tied) == (1, 1, True)
    assert [(one.category, one.pool, one.taken) for one in seen.shares] == [("express_entry", 1, 1), ("skilled", 4, 2)]
    assert seen.by_score == {597: 1, 500: 1, 417: 2, 300: 1}
    assert queries.preview(draw, NOON, size=4).tied_out == 0
    assert not Entry.objects.exists()


def test_the_preview_agrees_with_the_draw():
    pool([597, 417, 417, 300, 550])
    draw = planned(3)
    before = queries.preview(draw, NOON)
    places()
    conduct_draw(number=draw.number, by=manager(), at=NOON)

    assert queries.outlook(queries.draw(draw.number), NOON) == before


def test_draws_published_before_this_installation_stand_beside_our_own():
    program()

    told = queries.results("ca-nt", NOON)

    assert [(one.held_on.isoformat(), one.invited, one.lowest, one.highest) for one in told] == [
        ("2026-09-25", None, None, None), ("2026-06-25", None, None, None), ("2026-03-25", 65, 417, 597),
    ]  # fmt: skip
    assert told[2].by_category == {"express_entry": 32, "skilled": 20, "entry_level": 13}
    assert queries.last_cutoff("ca-nt", NOON).lowest == 417


@pytest.mark.parametrize("state", DrawState.values)
@pytest.mark.parametrize("move", list(DRAW_LIFECYCLE.moves))
def test_every_move_from_every_state(state: str, move: str):
    table = {
        "planned": {
            "replan": "planned",
            "publish": "planned",
            "leave_out": "planned",
            "freeze": "frozen",
            "void": "void",
        },
        "frozen": {
            "object": "frozen",
            "answer_objection": "frozen",
            "seed": "frozen",
            "select": "selected",
            "void": "void",
        },
        "selected": {"accept": "selected", "issue": "issued", "void": "void"},
        "issued": {"refill": "issued", "repair": "issued"},
    }
    expected = table.get(state, {}).get(move)

    if expected:
        assert DRAW_LIFECYCLE.after(state, move) == expected
    else:
        with pytest.raises(IllegalMove):
            DRAW_LIFECYCLE.after(state, move)
