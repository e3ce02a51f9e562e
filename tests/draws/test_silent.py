"""Why a file was not in a frozen pool: each reason, as the file stood at the freeze and not as it stands today."""

from datetime import date, timedelta
from typing import Any

import pytest
from django.utils import translation

from passerelle.core import audit
from passerelle.draws import queries
from passerelle.draws.models import Draw
from passerelle.draws.operations import ask_void, conduct_draw, confirm_void, freeze, leave_out
from passerelle.eoi.models import Bar, ExpressionOfInterest
from tests.draws.support import (
    CLOSES,
    DAY,
    HOUR,
    NOON,
    aimed,
    director,
    eoi,
    graduate,
    manager,
    person,
    places,
    planned,
    pool,
)
from tests.factories import an_eoi

pytestmark = pytest.mark.django_db
BEFORE = NOON - HOUR


def happened(one: ExpressionOfInterest, event: str, **now: Any) -> ExpressionOfInterest:
    """Tell an event of a file before the freeze, with what the row says today."""
    audit.record(event, subject=one.reference, by=one.candidate, at=BEFORE, program="ca-nt")
    ExpressionOfInterest.objects.filter(pk=one.pk).update(**now)
    one.refresh_from_db()
    return one


def why(draw: Draw, one: ExpressionOfInterest) -> str:
    drawn = queries.draw(draw.number)
    return queries.why(drawn, one, queries.receipt(drawn, one))


@pytest.mark.parametrize(
    ("event", "then", "now", "said"),
    [
        ("eoi.held", "on_hold", {}, "you had put it on hold"),
        ("eoi.invited", "invited", {}, "it had been invited already"),
        ("eoi.withdrawn", "withdrawn", {"closed_at": BEFORE}, "it had been withdrawn"),
        ("eoi.refused", "refused", {"closed_at": BEFORE}, "it had been refused"),
        ("eoi.closed", "closed", {"closed_at": BEFORE, "closing_reason": "declined"}, "it had ended by then"),
    ],
)
def test_where_it_stood_at_the_freeze(event: str, then: str, now: dict[str, Any], said: str):
    places()
    pool([400, 300])
    one = happened(eoi(500), event, state=then, **now)
    draw = planned(1)
    freeze(number=draw.number, by=manager(), at=NOON)

    assert said in why(draw, one)
    with translation.override("fr"):
        assert why(draw, one) not in ("", said)
    assert queries.receipt(queries.draw(draw.number), one) is None


def test_what_came_after_the_freeze_changes_no_reason():
    places()
    pool([400, 300])
    held = happened(eoi(500), "eoi.held", state="on_hold")
    elsewhere = eoi(500, category="express_entry")
    draw = planned(1, categories=["skilled"])
    freeze(number=draw.number, by=manager(), at=NOON)
    for one, event, state in ((held, "eoi.resumed", "in_pool"), (elsewhere, "eoi.held", "on_hold")):
        audit.record(event, subject=one.reference, by=one.candidate, at=NOON + HOUR, program="ca-nt")
        ExpressionOfInterest.objects.filter(pk=one.pk).update(state=state)
        one.refresh_from_db()

    assert "you had put it on hold" in why(draw, held)
    assert "over other categories" in why(draw, elsewhere)


@pytest.mark.parametrize(
    ("event", "state"),
    [("eoi.submitted", "submitted"), ("eoi.evidence_requested", "evidence_requested"), ("eoi.doubted", "doubted")],
)
def test_one_left_out_reads_what_two_people_wrote(event: str, state: str):
    places()
    pool([400, 300])
    one = happened(eoi(500, state=state), event)
    draw = planned(1)
    leave_out(number=draw.number, reference=one.reference, reason="Report not legible", by=manager(),
              confirmed_by=director(), at=BEFORE)  # fmt: skip
    freeze(number=draw.number, by=manager(), at=NOON)

    assert "Report not legible" in why(draw, one)


def test_time_and_bars_and_criteria():
    places()
    pool([400, 300])
    late, ended, barred = eoi(500, submitted_at=CLOSES), eoi(500, valid_before=NOON), eoi(500)
    Bar.objects.create(
        program="ca-nt", person_key=barred.person_key, eoi=barred, from_at=NOON - DAY, before=NOON + DAY, reason="x",
        by=person("staff"), confirmed_by=person("staff"),
    )  # fmt: skip
    lapsed = an_eoi("in_pool", work_permit_expiry="2026-03-20")
    draw = planned(1)
    freeze(number=draw.number, by=manager(), at=NOON)

    assert "after entries had closed" in why(draw, late)
    assert "its validity had ended" in why(draw, ended)
    assert "a bar against filing" in why(draw, barred)
    assert "on that day you no longer met" in why(draw, lapsed)


def test_whom_a_draw_was_aimed_at():
    places()
    inside = graduate(facts={"targeted_trade": True}, submitted_at=CLOSES - 9 * DAY)
    outside = graduate(facts={}, submitted_at=CLOSES - 9 * DAY)
    early = graduate(facts={"targeted_trade": True}, submitted_at=CLOSES - 10 * DAY - timedelta(minutes=1))
    draw = aimed(9, "trade", window={"first_from": date(2026, 3, 15), "first_through": date(2026, 3, 24)})
    conduct_draw(number=draw.number, by=manager(), at=NOON)

    assert "Targeted trades" in why(draw, outside)
    assert "first handed in between other days" in why(draw, early)
    assert "You are in this draw" in why(draw, inside)


def test_where_the_records_do_not_show_why_no_reason_is_made_up():
    places()
    pool([400, 300])
    draw = planned(1)
    freeze(number=draw.number, by=manager(), at=NOON)
    brought_in = eoi(500)

    assert "the records do not show why" in why(draw, brought_in)


def test_a_void_draw_says_so_to_those_who_were_in_it():
    places()
    one, _other = pool([400, 300])
    draw = planned(1)
    conduct_draw(number=draw.number, by=manager(), at=NOON)
    ask_void(number=draw.number, reason="The size was wrong.", by=manager(), at=NOON)
    confirm_void(number=draw.number, by=director(), at=NOON)

    assert "made void" in why(draw, one)
    assert "The size was wrong." in why(draw, one)
