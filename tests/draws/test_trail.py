"""What a draw tells of itself: every act on its trail, every assertion with its numbers; and the edges of a plan."""

from datetime import timedelta
from typing import Any

import pytest

from passerelle.core import audit
from passerelle.core.lifecycle import IllegalMove
from passerelle.core.verdicts import NotAllowed
from passerelle.draws import checking, queries
from passerelle.draws.models import Draw
from passerelle.draws.operations import (
    ask_to_leave_out,
    ask_void,
    conduct_draw,
    confirm_leaving_out,
    confirm_void,
    keep_draw,
    mark_issued,
    plan_draw,
    replan_draw,
)
from passerelle.draws.operations.leaving_out import NotUnderReview
from passerelle.draws.operations.planning import BadPlan
from passerelle.eoi.models import ExpressionOfInterest
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
    places,
    planned,
    pool,
)

pytestmark = pytest.mark.django_db


def events(subject: str) -> list[tuple[str, dict[str, Any]]]:
    return [(row.event, row.detail) for row in audit.trail(subject)]


def test_every_act_of_a_draw_is_on_its_trail_with_its_numbers():
    pool([597, 500, 417])
    waiting = eoi(450, state="submitted")
    places()
    first, second, issuer = manager(), director(), director()
    draw = planned(1, by=first)
    replan_draw(number=draw.number, held_on=CLOSES.date(), closes_at=CLOSES, size=2, categories=["skilled"], by=first,
                at=OPENED + HOUR)  # fmt: skip
    ask_void(number=draw.number, reason="Wrong day?", by=first, at=OPENED + DAY)
    keep_draw(number=draw.number, by=second, at=OPENED + DAY)
    ask_to_leave_out(number=draw.number, reference=waiting.reference, reason="Not legible", by=first, at=NOON)
    confirm_leaving_out(number=draw.number, reference=waiting.reference, by=second, at=NOON)
    conduct_draw(number=draw.number, by=first, at=NOON)
    mark_issued(number=draw.number, by=issuer, at=NOON + HOUR)

    told = events(draw.number)
    left_out = {"draw": draw.number, "eoi": waiting.reference, "reason": "Not legible", "asked_by": first.pk}
    assert [event for event, _detail in told] == [
        "draw.planned", "draw.replanned", "draw.void_asked", "draw.void_refused", "draw.leaving_out_asked", "draw.left_out",
        "draw.frozen", "draw.committed", "draw.selected", "draw.issued",
    ]  # fmt: skip
    of = dict(told)
    assert (of["draw.replanned"]["before"]["size"], of["draw.replanned"]["after"]["size"]) == (1, 2)
    assert of["draw.void_asked"] == of["draw.void_refused"] == {"reason": "Wrong day?"}
    assert of["draw.leaving_out_asked"] == {"eoi": waiting.reference, "reason": "Not legible"}
    assert of["draw.left_out"] == left_out
    assert ("draw.left_out", left_out) in events(waiting.reference)
    assert of["draw.frozen"] == {"entries": 3, "excluded": []}
    assert of["draw.selected"] == {
        "taken": 2,
        "red": [],
        "run": queries.digest_of_run(Draw.objects.get(number=draw.number)),
    }
    assert of["draw.issued"]["invited"] == 2
    assert of["draw.issued"]["promoted"] == []


def test_a_void_is_on_the_trail_and_only_somebody_who_may_confirm_it_keeps_the_draw():
    draw, first, second = planned(), manager(), director()
    ask_void(number=draw.number, reason="Wrong size", by=first, at=NOON)

    with pytest.raises(NotAllowed):
        keep_draw(number=draw.number, by=manager(), at=NOON)
    keep_draw(number=draw.number, by=first, at=NOON)
    kept = Draw.objects.get()
    assert (kept.void_reason, kept.void_asked_by, kept.void_asked_at) == ("", None, None)
    ask_void(number=draw.number, reason="Wrong size", by=first, at=NOON)
    confirm_void(number=draw.number, by=second, at=NOON)

    said = {"reason": "Wrong size", "asked_by": first.pk, "before": "planned"}
    assert events(draw.number)[-1] == ("draw.void", said)
    with pytest.raises(IllegalMove):
        keep_draw(number=draw.number, by=second, at=NOON)


def test_a_place_passed_on_is_told_on_the_trail():
    first, second, third = pool([597, 500, 417])
    places()
    draw = planned(2)
    conduct_draw(number=draw.number, by=manager(), at=NOON)

    mark_issued(number=draw.number, by=director(), at=NOON + HOUR, unfit=[first.reference])

    assert dict(events(draw.number))["draw.issued"]["promoted"] == [
        {"fallen": first.reference, "taken": third.reference}
    ]
    assert Draw.objects.get().outcome["invited"] == 2
    assert second.reference != third.reference


def test_leaving_out_is_asked_again_with_another_reason_and_confirmed_once():
    waiting, draw, first, second = eoi(state="submitted"), planned(), manager(), director()
    named = {"number": draw.number, "reference": waiting.reference}
    for reason in ("First words", "Better words"):
        left = ask_to_leave_out(**named, reason=reason, by=first, at=NOON)
    assert left.reason == "Better words"
    with pytest.raises(NotAllowed):
        ask_to_leave_out(**named, reason="x", by=eoi().confirmed_by, at=NOON)

    for _twice in range(2):
        confirm_leaving_out(**named, by=second, at=NOON)

    assert [event for event, _detail in events(draw.number)].count("draw.left_out") == 1
    assert Notice.objects.filter(kind="left_out_of_draw").count() == 2
    with pytest.raises(NotUnderReview):
        ask_to_leave_out(**named, reason="Again", by=first, at=NOON)


def test_nobody_is_left_out_of_a_draw_that_is_over():
    waiting, draw = eoi(state="submitted"), planned()
    named = {"number": draw.number, "reference": waiting.reference}
    ask_to_leave_out(**named, reason="x", by=manager(), at=NOON)
    ask_void(number=draw.number, reason="Wrong size", by=manager(), at=NOON)
    confirm_void(number=draw.number, by=director(), at=NOON)

    for act in (lambda: ask_to_leave_out(**named, reason="x", by=manager(), at=NOON),
                lambda: confirm_leaving_out(**named, by=director(), at=NOON)):  # fmt: skip
        with pytest.raises(IllegalMove):
            act()


# --- the edges of a plan ---


def test_entries_may_close_until_the_end_of_the_day_of_the_draw():
    end = CLOSES + DAY  # midnight after 25 March in Yellowknife

    assert planned(1, closes_at=end - timedelta(microseconds=1)).size == 1
    with pytest.raises(BadPlan):
        planned(1, closes_at=end)


def test_a_plan_is_changed_by_who_plans_and_holds_together_as_changed():
    draw = planned(1)
    same = {"number": draw.number, "held_on": CLOSES.date(), "closes_at": CLOSES, "at": OPENED}

    with pytest.raises(BadPlan):
        replan_draw(**same, size=0, categories=CATEGORIES, by=manager())
    with pytest.raises(NotAllowed):
        replan_draw(**same, size=1, categories=CATEGORIES, by=eoi().confirmed_by)
    changed = replan_draw(**same, size=3, categories=["express_entry", "skilled"], by=manager())

    kept = Draw.objects.get()
    assert (kept.size, kept.categories, kept.stream) == (3, ["skilled", "express_entry"], changed.stream)


def test_a_draw_that_replaces_none_follows_none():
    assert planned().follows is None
    with pytest.raises(Draw.DoesNotExist):
        plan_draw(program="ca-nt", held_on=CLOSES.date(), closes_at=CLOSES, size=1, categories=CATEGORIES, by=manager(),
                  at=OPENED, follows="NT-D-1999-000001")  # fmt: skip


# --- the numbers that assertions tell ---


def told(draw: Draw, *, final: bool = False) -> dict[str, tuple[bool | None, dict[str, Any]]]:
    return {one["key"]: (one["good"], one["facts"]) for one in checking.findings(draw, NOON + HOUR, final=final)}


def test_assertions_tell_their_numbers():
    pool([300, 400, 417, 597])
    places(10)
    draw = conduct_draw(number=planned(2).number, by=manager(), at=NOON)

    assert told(draw) == {
        "eligible": (True, {"taken": 2, "who": [], "count": 0}),
        "order": (True, {"cutoff": 417, "next": 400}),
        "once": (True, {"entries": 4, "count": 0}),
        "numbers": (True, {"entries": 4, "ranked": 4, "taken": 2, "size": 2}),
        "positions": (True, {"count": 0}),
        "ranks": (True, {"count": 0}),
        "caps": (True, {"count": 0}),
        "quotas": (True, {"count": 0, "who": []}),
        "unchanged": (True, {}),
        "in_scope": (True, {"count": 0}),
        "points": (True, {"count": 0}),
        "one_grid": (True, {"grids": ["ntnp-eoi-2026-r1"]}),
        "aimed": (True, {"count": 0, "who": []}),
        "complete": (True, {"who": []}),
        "places": (True, {"taken": 2, "left": 10, "factor": "1", "out": 0, "most": 10}),
    }


def test_where_everybody_is_taken_nobody_left_out_can_outrank_them():
    pool([400, 500])
    places()
    draw = conduct_draw(number=planned(2).number, by=manager(), at=NOON)

    assert told(draw)["order"] == (True, {"cutoff": 400})
    assert told(draw)["numbers"][0] is True


def test_the_last_place_of_the_year_is_enough():
    pool([400, 500])
    places(2)
    draw = conduct_draw(number=planned(2).number, by=manager(), at=NOON)

    good, facts = told(draw)["places"]
    assert (good, facts["taken"], facts["left"]) == (True, 2, 2)


def test_who_may_no_longer_be_invited_leaves_the_line_open_until_the_issue_and_is_named():
    first, *_others = pool([597, 500, 417])
    places()
    draw = conduct_draw(number=planned(2).number, by=manager(), at=NOON)
    ExpressionOfInterest.objects.filter(pk=first.pk).update(state="withdrawn", closed_at=NOON)

    assert told(draw)["eligible"] == (None, {"taken": 2, "who": [first.reference], "count": 1})
    assert told(draw, final=True)["eligible"][0] is False


def test_an_issued_draw_is_checked_without_asking_what_has_become_of_people_since():
    first, *_others = pool([597, 500, 417])
    places(2)
    draw = conduct_draw(number=planned(2).number, by=manager(), at=NOON)
    mark_issued(number=draw.number, by=director(), at=NOON)
    ExpressionOfInterest.objects.filter(pk=first.pk).update(state="withdrawn", closed_at=NOON)
    places(1)
    draw.refresh_from_db()

    found = told(draw, final=True)

    assert found["eligible"] == (True, {"taken": 2})
    good, facts = found["places"]
    assert (good, facts["taken"], facts["left"]) == (True, 2, 1)
