"""A program's own standard of time: what it promises stands in lists as a due date, and what it does not promise nowhere."""

from datetime import timedelta

import pytest
from django.conf import settings

from passerelle.applications import operations, standards
from passerelle.core import clock
from passerelle.core.deadlines import first_day_too_late
from passerelle.notices import queries as notices
from passerelle.programs import files
from passerelle.programs import queries as programs
from passerelle.programs.rules import read
from tests.support import candidate_first as first
from tests.support import cases
from tests.support.candidate_first import CODE
from tests.support.cases import DAY, NOON
from tests.support.people import PROGRAM, signed_in

pytestmark = pytest.mark.django_db


def test_a_complete_application_is_due_ten_weeks_later_and_lists_say_so():
    office = cases.an_office()
    case = cases.queued(office)
    received = NOON + 5 * DAY
    zone = programs.rules_in_force(PROGRAM, NOON).zone
    due = first_day_too_late(received, days=70, zone=zone)
    assert case.file.decide_by == due

    officer = signed_in(office.officer)
    with clock.frozen(due - timedelta(microseconds=1)):
        assert '<span class="chip chip--due_today"' in officer.get("/en/staff/applications/").content.decode()
        assert "chip--late" not in officer.get("/en/staff/worklist/").content.decode()
    with clock.frozen(due):
        for page in ("/en/staff/applications/", "/en/staff/worklist/", f"/en/staff/application/{case.application}/"):
            assert "chip--late" in officer.get(page).content.decode(), page


def test_a_review_is_due_when_the_pack_says_and_its_task_too():
    office = first.an_office()
    case = first.refused(office)
    asked = NOON + 10 * DAY

    review = operations.ask_review(reference=case.application, error="Page 3.", by=case.candidate, at=asked)

    zone = programs.rules_in_force(CODE, NOON).zone
    assert review.decide_by == first_day_too_late(asked, days=60, zone=zone)
    [task] = notices.tasks(CODE).filter(kind="review_asked")
    assert task.due_by == review.decide_by
    with clock.frozen(review.decide_by):
        page = signed_in(office.second).get("/en/staff/applications/reviews/").content.decode()
    assert "chip--late" in page


def test_a_program_that_promises_no_time_has_no_due_date():
    silent = read(files.sources(settings.PACKS / "ca-on" / "2024-1"))

    assert programs.standard(silent, standards.DECISION, NOON, stream="foreign_worker") is None
    assert programs.standard(silent, "review_decision", NOON) is None
