"""Who may do what with an expression of interest: each rule by itself, on files and people that stand in no row."""

from collections.abc import Callable
from typing import Any

import pytest

from passerelle.core.verdicts import Verdict
from passerelle.eoi import permissions as may
from passerelle.eoi.models import Bar, Doubt, ExpressionOfInterest, FactChange
from passerelle.eoi.states import EOIState
from passerelle.programs import queries as programs
from tests.factories import DAY, NOON, OPENED, program
from tests.support.people import unkept

# Some rules ask the pack of a file; the files and people themselves stand in no row.
pytestmark = pytest.mark.django_db

EMPLOYER, CANDIDATE = unkept(1, audience="employer"), unkept(2, audience="candidate")
STRANGER, OTHER = unkept(3, audience="candidate"), unkept(4, audience="employer", program="ca-on")
OFFICER, SECOND = unkept(11, "officer"), unkept(12, "reviewer")
STAFF = [OFFICER, SECOND, unkept(13, "director")]
NOT_CHECKING = [unkept(14, "draw_manager"), unkept(15, "auditor"), unkept(16, "administrator"), unkept(17, "analyst")]
ELSEWHERE = unkept(18, "officer", program="ca-on")
EVERYBODY = [EMPLOYER, CANDIDATE, STRANGER, OTHER, *STAFF, *NOT_CHECKING, ELSEWHERE]


def a_file(state: str = "submitted", **given: Any) -> ExpressionOfInterest:
    facts: dict[str, Any] = {
        "employer_id": 1, "candidate_id": 2, "program": "ca-nt", "stream": "employer_driven", "category": "skilled",
        "first_submitted_at": NOON, "pack": program(),
    }  # fmt: skip
    return ExpressionOfInterest(state=state, **(facts | given))


def allowed(rule: Callable[[Any], Verdict]) -> set[int]:
    """The keys of those of everybody whom the rule allows."""
    return {person.pk for person in EVERYBODY if rule(person).allowed}


CHECKERS = {person.pk for person in STAFF}


@pytest.mark.parametrize(
    "rule",
    [
        lambda by: may.can_review(by, "ca-nt"),
        lambda by: may.can_key_withdrawal(by, a_file()),
        lambda by: may.can_ask_evidence(by, a_file()),
        lambda by: may.can_settle_evidence(by, a_file()),
        lambda by: may.can_doubt(by, a_file()),
        lambda by: may.can_lift_doubt(by, a_file()),
        lambda by: may.can_confirm(by, a_file(), open_change=None, at=NOON),
        lambda by: may.can_change_fact(by, a_file(), open_change=None),
        lambda by: may.can_refuse(by, a_file(), None, at=NOON),
        lambda by: may.can_settle_change(by, a_change(by_id=99)),
        lambda by: may.can_confirm_bar(by, a_file(), Doubt(bar_asked_by_id=99)),
        lambda by: may.can_lift_bar(by, a_bar(), at=NOON),
    ],
)
def test_only_who_checks_for_this_program(rule: Callable[[Any], Verdict]):
    assert allowed(rule) == CHECKERS


def test_nobody_outside_the_staff_checks_whatever_roles_their_row_has():
    person = unkept(20, "officer", audience="candidate")

    assert not may.can_review(person, "ca-nt")


@pytest.mark.parametrize(
    ("rule", "who"),
    [
        (lambda by: may.can_drop_offer(by, a_file()), {1}),
        (lambda by: may.can_fill(by, a_file("draft")), {2}),
        (lambda by: may.can_withdraw(by, a_file()), {2}),
        (lambda by: may.can_answer_evidence(by, a_file()), {2}),
        (lambda by: may.can_reply(by, a_file(), Doubt()), {2}),
        (lambda by: may.can_file_anew(by, a_file("withdrawn"), has_one_open=False, at=NOON), {2}),
        (lambda by: may.can_discard(by, a_file("draft")), {1, 2}),
        (lambda by: may.can_open(by, "ca-nt", opened_by="employer", has_one_open=False), {1}),
        (lambda by: may.can_open(by, "ca-nt", opened_by="candidate", has_one_open=False), {2, 3}),
    ],
)
def test_each_party_has_its_own_acts(rule: Callable[[Any], Verdict], who: set[int]):
    assert allowed(rule) == who


def test_a_job_offer_is_used_by_a_candidate_of_its_program_with_nothing_in_the_way():
    assert allowed(lambda by: may.can_take_up(by, a_file("draft"), has_one_open=False)) == {2, 3}
    assert not may.can_take_up(CANDIDATE, a_file("draft", program="ca-on"), has_one_open=False)
    assert not may.can_take_up(CANDIDATE, a_file("draft"), has_one_open=True)


def test_one_file_at_a_time_and_a_new_one_only_after_an_end():
    assert not may.can_open(EMPLOYER, "ca-nt", opened_by="employer", has_one_open=True)
    assert not may.can_open(CANDIDATE, "ca-nt", opened_by="candidate", has_one_open=True)
    assert not may.can_file_anew(CANDIDATE, a_file("withdrawn"), has_one_open=True, at=NOON)
    assert not may.can_file_anew(CANDIDATE, a_file("withdrawn", first_submitted_at=None), has_one_open=False, at=NOON)


@pytest.mark.parametrize("state", EOIState)
def test_only_a_draft_is_filled_in(state: EOIState):
    assert may.can_fill(CANDIDATE, a_file(state)).allowed is (state == "draft")


@pytest.mark.parametrize("reason", ["expired", "lapsed", "declined", "cancelled", "returned", "discarded", "decided"])
def test_a_closed_file_is_filed_anew_where_it_ended_of_itself(reason: str):
    closed = a_file("closed", closing_reason=reason)

    may_they = may.can_file_anew(CANDIDATE, closed, has_one_open=False, at=NOON)

    assert may_they.allowed is (reason in {"expired", "lapsed", "declined", "cancelled", "returned"})


@pytest.mark.parametrize("state", ["draft", "submitted", "in_pool", "invited", "refused"])
def test_what_has_not_ended_or_was_refused_is_not_filed_anew(state: str):
    assert not may.can_file_anew(CANDIDATE, a_file(state, closing_reason="expired"), has_one_open=False, at=NOON)


def test_the_employer_who_opened_a_draft_answers_its_criteria_and_lets_the_candidate_in_once_none_is_open():
    rules, draft = programs.rules(program()), a_file("draft")

    assert may.opener_of(draft, rules) == EMPLOYER.pk
    assert allowed(lambda by: may.can_answer_criteria(by, draft, rules)) == {1}
    assert allowed(lambda by: may.can_let_in(by, draft, rules, open_criteria=())) == {1}
    assert not may.can_let_in(EMPLOYER, draft, rules, open_criteria=["age"])
    assert not may.can_hold(CANDIDATE, a_file("in_pool"), rules, at=NOON)


@pytest.mark.parametrize("state", EOIState)
def test_a_file_is_changed_by_its_candidate_while_it_waits_in_the_pool_and_is_valid(state: EOIState):
    valid = {"changeable": True, "valid_before": NOON + DAY}
    waiting = state in {"awaiting_appointment", "in_pool", "on_hold"}

    assert allowed(lambda by: may.can_change(by, a_file(state, **valid), at=NOON)) == ({2} if waiting else set())
    assert not may.can_change(CANDIDATE, a_file(state, **valid), at=NOON + DAY)
    assert not may.can_change(CANDIDATE, a_file(state, valid_before=NOON + DAY), at=NOON)
    assert may.is_renewable(a_file(state, **valid), at=NOON) is waiting


def test_a_live_file_is_renewed_in_its_last_thirty_days():
    live = a_file("in_pool", changeable=True, valid_before=NOON + 30 * DAY)

    assert may.is_renewable(live, at=NOON)
    assert not may.is_renewable(live, at=NOON - DAY / 24)
    assert not may.is_renewable(a_file("in_pool", valid_before=NOON), at=NOON)
    assert not may.is_renewable(a_file("in_pool", changeable=True), at=NOON)
    assert may.can_file_anew(CANDIDATE, live, has_one_open=False, at=NOON)


def a_change(**given: Any) -> FactChange:
    return FactChange(eoi=a_file(), **({"state": FactChange.State.PROPOSED, "by_id": OFFICER.pk} | given))


def test_a_change_of_fact_is_settled_once_and_by_a_second_person():
    assert may.can_settle_change(SECOND, a_change())
    assert not may.can_settle_change(OFFICER, a_change())
    for state in set(FactChange.State) - {FactChange.State.PROPOSED}:
        assert not may.can_settle_change(SECOND, a_change(state=state))


def test_an_open_change_holds_up_the_confirmation_and_another_change():
    assert not may.can_confirm(OFFICER, a_file(), open_change=a_change(), at=NOON)
    assert not may.can_change_fact(OFFICER, a_file(), open_change=a_change())


def test_what_has_expired_is_not_confirmed():
    assert may.can_confirm(OFFICER, a_file(valid_before=NOON + DAY), open_change=None, at=NOON)
    assert not may.can_confirm(OFFICER, a_file(valid_before=NOON), open_change=None, at=NOON)


@pytest.mark.parametrize("doubt", [None, Doubt(settled_at=NOON), Doubt(replied_at=NOON)])
def test_there_is_one_reply_to_a_doubt_that_stands(doubt: Doubt | None):
    assert not may.can_reply(CANDIDATE, a_file("doubted"), doubt)


def test_nobody_is_refused_unheard():
    waiting = Doubt(reply_by=NOON)

    assert not may.can_refuse(OFFICER, a_file("doubted"), waiting, at=NOON - DAY)
    assert may.can_refuse(OFFICER, a_file("doubted"), waiting, at=NOON)
    assert may.can_refuse(OFFICER, a_file("doubted"), Doubt(reply_by=NOON, replied_at=NOON - DAY), at=NOON - DAY)


def test_a_bar_takes_two_people():
    assert not may.can_confirm_bar(OFFICER, a_file("doubted"), None)
    assert not may.can_confirm_bar(OFFICER, a_file("doubted"), Doubt())
    assert not may.can_confirm_bar(OFFICER, a_file("doubted"), Doubt(bar_asked_by_id=OFFICER.pk))
    assert may.can_confirm_bar(SECOND, a_file("doubted"), Doubt(bar_asked_by_id=OFFICER.pk))


def a_bar(**given: Any) -> Bar:
    return Bar(**({"program": "ca-nt", "from_at": NOON, "before": NOON + DAY} | given))


def test_a_bar_is_lifted_by_two_people_while_it_is_in_force():
    assert not may.can_lift_bar(OFFICER, a_bar(), at=NOON - DAY)
    assert may.can_lift_bar(OFFICER, a_bar(), at=NOON)
    assert not may.can_lift_bar(OFFICER, a_bar(), at=NOON + DAY)
    assert not may.can_lift_bar(OFFICER, a_bar(lifted_at=NOON), at=NOON)
    assert not may.can_lift_bar(OFFICER, a_bar(lift_by_id=OFFICER.pk), at=NOON)
    assert may.can_lift_bar(SECOND, a_bar(lift_by_id=OFFICER.pk), at=NOON)


def test_answers_are_read_by_the_candidate_and_once_handed_in_by_staff_and_never_by_the_employer():
    readers = {2, *CHECKERS, 14, 15, 16}

    assert allowed(lambda by: may.can_read_answers(by, a_file())) == readers
    assert allowed(lambda by: may.can_read_answers(by, a_file("draft", first_submitted_at=None))) == {2}
    assert not may.can_read_answers(unkept(20, "officer", audience="employer"), a_file())


def test_a_file_is_handed_in_by_its_candidate_once_the_program_is_open():
    rules = programs.rules(program())
    draft = a_file("draft")

    assert allowed(lambda by: may.can_submit(by, draft, rules, at=NOON)) == {2}
    assert not may.can_submit(CANDIDATE, draft, rules, at=OPENED - 2 * DAY)
