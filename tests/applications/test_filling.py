"""Filling in (nwt.md, R5.2 to R5.6)."""

import threading
from datetime import timedelta

import pytest
from django.core.exceptions import ObjectDoesNotExist
from django.db import connections
from django.http import Http404

from passerelle.allocations import queries as allocations
from passerelle.applications import operations, queries
from passerelle.core import audit
from passerelle.core.lifecycle import IllegalMove
from passerelle.core.verdicts import NotAllowed
from passerelle.eoi import queries as eois
from passerelle.notices import queries as notices
from passerelle.project.demo import filling
from tests.support.cases import DAY, NOON, Case, Office, an_office, fill_part, invited, opened, queued
from tests.support.people import PROGRAM, a_candidate, an_employer

MICROSECOND = timedelta(microseconds=1)


def deadline(case: Case):
    return case.file.complete_by


def test_pressing_continue_twice_opens_one_application(office: Office):
    case = opened(office)

    again = operations.open_application(invitation=case.invitation, by=case.employer, at=NOON + 4 * DAY)

    assert again.reference == case.application


def test_only_the_invited_employer_opens_the_application(office: Office):
    case = invited(office)

    for stranger in (case.candidate, an_employer()):
        with pytest.raises((NotAllowed, Http404, ObjectDoesNotExist)):
            operations.open_application(invitation=case.invitation, by=stranger, at=NOON + 3 * DAY)


def test_the_candidates_form_is_locked_until_the_employers_is_in(office: Office):
    case = opened(office)

    with pytest.raises(NotAllowed):
        fill_part(case, "candidate", at=NOON + 4 * DAY, documents=False)
    fill_part(case, "employer", at=NOON + 4 * DAY)
    fill_part(case, "candidate", at=NOON + 5 * DAY)

    assert case.file.state == "queued"


def test_documents_may_be_put_in_the_drawer_while_the_form_is_locked(office: Office):
    case = opened(office)
    part = queries.part_for(case.candidate, reference=case.application, part="candidate")
    slot = next(one for one in queries.slots(part) if one.required)

    operations.add_document(
        reference=case.application, part="candidate", slot=slot.key, upload=filling.document("passport"),
        by=case.candidate, at=NOON + 4 * DAY,
    )  # fmt: skip

    assert len(queries.documents_of(part)[slot.key]) == 1


def test_the_candidates_form_starts_from_the_expression_of_interest(office: Office):
    case = opened(office)

    part = queries.part_for(case.candidate, reference=case.application, part="candidate")

    assert part.answers["fn_family_name"] == case.answers["family_name"]


def test_a_part_without_a_needed_document_is_not_submitted(office: Office):
    case = opened(office)

    with pytest.raises(operations.NotComplete) as gap:
        fill_part(case, "employer", at=NOON + 4 * DAY, documents=False)

    part = queries.part_for(case.employer, reference=case.application, part="employer")
    needed = [one for one in queries.slots(part) if one.required]
    assert len(gap.value.missing) == len(needed)
    assert part.state == "open"


def test_a_submitted_part_can_no_longer_be_changed(office: Office):
    case = opened(office)
    fill_part(case, "employer", at=NOON + 4 * DAY)

    with pytest.raises(NotAllowed):
        fill_part(case, "employer", at=NOON + 4 * DAY)


def test_the_last_microsecond_is_on_time_and_the_next_is_late(office: Office):
    on_time, late = opened(office), opened(office, at=NOON + DAY)
    for case in (on_time, late):
        fill_part(case, "employer", at=NOON + 6 * DAY, submit=False)

    last = deadline(on_time)
    operations.submit_part(
        reference=on_time.application, part="employer", signature="A B", by=on_time.employer, at=last - MICROSECOND
    )
    with pytest.raises(NotAllowed):
        operations.submit_part(
            reference=late.application, part="employer", signature="A B", by=late.employer, at=deadline(late)
        )


def test_the_file_number_is_given_once_and_only_when_both_parts_are_in(office: Office):
    case = opened(office)
    fill_part(case, "employer", at=NOON + 4 * DAY)
    assert case.file.file_number is None

    fill_part(case, "candidate", at=NOON + 5 * DAY)

    first, second = case.file.file_number, queued(office, at=NOON + DAY).file.file_number
    assert first != second
    assert None not in (first, second)
    assert case.file.received_at == NOON + 5 * DAY


def test_both_are_told_the_file_number_and_the_employer_by_name_of_the_message(office: Office):
    case = queued(office)

    for person in (case.employer, case.candidate):
        told = notices.inbox(person).filter(about=case.application)
        assert any(str(case.file.file_number) in notice.body for notice in told)


def test_an_application_not_submitted_in_time_lapses_and_gives_its_place_back(office: Office):
    case = opened(office)
    before = allocations.places(PROGRAM, NOON.year)

    assert operations.close_lapsed(at=deadline(case) - MICROSECOND) == 0
    assert operations.close_lapsed(at=deadline(case)) == 1

    assert case.file.state == "lapsed"
    assert allocations.places(PROGRAM, NOON.year).left == before.left + 1
    assert eois.eoi_for(office.officer, case.eoi).state == "closed"


def test_withdrawing_tells_the_other_party_and_gives_the_place_back(office: Office):
    case = queued(office)
    before = allocations.places(PROGRAM, NOON.year)

    operations.withdraw_application(
        reference=case.application, reason="SECRET-REASON", by=case.employer, at=NOON + 6 * DAY
    )

    assert case.file.state == "withdrawn"
    assert allocations.places(PROGRAM, NOON.year).left == before.left + 1
    told = notices.inbox(case.candidate).filter(about=case.application).first()
    assert told is not None
    assert "SECRET-REASON" not in told.body
    with pytest.raises((IllegalMove, NotAllowed)):
        operations.withdraw_application(reference=case.application, reason="", by=case.candidate, at=NOON + 7 * DAY)


def test_company_facts_are_reused_only_from_the_same_employer(office: Office):
    case, other = queued(office), opened(office, at=NOON + DAY)
    part = queries.part_for(other.employer, reference=other.application, part="employer")

    assert queries.earlier_company_facts(other.employer, part) == {}
    with pytest.raises(NotAllowed):
        operations.reuse_company_facts(
            reference=other.application, part="employer", source=case.application, by=other.employer, at=NOON + 5 * DAY
        )


def test_a_stranger_sees_no_application(office: Office):
    case = queued(office)

    for stranger in (an_employer(), a_candidate()):
        with pytest.raises(ObjectDoesNotExist):
            queries.application_for(stranger, reference=case.application)


def test_every_act_is_in_the_trail(office: Office):
    case = queued(office)

    events = [one.event for one in audit.trail(case.application)]

    assert events == [
        "application.opened", "application.part_submitted", "application.part_submitted", "application.complete"
    ]  # fmt: skip
    assert audit.verify_chain(case.application)


@pytest.mark.django_db(transaction=True)
def test_two_presses_of_submit_at_once_give_one_file_number():
    case = opened(an_office())
    fill_part(case, "employer", at=NOON + 4 * DAY)
    fill_part(case, "candidate", at=NOON + 5 * DAY, submit=False)
    outcomes: list[str] = []

    def press() -> None:
        try:
            operations.submit_part(
                reference=case.application, part="candidate", signature="A B", by=case.candidate, at=NOON + 5 * DAY
            )
            outcomes.append("in")
        except NotAllowed:
            outcomes.append("refused")
        finally:
            connections.close_all()

    threads = [threading.Thread(target=press) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert sorted(outcomes) == ["in", *["refused"] * 5]
    assert [one.event for one in audit.trail(case.application)].count("application.complete") == 1
