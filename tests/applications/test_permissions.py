"""Who may do what to an application: each rule by itself, on files and people that stand in no row."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from passerelle.applications import permissions as may
from passerelle.applications.models import Application, Decision, Part, ReviewRequest
from passerelle.applications.states import UNDECIDED, ApplicationState, PartState
from passerelle.invitations.models import Invitation
from tests.support.people import unkept

TOO_LATE = datetime(2026, 4, 25, 6, tzinfo=UTC)
IN_TIME = TOO_LATE - timedelta(microseconds=1)
EMPLOYER, CANDIDATE, STRANGER = (unkept(pk, audience="employer") for pk in (1, 2, 3))
OFFICER, SECOND, DIRECTOR = unkept(11, "officer"), unkept(12, "reviewer"), unkept(13, "director")
OTHERS = [unkept(14, "auditor"), unkept(15, "officer", program="ca-on"), unkept(16, "draw_manager")]
EVERYBODY = [EMPLOYER, CANDIDATE, STRANGER, OFFICER, SECOND, DIRECTOR, *OTHERS]


def a_file(state: str = "filling", **given: Any) -> Application:
    facts: dict[str, Any] = {"employer_id": 1, "candidate_id": 2, "program": "ca-nt", "officer_id": OFFICER.pk}
    return Application(state=state, invitation=Invitation(respond_by=TOO_LATE), **(facts | given))


def a_part(state: str = "open", application: Application | None = None) -> Part:
    return Part(application=application or a_file(), side="employer", state=state)


def allowed(rule: Any) -> set[int]:
    return {by.pk for by in EVERYBODY if rule(by).allowed}


def a_refusal(**given: Any) -> Decision:
    facts: dict[str, Any] = {"application": a_file("refused"), "kind": "refusal", "review_before": TOO_LATE}
    return Decision(pk=1, **(facts | given))


def a_review(**given: Any) -> ReviewRequest:
    return ReviewRequest(application=a_file("refused"), made_by_id=11, **given)


@pytest.mark.parametrize(
    ("rule", "who"),
    [
        (lambda by: may.can_fill(by, a_part(), at=IN_TIME), {1}),
        (lambda by: may.can_add_documents(by, a_part(), at=IN_TIME), {1}),
        (lambda by: may.can_add_documents(by, a_part("locked"), at=IN_TIME), {1}),
        (lambda by: may.can_assess(by, a_file()), {11, 12, 13}),
        (lambda by: may.can_work_on(by, a_file()), {11}),
        (lambda by: may.can_decide(by, a_file(), drew=DIRECTOR), {11}),
        (lambda by: may.can_decide(by, a_file(), drew=OFFICER), set()),
        (lambda by: may.can_withdraw(by, a_file()), {1, 2}),
        (lambda by: may.can_decide_review(by, a_review()), {12, 13}),
        (lambda by: may.can_decide_review(by, a_review(proposed_by_id=12)), {13}),
        (lambda by: may.can_decide_review(by, a_review(), drew=DIRECTOR, assessed={12}), set()),
        (lambda by: may.can_report_change(by, a_file("queued", file_number="NT-1")), {1, 2}),
    ],
)
def test_each_act_has_its_people(rule: Any, who: set[int]):
    assert allowed(rule) == who


@pytest.mark.parametrize("state", PartState)
def test_a_form_is_filled_in_while_it_is_open(state: str):
    assert may.can_fill(EMPLOYER, a_part(state), at=IN_TIME).allowed is (state == "open")


@pytest.mark.parametrize("part", ["open", "locked"])
def test_from_the_first_moment_too_late_on_nothing_is_added(part: str):
    assert not may.can_add_documents(EMPLOYER, a_part(part), at=TOO_LATE)
    assert not may.can_fill(EMPLOYER, a_part(part), at=TOO_LATE)


@pytest.mark.parametrize("state", sorted(set(ApplicationState) - {ApplicationState.FILLING}))
@pytest.mark.parametrize("part", ["open", "locked"])
def test_once_it_is_no_longer_filled_in_nothing_is_added(part: str, state: str):
    assert not may.can_add_documents(EMPLOYER, a_part(part, a_file(state)), at=IN_TIME)
    assert not may.can_fill(EMPLOYER, a_part(part, a_file(state)), at=IN_TIME)


def test_a_submitted_form_takes_no_more_documents():
    assert not may.can_add_documents(EMPLOYER, a_part("submitted"), at=IN_TIME)


@pytest.mark.parametrize("state", ApplicationState)
def test_a_party_withdraws_until_the_decision(state: str):
    assert may.can_withdraw(CANDIDATE, a_file(state)).allowed is (state in UNDECIDED)


@pytest.mark.parametrize("state", ApplicationState)
def test_a_change_is_reported_on_a_file_with_a_number_that_has_not_failed(state: str):
    told = may.can_report_change(EMPLOYER, a_file(state, file_number="NT-1"))

    assert told.allowed is (state not in {"refused", "returned", "withdrawn", "lapsed"})
    assert not may.can_report_change(EMPLOYER, a_file(state))


@pytest.mark.django_db
def test_a_review_is_asked_by_a_party_to_a_refusal_in_time():
    assert allowed(lambda by: may.can_ask_review(by, a_refusal(), at=IN_TIME)) == {1, 2}
    assert not may.can_ask_review(EMPLOYER, a_refusal(), at=TOO_LATE)
    assert not may.can_ask_review(EMPLOYER, a_refusal(kind="nomination"), at=IN_TIME)
    assert not may.can_ask_review(EMPLOYER, a_refusal(review_before=None), at=IN_TIME)
