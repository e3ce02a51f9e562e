"""Points that turn out lower than claimed: what is left of them, who is told what it would have meant, and when."""

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from passerelle.applications import comparing, proven, queries
from passerelle.core import clock
from passerelle.eoi.models import ExpressionOfInterest
from pointsgrid.scoring.sheet import total_without
from tests.project.test_invariants import slip
from tests.support import candidate_first as first
from tests.support.cases import DAY, NOON, Case, Office
from tests.support.people import signed_in

pytestmark = pytest.mark.django_db
SAYS = "would still have been invited in the draw of April\u00a09, 2026"


def page(person: Any, case: Case, side: str = "") -> str:
    with clock.frozen(NOON + 8 * DAY):
        client: Client = signed_in(person)
        name = "applications:staff_file" if side == "staff" else "applications:file"
        return client.get(reverse(name, args=[case.application])).content.decode()


def test_claims_that_are_not_proven_give_nothing_and_limits_hold():
    sheet: dict[str, Any] = {
        "cap": 20, "floor": None, "lines": [
            {"id": "a", "kind": "bands", "state": "counted", "points": 15, "lines": [], "cap": None, "floor": None},
            {"id": "b", "kind": "sum", "state": "counted", "points": 10, "cap": 10, "floor": None, "lines": [
                {"id": "c", "kind": "bands", "state": "counted", "points": 8, "lines": [], "cap": None, "floor": None},
                {"id": "d", "kind": "bands", "state": "counted", "points": 6, "lines": [], "cap": None, "floor": None},
            ]},
        ],
    }  # fmt: skip
    left = {frozenset(): 20, frozenset("c"): 20, frozenset("a"): 10, frozenset("ac"): 6, frozenset("b"): 15}
    assert {gone: total_without(sheet, gone) for gone in left} == left


def test_staff_read_at_once_and_the_candidate_with_the_refusal_what_it_would_have_meant():
    office = first.an_office()
    case = first.assessed(office, failing=1)
    application = queries.application_for(office.officer, reference=case.application)
    eoi = ExpressionOfInterest.objects.get(reference=case.eoi)
    found = proven.lower(application, at=NOON + 8 * DAY)
    assert found
    [claim] = found.unproven
    assert (found.claimed, found.shown) == (eoi.points, (eoi.points or 0) - claim.points)
    assert SAYS in page(office.officer, case, "staff")
    assert SAYS not in page(case.candidate, case)
    assert proven.told_to_candidate(application, at=NOON + 8 * DAY) is None

    refused = first.refused(office)
    mine = page(refused.candidate, refused)
    assert "With" in mine
    assert "you would still have been invited" in mine
    assert "changes nothing of the decision" in mine
    assert "you would still have been invited" not in page(refused.employer, refused)


def test_what_a_file_was_invited_with_is_what_was_frozen_whatever_changed_after_the_closing():
    office = first.an_office()
    case = first.assessed(office, failing=1)
    eoi = ExpressionOfInterest.objects.get(reference=case.eoi)
    # Points that changed between the closing and the freeze: the entry keeps those of the closing.
    slip("UPDATE draws_entry SET points = points + 7 WHERE eoi_id = %s", eoi.pk)

    application = queries.application_for(office.officer, reference=case.application)
    found = proven.lower(application, at=NOON + 8 * DAY)

    assert found
    assert (found.claimed, found.shown) == ((eoi.points or 0) + 7, (eoi.points or 0) - found.unproven[0].points)
    assert comparing.comparison(application).points_before == found.claimed


def test_a_file_whose_points_are_shown_has_nothing_to_tell():
    office = first.an_office()
    case = first.assessed(office)
    application = queries.application_for(office.officer, reference=case.application)
    assert proven.lower(application, at=NOON + 8 * DAY) is None
    assert "Points shown" not in page(office.officer, case, "staff")


def test_answers_of_the_application_that_give_fewer_points_count(office: Office):
    from tests.support.cases import assessed

    case = assessed(office)
    application = queries.application_for(office.officer, reference=case.application)
    eoi = application.invitation.eoi
    assert proven.lower(application, at=NOON + 8 * DAY) is None
    part = application.parts.get(key="candidate")
    compared = {
        one.compare.with_: one.key
        for section in queries.questionnaire(part).sections
        for one in section.questions
        if one.compare
    }
    part.answers = {
        **part.answers, compared["highest_education"]: "secondary", compared["spouse_accompanying"]: False,
    }  # fmt: skip
    part.save()
    application = queries.application_for(office.officer, reference=case.application)
    found = proven.lower(application, at=NOON + 8 * DAY)
    assert found
    assert found.unproven == []
    assert found.shown < eoi.points == found.claimed
    assert SAYS in " ".join(found.sentences)
