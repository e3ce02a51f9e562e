"""The room's pages, through Django's client: each answers, to the right person alone."""

import html
import re
from collections.abc import Iterator

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from passerelle.applications import operations, queries, wording
from passerelle.applications.gaps import gaps
from passerelle.core import audit, clock
from passerelle.notices import queries as notices
from tests.support.cases import DAY, NOON, Case, Office, an_office, assessed, nominated, opened, queued, refused
from tests.support.people import a_candidate, a_staff_member, an_employer, signed_in


@pytest.fixture(autouse=True)
def _now() -> Iterator[None]:
    with clock.frozen(NOON + 90 * DAY):
        yield


@pytest.fixture
def office(db: None) -> Office:
    return an_office(at=clock.now() - 60 * DAY)


def recently(days: int = 20):
    return clock.now() - days * DAY


def read(client: Client, path: str, status: int = 200) -> str:
    answer = client.get(f"/en/{path}")
    assert answer.status_code == status, path
    return answer.content.decode()


def test_both_parties_see_where_the_file_stands_and_what_is_next(office: Office):
    case = opened(office, at=recently())

    employers = read(signed_in(case.employer), f"application/{case.application}/")
    candidates = read(signed_in(case.candidate), f"application/{case.application}/")

    assert "Employer Application form" in employers
    assert "This form opens when the employer" in candidates


def test_the_page_of_an_invited_expression_of_interest_leads_to_the_application_and_names_no_turn(office: Office):
    case = queued(office, at=recently(60))

    employers = read(signed_in(case.employer), f"employer/eoi/{case.eoi}/")
    candidates = read(signed_in(case.candidate), f"candidate/eoi/{case.eoi}/")

    for page, desk in ((employers, "Whose turn"), (candidates, "Go on with")):
        assert "The rest happens in the application." in page
        assert 'href="/en/home/">See where the application stands</a>' in page
        assert desk not in page


def test_a_party_opens_every_section_of_its_own_form_and_none_of_the_other(office: Office):
    case = opened(office, at=recently())
    part = queries.part_for(case.employer, reference=case.application, part="employer")

    for section, _state in queries.sections(part):
        read(signed_in(case.employer), f"application/{case.application}/form/employer/section/{section.key}/")
        read(signed_in(case.candidate), f"application/{case.application}/form/employer/section/{section.key}/", 404)


def test_a_section_left_incomplete_keeps_what_was_typed_and_says_what_is_missing(office: Office):
    case = opened(office, at=recently())
    part = queries.part_for(case.employer, reference=case.application, part="employer")
    section = queries.sections(part)[0][0]
    text = next(one.key for one in section.questions if one.type == "text")

    answer = signed_in(case.employer).post(
        f"/en/application/{case.application}/form/employer/section/{section.key}/", {text: "Aurora Lodge Inc."}
    )

    assert answer.status_code == 422
    part.refresh_from_db()
    assert part.answers[text] == "Aurora Lodge Inc."


def test_what_is_missing_leads_to_where_it_is_done_and_nothing_can_be_submitted_before(office: Office):
    case = opened(office, at=recently())
    part = queries.part_for(case.employer, reference=case.application, part="employer")
    here = f"/en/application/{case.application}/form/employer/"

    page = read(signed_in(case.employer), f"application/{case.application}/form/employer/check/")

    left = gaps(part)
    assert [one for one in left if one.section]
    assert [one for one in left if one.slot]
    for one in left:
        assert (
            f'href="{here}section/{one.section}/"'
            if one.section
            else f'href="{here}documents/#slot-{one.slot}"' in page
        )
    assert "Submit the form" not in page


def test_an_autosave_keeps_answers_and_answers_with_the_hour(office: Office):
    case = opened(office, at=recently())
    part = queries.part_for(case.employer, reference=case.application, part="employer")
    section = queries.sections(part)[0][0]
    text = next(one.key for one in section.questions if one.type == "text")

    answer = signed_in(case.employer).post(
        f"/en/application/{case.application}/form/employer/section/{section.key}/", {text: "Aurora", "autosave": "1"}
    )

    assert answer.status_code == 200
    assert "Saved" in answer.content.decode()


@pytest.mark.parametrize(
    "page",
    ["form/employer/documents/", "form/employer/check/", "form/employer/company-facts/", "withdraw/"],
)
def test_the_pages_of_filling_in_answer(office: Office, page: str):
    case = opened(office, at=recently())

    read(signed_in(case.employer), f"application/{case.application}/{page}")


def test_the_pages_after_a_nomination_answer(office: Office):
    case = nominated(office, at=recently())
    for person in (case.employer, case.candidate):
        for page in ("", "agreement/", "support-letter/", "change/"):
            read(signed_in(person), f"application/{case.application}/{page}")
    read(signed_in(office.officer), f"staff/application/{case.application}/")


def test_the_agreement_is_read_in_full_before_it_is_signed(office: Office):
    case = nominated(office, at=recently())

    shown = read(signed_in(case.employer), f"application/{case.application}/agreement/")

    assert "It binds all parties" in shown


def test_the_pages_after_a_refusal_answer(office: Office):
    case = refused(office, at=recently())
    read(signed_in(case.employer), f"application/{case.application}/review/")
    operations.ask_review(reference=case.application, error="Page 3", by=case.employer, at=clock.now())

    assert "Page 3" in read(signed_in(office.second), f"staff/application/{case.application}/")
    assert case.application in read(signed_in(office.officer), "staff/applications/reviews/")


def test_officers_see_the_queue_in_order_of_receipt_and_take_the_next(office: Office):
    first, second = queued(office, at=recently(25)), queued(office, at=recently())
    client = signed_in(office.officer)

    listed = read(client, "staff/applications/")
    answer = client.post("/en/staff/applications/next/")

    assert listed.index(first.file.file_number) < listed.index(second.file.file_number)
    assert first.application in answer["Location"]
    read(client, "staff/applications/?show=all")
    read(client, f"staff/application/{second.application}/take/")


def test_the_officers_page_logs_the_reading_and_the_parties_see_it(office: Office):
    case = assessed(office, at=recently())
    read(signed_in(office.officer), f"staff/application/{case.application}/")

    assert "Who opened this file" in read(signed_in(case.candidate), f"application/{case.application}/")
    assert "No staff member has opened it yet" not in read(
        signed_in(case.candidate), f"application/{case.application}/"
    )


def test_an_officer_records_a_finding_asks_and_decides_through_the_pages(office: Office):
    case = assessed(office, at=recently())
    client, base = signed_in(office.officer), f"/en/staff/application/{case.application}"
    key = queries.criteria(case.file)[0].key

    wrong = client.post(f"{base}/finding/{key}/", {f"{key}-verdict": "not_met", f"{key}-note": ""})
    right = client.post(f"{base}/finding/{key}/", {f"{key}-verdict": "met", f"{key}-note": ""})
    first = client.post(f"{base}/decision/", {"kind": "nomination", "reasons": ""})
    assert (wrong.status_code, right.status_code, first.status_code) == (422, 302, 200)
    assert case.file.state == "in_assessment"
    client.post(f"{base}/decision/", {"kind": "nomination", "reasons": "", "confirmed": "1"})

    assert case.file.state == "nominated"


def test_a_document_opens_as_a_picture_beside_the_criterion_it_supports(office: Office):
    case = assessed(office, at=recently())
    client, base = signed_in(office.officer), f"staff/application/{case.application}/"
    part = next(one for one in case.file.parts.all() if one.key == "candidate")
    permit = queries.documents_of(part)["work_permit"][0]

    page = read(client, base)
    criterion = page.split('id="criterion-work_permit_valid"')[1].split("</details>")[0]
    last = read(client, f"{base}?document={permit.pk}&page=2")
    picture = f"/en/{base}document/candidate/{permit.pk}/2/"

    assert f'href="?document={permit.pk}#viewer"' in criterion
    assert "<img" not in page
    assert f'<img src="{picture}"' in last
    assert client.get(picture)["Content-Type"] == "image/jpeg"
    assert f'href="?document={permit.pk}&amp;page=1#viewer"' in last
    assert "viewer-after" not in last


def test_with_scripts_a_finding_brings_back_the_checklist_and_the_decision_alone(office: Office):
    case = assessed(office, at=recently())
    criterion = queries.criteria(case.file)[0].key
    client, address = signed_in(office.officer), f"/en/staff/application/{case.application}/finding/{criterion}/"
    script = {"HX-Request": "true"}

    wrong = client.post(address, {f"{criterion}-verdict": "not_met"}, headers=script)
    right = client.post(address, {f"{criterion}-verdict": "not_met", f"{criterion}-note": "No pay."}, headers=script)

    for answer, status in ((wrong, 422), (right, 200)):
        text = answer.content.decode()
        assert answer.status_code == status
        assert set(re.findall(r'<(?:section|span) id="([^"]+)"', text)) == {
            "criteria",
            "decision",
            "criteria-left",
            "bar-left",
        }
        assert "<html" not in text
    assert "Say why the criterion is not met" in wrong.content.decode()
    assert "No pay." in right.content.decode()
    assert queries.latest_findings(case.file)[criterion].note == "No pay."
    assert audit.accesses(case.application).filter(by=office.officer).count() == 1


def test_with_scripts_only_the_document_is_fetched_and_the_file_is_not_read_again(office: Office):
    case = assessed(office, at=recently())
    client, base = signed_in(office.officer), f"/en/staff/application/{case.application}/"
    part = next(one for one in case.file.parts.all() if one.key == "candidate")
    permit = queries.documents_of(part)["work_permit"][0]
    before = audit.accesses(case.application).count()

    answer = client.get(f"{base}?document={permit.pk}", headers={"HX-Request": "true"}).content.decode()

    assert "<img" in answer
    assert "<html" not in answer
    assert audit.accesses(case.application).count() == before


def test_a_form_sent_wrong_on_purpose_shows_nobody_a_file_unread(office: Office):
    """The page that puts a wrong form back shows the whole file: to see it so is to read it, and the parties see who did."""
    case = queued(office, at=recently())
    criterion = queries.criteria(case.file)[0].key

    for form in ("decision", "question", "put-back", f"finding/{criterion}"):
        nosy = a_staff_member("officer", name=f"Nosy {form}")
        answer = signed_in(nosy).post(f"/en/staff/application/{case.application}/{form}/", {})

        assert (answer.status_code, case.file.candidate.name in answer.content.decode()) == (422, True), form
        assert audit.accesses(case.application).filter(by=nosy).count() == 1, form
    assert "To assess the application" in read(signed_in(case.candidate), f"application/{case.application}/")


def test_a_form_sent_wrong_soon_after_the_file_was_opened_is_no_second_reading(office: Office):
    case = assessed(office, at=recently())
    client, address = signed_in(office.officer), f"application/{case.application}/"
    read(client, f"staff/{address}")
    opened_once = audit.accesses(case.application).count()

    assert client.post(f"/en/staff/{address}decision/", {}).status_code == 422

    assert audit.accesses(case.application).count() == opened_once


def test_the_brake_on_reading_holds_at_a_form_sent_wrong_too(office: Office, settings):
    case = queued(office, at=recently())
    settings.FILE_READS_PER_HOUR = 1
    audit.record_access(
        subject="NT-A-another", by=office.second, at=clock.now(), purpose="assessment", what="application"
    )

    answer = signed_in(office.second).post(f"/en/staff/application/{case.application}/decision/", {})

    assert answer.status_code == 403
    assert case.file.candidate.name not in answer.content.decode()


def test_a_page_of_a_document_is_a_logged_reading_that_the_parties_see(office: Office):
    case = assessed(office, at=recently())
    part = next(one for one in case.file.parts.all() if one.key == "candidate")
    permit = queries.documents_of(part)["work_permit"][0]
    looked = f"/en/staff/application/{case.application}/document/candidate/{permit.pk}/1/"
    assert "(a document)" not in read(signed_in(case.candidate), f"application/{case.application}/")

    assert signed_in(office.officer).get(looked).status_code == 200

    assert "To assess the application (a document)" in read(
        signed_in(case.candidate), f"application/{case.application}/"
    )
    assert signed_in(office.officer).get(looked.replace("/candidate/", "/employer/")).status_code == 404


def test_staff_see_which_messages_were_written_but_not_their_text(office: Office):
    case = assessed(office, at=recently())
    written = notices.written_about(case.eoi, case.invitation, case.application)

    page = read(signed_in(office.officer), f"staff/application/{case.application}/")

    assert written
    assert all(one.subject in html.unescape(page) for one in written)
    assert not any(one.body[:200] in html.unescape(page) for one in written)


def test_strangers_find_nothing(office: Office):
    case = queued(office, at=recently())
    for stranger in (an_employer(), a_candidate()):
        read(signed_in(stranger), f"application/{case.application}/", 404)
        read(signed_in(stranger), f"staff/application/{case.application}/", 404)
    other_program = a_staff_member("officer", program="ca-on")
    read(signed_in(other_program), f"staff/application/{case.application}/", 404)


def test_officers_do_not_see_a_file_before_it_is_complete(office: Office):
    case = opened(office, at=recently())

    read(signed_in(office.officer), f"staff/application/{case.application}/", 404)


def queries_of(client: Client, path: str) -> int:
    with CaptureQueriesContext(
        connection,
    ) as seen:
        assert client.get(path).status_code == 200
    return len(seen)


def test_the_queue_costs_the_same_with_one_file_and_with_three(office: Office):
    client = signed_in(office.officer)
    queued(office, at=recently(25))
    client.get("/en/staff/applications/")
    one = queries_of(client, "/en/staff/applications/")
    queued(office, at=recently(24)), queued(office, at=recently(23))

    assert queries_of(client, "/en/staff/applications/") == one


def test_the_homes_of_both_parties_and_of_staff_answer(office: Office):
    case: Case = nominated(office, at=recently())
    queued(office, at=recently(18))
    assert "Read and sign" in read(signed_in(case.employer), "employer/")
    read(signed_in(case.candidate), "candidate/")
    officer = signed_in(office.officer)
    for page in (
        "staff/",
        "staff/worklist/",
        "staff/figures/",
        f"staff/file/{case.eoi}/",
        f"staff/search/?q={case.eoi}",
    ):
        read(officer, page)
    found = read(officer, f"staff/search/?q={case.file.file_number}")
    assert case.eoi in found


def test_criteria_assessed_in_a_row_are_one_line_of_the_story(office: Office):
    case = assessed(office, at=recently())
    application = queries.application_for(office.officer, reference=case.application)
    count = application.findings.count()

    told = [one["text"] for one in wording.timeline(application, office.officer)]

    assert f"{count} criteria assessed" in told
    assert "Criterion assessed" not in told


def test_a_file_stands_under_its_own_entry_of_the_staff_navigation(office: Office):
    case = queued(office, at=recently())
    shown = read(signed_in(office.officer), f"staff/application/{case.application}/")

    assert re.findall(r'<a href="([^"]+)" aria-current="page">', shown) == ["/en/staff/applications/"]


def test_staff_find_an_application_that_is_not_complete_by_its_number(office: Office):
    case = opened(office, at=recently())

    found = read(signed_in(office.officer), f"staff/search/?q={case.application.lower()}")

    assert f"/en/staff/file/{case.eoi}/" in found
