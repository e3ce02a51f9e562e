"""The queue, the assessment, the decision and the review (nwt.md, R5.7 to R6.9)."""

import threading
from datetime import date, timedelta

import pytest
from django.db import IntegrityError, connections, transaction

from passerelle.allocations import queries as allocations
from passerelle.applications import operations, queries
from passerelle.applications.models import Decision, OutOfTurn
from passerelle.applications.states import APPLICATION_LIFECYCLE, ApplicationState
from passerelle.core.lifecycle import IllegalMove
from passerelle.core.verdicts import NotAllowed
from passerelle.notices import queries as notices
from passerelle.notices.models import Notice
from tests.support.cases import DAY, NOON, Office, an_office, assessed, nominated, queued, refused
from tests.support.people import PROGRAM, a_staff_member


def test_the_next_file_is_the_one_received_first_whatever_its_points(office: Office):
    later = queued(office, at=NOON + DAY, strong=True)
    first = queued(office, strong=True, at=NOON)

    taken = operations.take_next(program=PROGRAM, by=office.officer, at=NOON + 10 * DAY)

    assert taken is not None
    assert (taken.reference, later.file.state) == (first.application, "queued")


def test_taking_another_file_needs_a_reason_that_stays_on_record(office: Office):
    queued(office)
    second = queued(office, at=NOON + DAY)

    with pytest.raises(NotAllowed):
        operations.take(reference=second.application, reason=" ", by=office.officer, at=NOON + 10 * DAY)
    operations.take(reference=second.application, reason="Permit ends in a week", by=office.officer, at=NOON + 10 * DAY)

    kept = OutOfTurn.objects.get()
    assert (kept.reason, kept.passed_over) == ("Permit ends in a week", 1)


def test_a_file_put_back_keeps_its_place(office: Office):
    first, _second = queued(office), queued(office, at=NOON + DAY)
    operations.take_next(program=PROGRAM, by=office.officer, at=NOON + 10 * DAY)

    operations.put_back(reference=first.application, reason="Leave", by=office.officer, at=NOON + 11 * DAY)

    taken = operations.take_next(program=PROGRAM, by=office.second, at=NOON + 12 * DAY)
    assert taken is not None
    assert taken.reference == first.application


def test_the_officer_who_issued_the_draw_is_not_given_the_file(office: Office):
    queued(office)

    assert operations.take_next(program=PROGRAM, by=office.director, at=NOON + 10 * DAY) is None


def test_a_decision_by_who_issued_the_draw_is_refused_by_the_database_too(office: Office):
    case = assessed(office)
    with pytest.raises(IntegrityError), transaction.atomic():
        Decision.objects.create(
            application=case.file, kind="nomination", by=office.director, drawn_by=office.director, at=NOON
        )


def test_nomination_uses_the_held_place(office: Office):
    case = assessed(office)
    before = allocations.places(PROGRAM, NOON.year)

    operations.decide(reference=case.application, kind="nomination", by=office.officer, at=NOON + 7 * DAY)

    after = allocations.places(PROGRAM, NOON.year)
    assert (after.held, after.used, after.left) == (before.held - 1, before.used + 1, before.left)
    kinds = {letter.kind for letter in notices.letters(case.application)}
    assert {"nomination", "agreement"} <= kinds


def test_refusal_gives_the_place_back_and_the_letter_gives_the_reasons(office: Office):
    case = refused(office)

    assert allocations.places(PROGRAM, NOON.year).held == 0
    letters = [letter for letter in notices.letters(case.application) if letter.kind == "refusal"]
    assert {letter.to_id for letter in letters} == {case.employer.pk, case.candidate.pk}
    assert all("The last criterion is not shown." in str(letter.body) for letter in letters)


def test_the_message_of_a_refusal_does_not_give_the_reasons(office: Office):
    case = refused(office)

    for person in (case.employer, case.candidate):
        for notice in notices.inbox(person).filter(about=case.application):
            assert "The last criterion is not shown." not in notice.body


def test_a_decision_waits_until_every_criterion_has_a_finding(office: Office):
    case = queued(office)
    operations.take(reference=case.application, reason="", by=office.officer, at=NOON + 6 * DAY)

    with pytest.raises(NotAllowed):
        operations.decide(reference=case.application, kind="nomination", by=office.officer, at=NOON + 7 * DAY)


@pytest.mark.parametrize(("kind", "failing"), [("nomination", 1), ("refusal", 0)])
def test_a_decision_must_agree_with_the_findings(office: Office, kind: str, failing: int):
    case = assessed(office, failing=failing)

    with pytest.raises(NotAllowed):
        operations.decide(
            reference=case.application, kind=kind, reasons="Reasons", by=office.officer, at=NOON + 7 * DAY
        )


def test_only_the_officer_in_charge_decides(office: Office):
    case = assessed(office)

    with pytest.raises(NotAllowed):
        operations.decide(reference=case.application, kind="nomination", by=office.second, at=NOON + 7 * DAY)


def test_a_question_stops_the_file_until_the_employer_answers(office: Office):
    case = assessed(office)
    asked = operations.ask_information(
        reference=case.application, question="Which month?", by=office.officer, at=NOON + 7 * DAY
    )
    with pytest.raises(IllegalMove):
        operations.decide(reference=case.application, kind="nomination", by=office.officer, at=NOON + 8 * DAY)
    with pytest.raises(NotAllowed):
        operations.answer_information(
            reference=case.application, answer="March", uploads=[], by=case.candidate, at=NOON + 8 * DAY
        )

    operations.answer_information(
        reference=case.application, answer="March", uploads=[], by=case.employer, at=NOON + 8 * DAY
    )

    assert case.file.state == "in_assessment"
    assert asked.due_by > NOON + 21 * DAY


def test_an_employer_is_reminded_of_a_question_and_staff_told_once_when_it_is_late(office: Office):
    case = assessed(office)
    asked = operations.ask_information(reference=case.application, question="?", by=office.officer, at=NOON + 7 * DAY)

    soon, late = asked.due_by - timedelta(hours=20), asked.due_by
    counts = [operations.remind_due(at=at) for at in (NOON + 8 * DAY, soon, soon, late, late + DAY)]

    assert counts == [0, 1, 0, 1, 0]
    assert notices.inbox(case.employer).filter(kind="information_reminder").count() == 1
    assert notices.tasks(PROGRAM).filter(kind="information_overdue").count() == 1


def test_a_review_is_decided_by_another_officer_and_can_set_the_refusal_aside(office: Office):
    case = refused(office)
    operations.ask_review(reference=case.application, error="It is on page 3.", by=case.employer, at=NOON + 9 * DAY)
    with pytest.raises(NotAllowed):
        operations.decide_review(
            reference=case.application, outcome="overturned", reasons="Seen", by=office.officer, at=NOON + 10 * DAY
        )

    operations.decide_review(
        reference=case.application, outcome="overturned", reasons="Seen", by=office.second, at=NOON + 10 * DAY
    )

    assert (case.file.state, case.file.officer) == ("in_assessment", office.second)
    assert allocations.places(PROGRAM, NOON.year).held == 1
    for criterion in queries.criteria(case.file):
        operations.record_finding(
            reference=case.application, criterion=criterion.key, verdict="met", note="", by=office.second,
            at=NOON + 11 * DAY,
        )  # fmt: skip
    operations.decide(reference=case.application, kind="nomination", by=office.second, at=NOON + 12 * DAY)
    assert case.file.state == "nominated"
    assert allocations.places(PROGRAM, NOON.year).used == 1


def test_a_review_asked_for_too_late_is_refused(office: Office):
    case = refused(office)
    decision = case.file.decisions.last()

    with pytest.raises(NotAllowed):
        operations.ask_review(reference=case.application, error="Late", by=case.candidate, at=decision.review_before)
    operations.ask_review(
        reference=case.application, error="On time", by=case.candidate,
        at=decision.review_before - timedelta(microseconds=1),
    )  # fmt: skip


def test_the_support_letter_is_asked_for_inside_its_window(office: Office):
    case = nominated(office)
    at = NOON + 8 * DAY
    today = date(2026, 4, 15)
    for too_near_or_far in (today + timedelta(days=30), date(2026, 10, 16)):
        with pytest.raises(NotAllowed):
            operations.ask_support_letter(
                reference=case.application, permit_expires_on=too_near_or_far, by=case.candidate, at=at
            )

    asked = operations.ask_support_letter(
        reference=case.application, permit_expires_on=today + timedelta(days=31), by=case.candidate, at=at
    )
    operations.issue_support_letter(request=asked.pk, by=office.officer, at=at + DAY)

    asked.refresh_from_db()
    assert asked.letter


def test_each_party_signs_the_agreement_once(office: Office):
    case = nominated(office)
    for person in (case.employer, case.candidate):
        operations.sign_agreement(reference=case.application, name=person.name, by=person, at=NOON + 8 * DAY)

    with pytest.raises(NotAllowed):
        operations.sign_agreement(
            reference=case.application, name=case.employer.name, by=case.employer, at=NOON + 9 * DAY
        )
    assert case.file.agreements.count() == 2


def test_a_late_report_of_a_change_is_taken_in_and_marked(office: Office):
    case = nominated(office)

    report = operations.report_change(
        reference=case.application, kind="hours", happened_on=date(2026, 4, 1), detail="", by=case.employer,
        at=NOON + 60 * DAY,
    )  # fmt: skip

    assert report.at >= report.report_by


def test_a_change_is_of_a_kind_that_the_pack_names_for_this_side_and_asks_the_officer_what_it_says(office: Office):
    case, at = nominated(office), NOON + 9 * DAY
    said = {"reference": case.application, "happened_on": date(2026, 4, 1), "by": case.employer, "at": at}
    for kind, detail in (("family", "A birth."), ("other", " ")):
        with pytest.raises(NotAllowed):
            operations.report_change(kind=kind, detail=detail, **said)

    operations.report_change(kind="layoff_temporary", detail="", **said)

    [task] = notices.tasks("ca-nt").filter(kind="change_reported")
    assert task.detail["en"] == "Temporary lay-off. Ask the employer for the day on which the work begins again."
    assert task.detail["fr"].startswith("Mise à pied temporaire. Demandez")
    told = Notice.objects.get(kind="change_reported")
    assert (told.to, "Temporary lay-off" in told.body) == (case.candidate, True)


@pytest.mark.parametrize("state", ApplicationState.values)
@pytest.mark.parametrize("move", list(APPLICATION_LIFECYCLE.moves))
def test_every_move_is_legal_from_its_states_and_no_other(state: str, move: str):
    if state in APPLICATION_LIFECYCLE.moves[move].leaves:
        assert APPLICATION_LIFECYCLE.after(state, move) == APPLICATION_LIFECYCLE.moves[move].reaches
    else:
        with pytest.raises(IllegalMove):
            APPLICATION_LIFECYCLE.after(state, move)


@pytest.mark.django_db(transaction=True)
def test_two_officers_who_press_at_once_get_the_first_and_the_second_file():
    office = an_office()
    first, second = queued(office), queued(office, at=NOON + DAY)
    third_officer = a_staff_member("officer")
    got: list[str] = []

    def press(officer: object) -> None:
        try:
            taken = operations.take_next(program=PROGRAM, by=officer, at=NOON + 10 * DAY)  # type: ignore[arg-type]
            got.append(taken.reference if taken else "")
        finally:
            connections.close_all()

    threads = [threading.Thread(target=press, args=(one,)) for one in (office.officer, office.second, third_officer)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert sorted(got) == sorted(["", first.application, second.application])
