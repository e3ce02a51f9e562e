"""What an application comes to besides a decision, and what becomes of a nomination (ontario.md 1.2, steps 7 to 10)."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction

from passerelle.allocations import queries as allocations
from passerelle.applications import operations, permissions, queries
from passerelle.applications.models import Nomination, SupportLetterRequest
from passerelle.applications.pages import showing
from passerelle.core import clock
from passerelle.core.lifecycle import IllegalMove
from passerelle.core.verdicts import NotAllowed
from passerelle.eoi.models import ExpressionOfInterest
from passerelle.notices import queries as notices
from tests.support import candidate_first as first
from tests.support import cases
from tests.support.candidate_first import fee_of
from tests.support.cases import DAY, NOON, Case, Office
from tests.support.people import a_staff_member, signed_in

AT = NOON + 7 * DAY
MICROSECOND = timedelta(microseconds=1)


@pytest.fixture
def office(db: None) -> Office:
    return first.an_office()


def taken(office: Office) -> Case:
    case = first.queued(office, category="entry_level")
    operations.take(reference=case.application, reason="", by=office.officer, at=NOON + 6 * DAY)
    return case


def nominated(office: Office) -> tuple[Case, Nomination]:
    case = first.assessed(office, category="entry_level")
    operations.decide(reference=case.application, kind="nomination", by=office.officer, at=AT)
    return case, Nomination.objects.get(application=case.file)


def test_an_incomplete_application_goes_back_with_its_fee_and_the_list_of_what_is_missing(office: Office):
    case = taken(office)
    with pytest.raises(NotAllowed):
        operations.return_incomplete(reference=case.application, missing=[" "], by=office.officer, at=AT)

    operations.return_incomplete(
        reference=case.application, missing=["Page 2 of the passport"], by=office.officer, at=AT
    )

    assert (case.file.state, fee_of(case).state) == ("returned", "refunding")
    assert ExpressionOfInterest.objects.get(reference=case.eoi).closing_reason == "returned"
    [letter] = [one for one in notices.letters(case.application) if one.kind == "return_letter"]
    assert "Page 2 of the passport" in str(letter.body)
    assert "Refunded." in str(letter.body)
    with pytest.raises(IllegalMove):
        operations.take(reference=case.application, reason="x", by=office.second, at=AT)


def test_only_the_director_returns_an_application_on_a_ground(office: Office):
    case = taken(office)
    with pytest.raises(NotAllowed):
        operations.return_by_director(reference=case.application, ground="Labour market", by=office.officer, at=AT)

    operations.return_by_director(reference=case.application, ground="Labour market", by=office.director, at=AT)

    assert (case.file.state, fee_of(case).state) == ("returned", "refunding")
    with pytest.raises(NotAllowed):
        operations.return_by_director(reference=case.application, ground="Again", by=office.director, at=AT)


def test_a_program_without_words_for_it_returns_nothing_and_calls_nobody(db: None):
    case = cases.assessed(cases.an_office())

    with pytest.raises(NotAllowed):
        operations.return_incomplete(reference=case.application, missing=["A"], by=case.office.officer, at=AT)
    with pytest.raises(NotAllowed):
        operations.ask_interview(
            reference=case.application, side="candidate", held_at=AT + DAY, place="Here", by=case.office.officer, at=AT
        )


def test_the_assessment_waits_for_an_interview_until_it_is_recorded(office: Office):
    case = first.assessed(office, category="entry_level")
    with pytest.raises(NotAllowed):
        operations.ask_interview(
            reference=case.application, side="candidate", held_at=AT + DAY, by=office.officer, at=AT
        )
    operations.ask_interview(
        reference=case.application, side="candidate", held_at=AT + DAY, place="Room 4", by=office.officer, at=AT
    )
    assert "Room 4" in notices.inbox(case.candidate).get(kind="interview_called").body
    with pytest.raises(IllegalMove):
        operations.decide(reference=case.application, kind="nomination", by=office.officer, at=AT)
    with pytest.raises(NotAllowed):
        operations.record_interview(reference=case.application, outcome="held", note="Early", by=office.officer, at=AT)

    operations.record_interview(
        reference=case.application, outcome="held", note="All answered.", by=office.officer, at=AT + DAY
    )

    assert case.file.state == "in_assessment"


def test_a_question_goes_to_the_party_that_is_named(office: Office):
    case = taken(office)
    with pytest.raises(NotAllowed):
        operations.ask_information(reference=case.application, question="?", side="employer", by=office.officer, at=AT)

    asked = operations.ask_information(reference=case.application, question="?", by=office.officer, at=AT)

    assert asked.to == case.candidate


def test_a_nomination_has_a_number_and_is_good_until_its_day_and_no_longer(office: Office):
    _case, nomination = nominated(office)
    last = nomination.expires_before

    assert nomination.number.startswith("CF-N-2026-")
    assert nomination.standing(last - MICROSECOND) == "in_force"
    assert nomination.standing(last) == "expired"
    with pytest.raises(NotAllowed):
        operations.extend_nomination(number=nomination.number, days=5, reason="Late", by=office.officer, at=last)


@pytest.mark.parametrize(
    ("language", "in_force", "over"),
    [
        ("en", "You are nominated", "The nomination has expired."),
        ("fr", "Vous avez obtenu une désignation", "est expirée."),
    ],
)
def test_a_nomination_that_has_expired_is_told_as_expired(office: Office, language: str, in_force: str, over: str):
    case, nomination = nominated(office)
    pages = signed_in(case.candidate)
    file, home = f"/{language}/application/{case.application}/", f"/{language}/candidate/"
    for moment, is_over in ((nomination.expires_before - MICROSECOND, False), (nomination.expires_before, True)):
        with clock.frozen(moment):
            mine, desk = (pages.get(one).content.decode() for one in (file, home))
        assert (in_force in mine, over in mine, over in desk) == (not is_over, is_over, is_over)


def test_a_nomination_is_extended_and_paused_with_a_reason_that_stays(office: Office):
    case, nomination = nominated(office)
    given = {"number": nomination.number, "by": office.officer, "at": AT + DAY}
    operations.extend_nomination(days=30, reason="The federal side is slow.", **given)
    operations.pause_nomination(reason="Job lost.", **given)

    nomination.refresh_from_db()
    kinds = [step.kind for step in nomination.steps.all()]
    assert (kinds, nomination.standing(AT + DAY)) == (["issued", "extended", "paused"], "paused")
    operations.resume_nomination(reason="New job.", **given)
    nomination.refresh_from_db()
    assert nomination.standing(AT + DAY) == "in_force"
    assert notices.inbox(case.candidate).filter(kind__startswith="nomination_").count() == 3


def test_a_nomination_is_cancelled_by_two_people(office: Office):
    case, nomination = nominated(office)
    operations.ask_to_cancel_nomination(number=nomination.number, reason="Misled us.", by=office.director, at=AT + DAY)
    with pytest.raises(NotAllowed):
        operations.confirm_nomination_cancelled(number=nomination.number, by=office.director, at=AT + DAY)
    with pytest.raises(IntegrityError), transaction.atomic():
        Nomination.objects.filter(pk=nomination.pk).update(cancelled_by=office.director, cancelled_at=AT)

    other = a_staff_member("director", program=first.CODE)
    operations.confirm_nomination_cancelled(number=nomination.number, by=other, at=AT + DAY)

    nomination.refresh_from_db()
    assert nomination.standing(AT + DAY) == "cancelled"
    assert [one for one in queries.letters(case.file, case.candidate) if one.kind == "cancellation_letter"]
    assert (allocations.places(first.CODE, AT.year).held, allocations.places(first.CODE, AT.year).used) == (0, 0)


def test_no_letter_supports_a_permit_while_the_nomination_is_not_in_force(office: Office):
    case, nomination = nominated(office)
    given = {"number": nomination.number, "by": office.director}
    asked = SupportLetterRequest.objects.create(
        application=case.file, permit_expires_on=(AT + 90 * DAY).date(), asked_by=case.candidate, asked_at=AT
    )
    assert permissions.can_have_support_letter(case.file, at=AT)

    assert not permissions.can_have_support_letter(case.file, at=nomination.expires_before)
    operations.pause_nomination(reason="The job ended.", at=AT + DAY, **given)
    with pytest.raises(NotAllowed, match="not in force"):
        operations.issue_support_letter(request=asked.pk, by=office.officer, at=AT + DAY)

    operations.resume_nomination(reason="New job.", at=AT + 2 * DAY, **given)
    operations.ask_to_cancel_nomination(reason="Misled us.", at=AT + 2 * DAY, **given)
    other = a_staff_member("director", program=first.CODE)
    operations.confirm_nomination_cancelled(number=nomination.number, by=other, at=AT + 2 * DAY)
    with pytest.raises(NotAllowed, match="not in force"):
        operations.issue_support_letter(request=asked.pk, by=office.officer, at=AT + 3 * DAY)


def test_without_a_job_offer_there_is_no_work_permit_support_letter(office: Office):
    case, _nomination = nominated(office)

    with pytest.raises(NotAllowed):
        operations.ask_support_letter(
            reference=case.application, permit_expires_on=(AT + 90 * DAY).date(), by=case.candidate, at=AT
        )


def test_the_acts_have_their_pages(office: Office):
    case = taken(office)
    address = f"/en/staff/application/{case.application}/"
    with clock.frozen(AT):
        pages = signed_in(office.officer)
        assert pages.post(f"{address}interview/", {"side": "candidate"}).status_code == 422
        said = {"side": "candidate", "day": "2026-04-20", "time": "14:30", "place": "Room 4"}
        assert pages.post(f"{address}interview/", said).status_code == 302
        assert "Record the interview" in pages.get(address).content.decode()
        assert "Room 4" in signed_in(case.candidate).get(f"/en/application/{case.application}/").content.decode()
        director = signed_in(office.director)
        assert director.post(f"{address}director-return/", {"ground": ""}).status_code == 422
        assert director.post(f"{address}director-return/", {"ground": "Labour market"}).status_code == 302
        assert "Labour market" in director.get(address).content.decode()
    assert case.file.state == "returned"


def test_what_a_nominee_does_next_is_over_at_its_first_moment_too_late(office: Office):
    case, _nomination = nominated(office)
    told = showing.next_federal(case.file, AT)
    assert told

    late = [showing.next_federal(case.file, moment)["over"] for moment in (told["by"] - MICROSECOND, told["by"])]

    assert (told["over"], late) == (False, [False, True])


def test_a_nomination_has_its_pages(office: Office):
    case, nomination = nominated(office)
    address = f"/en/staff/application/{case.application}/"
    with clock.frozen(AT + DAY):
        pages = signed_in(office.officer)
        assert nomination.number in pages.get(address).content.decode()
        theirs = signed_in(case.candidate).get(f"/en/application/{case.application}/").content.decode()
        assert "The nominee files for permanent residence, at the latest on" in theirs
        assert pages.post(f"{address}nomination/extend/", {"days": "400", "reason": "x"}).status_code == 422
        assert pages.post(f"{address}nomination/extend/", {"days": "30", "reason": "Slow"}).status_code == 302
        assert pages.post(f"{address}nomination/cancel/", {"reason": "Misled"}).status_code == 302
        assert signed_in(office.director).post(f"{address}nomination/cancel/confirm/").status_code == 302
        mine = signed_in(case.candidate).get(f"/en/application/{case.application}/").content.decode()
    assert nomination.number in mine
    assert "Cancelled" in mine
