"""A decision looked at again by somebody else: what the pack asks of a request, who decides, what follows (ontario.md 1.5)."""

from datetime import timedelta
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import IntegrityError, transaction
from django.urls import reverse

from passerelle.allocations import queries as allocations
from passerelle.applications import operations, queries, recourse
from passerelle.applications.models import Nomination, ReviewRequest
from passerelle.core import audit, clock
from passerelle.core.verdicts import NotAllowed
from passerelle.notices import queries as notices
from passerelle.project.demo.filling import document
from passerelle.project.invariants import broken, check
from tests.support import candidate_first as first
from tests.support.candidate_first import CODE, DAY, NOON
from tests.support.cases import Case, Office
from tests.support.people import a_staff_member, an_employer, signed_in

pytestmark = pytest.mark.django_db

# The terms that ca-on states.
STRICT = {
    "review_rests_on": "error_that_mattered", "review_additions": "not_available_before",
    "review_by_whom": "someone_else", "review_of_cancellation": True,
}  # fmt: skip
DIRECT = STRICT | {"review_leads_to": "nomination"}
ASKED, DECIDED = NOON + 10 * DAY, NOON + 12 * DAY
SAID = {"error": "The diploma is on page 3.", "difference": "The last points would be proven."}
MICROSECOND = timedelta(microseconds=1)


def ask(case: Case, *, at: Any = ASKED, by: Any = None, **more: Any) -> ReviewRequest:
    return operations.ask_review(reference=case.application, by=by or case.candidate, at=at, **SAID | more)


def decide(case: Case, office: Office, outcome: str = "overturned", *, by: Any = None) -> ReviewRequest:
    return operations.decide_review(
        reference=case.application, outcome=outcome, reasons="Page 3 shows it.", by=by or office.second, at=DECIDED
    )


def test_a_refusal_set_aside_leads_to_a_nomination_with_its_place_where_the_pack_says_so():
    office = first.an_office(**DIRECT)
    case = first.refused(office)
    ask(case)

    decide(case, office)

    assert (case.file.state, case.file.decided_at) == ("nominated", DECIDED)
    assert allocations.places(CODE, NOON.year).used == 1
    assert Nomination.objects.get().application == case.file
    assert {one.verdict for one in queries.latest_findings(case.file).values()} == {"met"}
    for person in (case.candidate, case.employer):
        assert {"refusal", "review_decision", "nomination"} <= {one.kind for one in queries.letters(case.file, person)}
    assert broken(check(at=DECIDED + DAY)) == []
    assert audit.verify_chain(case.application)


def expired_since(case: Case) -> None:
    """The work permit that the officer found in order ends between the refusal and the review."""
    part = case.file.parts.get(key="candidate")
    part.answers = {**part.answers, "fn_work_permit_type": "open", "fn_work_permit_expiry": "2026-04-17"}
    part.save(update_fields=["answers"])


def test_a_nomination_by_review_has_an_officers_words_for_what_has_ended_since():
    office = first.an_office(**DIRECT)
    case = first.refused(office)
    expired_since(case)
    ask(case)

    with pytest.raises(NotAllowed, match="valid work permit"), transaction.atomic():
        decide(case, office)
    assert (case.file.state, ReviewRequest.objects.get().outcome) == ("refused", "")
    operations.decide_review(
        reference=case.application, outcome="overturned", reasons="Page 3 shows it.", by=office.second, at=DECIDED,
        words={"work_permit_valid": "Extended: letter of 16 April."},
    )  # fmt: skip

    assert case.file.state == "nominated"
    found = queries.latest_findings(case.file)["work_permit_valid"]
    assert (found.note, found.by) == ("Extended: letter of 16 April.", office.second)


def test_who_reviews_is_asked_for_the_words_beside_the_outcome(client: Any):
    office = first.an_office(**DIRECT)
    case = first.refused(office)
    expired_since(case)
    ask(case)
    page = reverse("applications:staff_file", args=[case.application])
    act = reverse("applications:decide_review", args=[case.application])
    said = {"outcome": "overturned", "reasons": "Page 3 shows it."}

    with clock.frozen(DECIDED):
        signed_in(office.second, client)
        assert "If you set the refusal aside, say why you find that it is." in client.get(page).content.decode()
        silent = client.post(act, said)
        assert (silent.status_code, case.file.state) == (422, "refused")
        assert "Say why you find that it is met." in silent.content.decode()
        assert client.post(act, {**said, "words_work_permit_valid": "Extended."}).status_code == 302

    assert case.file.state == "nominated"


def test_a_file_assessed_again_after_a_review_is_asked_for_the_same_words():
    office = first.an_office(**STRICT)
    case = first.refused(office)
    expired_since(case)
    ask(case)
    decide(case, office)
    last = {"verdict": "met", "by": office.second, "at": DECIDED, "reference": case.application}
    operations.record_finding(criterion=queries.criteria(case.file)[-1].key, note="Page 3.", **last)
    decided = {"reference": case.application, "kind": "nomination", "by": office.second, "at": DECIDED}

    with pytest.raises(NotAllowed, match="valid work permit"):
        operations.decide(**decided)
    operations.record_finding(criterion="work_permit_valid", note="Extended.", **last)

    assert operations.decide(**decided).kind == "nomination"


def test_a_refusal_set_aside_is_assessed_again_by_who_reviewed_it_where_the_pack_says_so():
    office = first.an_office(**STRICT)
    case = first.refused(office)
    ask(case)

    decide(case, office)

    assert (case.file.state, case.file.officer, case.file.closed_at) == ("in_assessment", office.second, None)
    assert allocations.places(CODE, NOON.year).used == 0
    operations.record_finding(
        reference=case.application, criterion=queries.criteria(case.file)[-1].key, verdict="met", note="",
        by=office.second, at=DECIDED + DAY,
    )  # fmt: skip
    operations.decide(reference=case.application, kind="nomination", by=office.second, at=DECIDED + DAY)
    assert case.file.state == "nominated"
    assert allocations.places(CODE, NOON.year).used == 1


def test_no_refusal_is_set_aside_into_a_nomination_when_no_place_is_left():
    office = first.an_office(places=1, **DIRECT)
    case, other = first.refused(office), first.assessed(office, category="entry_level", at=NOON + DAY)
    operations.decide(reference=other.application, kind="nomination", by=office.officer, at=NOON + 9 * DAY)
    ask(case)

    with pytest.raises(Exception, match=r"."), transaction.atomic():
        decide(case, office)

    assert (case.file.state, ReviewRequest.objects.get().outcome) == ("refused", "")


def test_a_refusal_that_stands_is_final():
    office = first.an_office(**STRICT)
    case = first.refused(office)
    ask(case)
    decide(case, office, "upheld")

    assert case.file.state == "refused"
    for again in (lambda: decide(case, office), lambda: ask(case), lambda: ask(case, by=case.employer)):
        with pytest.raises(NotAllowed):
            again()
    [letter] = [one for one in queries.letters(case.file, case.candidate) if one.kind == "review_decision"]
    assert "Upheld." in str(letter.body)


@pytest.mark.parametrize("said", [{"error": " "}, {"difference": ""}])
def test_an_error_must_be_named_that_would_have_changed_the_outcome_where_the_pack_says_so(said: dict[str, str]):
    case = first.refused(first.an_office(**STRICT))

    with pytest.raises(NotAllowed):
        ask(case, **said)

    ask(case)


def test_where_any_objection_counts_nothing_more_is_asked():
    case = first.refused(first.an_office(review_rests_on="what_is_wrong"))

    assert ask(case, difference="").difference == ""


def test_documents_come_with_the_reason_why_only_now_or_not_at_all():
    case = first.refused(first.an_office(**STRICT))
    files = [document("diploma")]
    with pytest.raises(NotAllowed):
        ask(case, uploads=files)
    with pytest.raises(operations.Unacceptable):
        ask(case, uploads=[SimpleUploadedFile("x.pdf", b"MZ no pdf")], additions_reason="Found since.")
    assert not ReviewRequest.objects.exists()

    review = ask(case, uploads=files, additions_reason="The university wrote it since.")

    assert len(recourse.additions(review)) == 1
    assert queries.may_read(case.office.second, case.file, owner=review.owner)
    assert not queries.may_read(case.employer, case.file, owner=review.owner)


def test_no_documents_are_taken_where_the_pack_takes_none():
    case = first.refused(first.an_office(review_additions="none"))

    with pytest.raises(NotAllowed):
        ask(case, uploads=[document("diploma")])


def test_a_review_is_asked_by_a_party_within_thirty_days_of_the_programs_zone():
    case = first.refused(first.an_office(**STRICT))
    too_late = case.file.decisions.last().review_before
    zone = queries.rules_of(case.file).zone
    last = (too_late - MICROSECOND).astimezone(zone)
    assert (last.date() - (NOON + 7 * DAY).astimezone(zone).date()).days == 30
    assert too_late.astimezone(zone).strftime("%H:%M:%S") == "00:00:00"
    for by, at in ((case.candidate, too_late), (an_employer(program=CODE), ASKED), (case.office.second, ASKED)):
        with pytest.raises(NotAllowed):
            ask(case, by=by, at=at)

    assert ask(case, by=case.employer, at=too_late - MICROSECOND).asked_by == case.employer


def test_whoever_refused_assessed_or_drew_does_not_review_and_the_database_knows():
    office = first.an_office(**STRICT)
    case = first.refused(office)
    review = ask(case)
    assessed, strangers = office.second, (office.auditor, office.manager, a_staff_member("reviewer"))
    case.file.findings.create(criterion="age", verdict="met", by=assessed, at=NOON)

    for person in (office.officer, office.director, assessed, *strangers, case.candidate):
        with pytest.raises(NotAllowed):
            decide(case, office, by=person)
    with pytest.raises(IntegrityError), transaction.atomic():
        ReviewRequest.objects.filter(pk=review.pk).update(
            outcome="upheld", decided_by=office.officer, decided_at=DECIDED
        )

    decide(case, office, by=a_staff_member("reviewer", program=CODE))


def cancelled(office: Office) -> Case:
    case = first.assessed(office)
    operations.decide(reference=case.application, kind="nomination", by=office.officer, at=NOON + 7 * DAY)
    number = Nomination.objects.get().number
    operations.ask_to_cancel_nomination(number=number, reason="The job ended.", by=office.second, at=NOON + 8 * DAY)
    operations.confirm_nomination_cancelled(number=number, by=office.director, at=NOON + 9 * DAY)
    return case


def test_a_cancellation_set_aside_puts_the_nomination_in_force_again():
    office = first.an_office(**STRICT)
    case = cancelled(office)
    until = Nomination.objects.get().expires_before
    ask(case, by=case.employer)
    for person in (office.second, office.director):
        with pytest.raises(NotAllowed):
            decide(case, office, by=person)

    decide(case, office, by=a_staff_member("reviewer", program=CODE))

    nomination = Nomination.objects.get()
    assert (nomination.standing(DECIDED), nomination.expires_before) == ("in_force", until)
    assert [one.kind for one in nomination.steps.all()][-2:] == ["cancelled", "reinstated"]
    assert allocations.places(CODE, NOON.year).used == 1
    assert notices.inbox(case.candidate).filter(kind="review_decided").count() == 1
    with pytest.raises(NotAllowed):
        ask(case)
    assert broken(check(at=DECIDED + DAY)) == []


def test_a_cancellation_has_no_review_where_the_pack_gives_none():
    case = cancelled(first.an_office(**STRICT | {"review_of_cancellation": False}))

    with pytest.raises(NotAllowed):
        ask(case)
