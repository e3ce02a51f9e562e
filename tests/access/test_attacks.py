"""Attacks by somebody who writes their own requests: forged, repeated, out of turn, with fields nobody asked for."""

import base64
from typing import Any
from uuid import uuid4

import pytest
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse

from passerelle.accounts.models import Appointment, Person
from passerelle.applications import operations as applications
from passerelle.applications import queries as application_queries
from passerelle.applications.models import Application
from passerelle.core import clock
from passerelle.core.verdicts import NotAllowed
from passerelle.documents import operations as documents
from passerelle.documents.models import Document
from passerelle.eoi import operations as eois
from passerelle.eoi.models import ExpressionOfInterest
from passerelle.invitations import operations as invitations
from passerelle.invitations import queries as invitation_queries
from passerelle.project.demo.filling import document
from passerelle.representatives import operations as representatives
from tests.access.matrix import ROWS, Row
from tests.access.world import known
from tests.factories import HOUR, an_eoi, an_officer
from tests.factories import NOON as MARCH
from tests.support import candidate_first, cases
from tests.support.cases import DAY, NOON
from tests.support.people import PASSWORD, PROGRAM, a_staff_member, an_employer
from tests.support.representing import appointed
from tests.support.threads import together

pytestmark = pytest.mark.django_db
TUS = {"Tus-Resumable": "1.0.0"}


def stand_in(name: str) -> Any:
    """A value of the right shape for a place holder; there is nothing behind it."""
    if name in ("proof_pk", "document_pk", "upload_pk"):
        return uuid4()
    return 1 if name.endswith("_pk") or name == "first_page" else "x-1"


def address(row: Row) -> str:
    return row.name if row.name.startswith("/") else reverse(row.name, args=[stand_in(arg) for arg in row.args])


def _metadata(token: str) -> dict[str, str]:
    return {"Upload-Metadata": f"token {base64.b64encode(token.encode()).decode()}"}


def post(client: Client, url_name: str, /, *args: Any, at: Any = MARCH, **data: Any) -> Any:
    client.raise_request_exception = False
    with clock.frozen(at):
        return client.post(reverse(url_name, args=args), data)


def get(client: Client, url_name: str, /, *args: Any, at: Any = MARCH) -> Any:
    client.raise_request_exception = False
    with clock.frozen(at):
        return client.get(reverse(url_name, args=args))


def test_no_form_counts_without_its_token() -> None:
    client = Client(enforce_csrf_checks=True)
    client.cookies = known(an_eoi("draft").employer).cookies
    # What a payment provider sends comes from no page of ours: its signature stands for the token (tests/payments).
    acting = [row for row in ROWS if row.post is not None and row.name not in ("/", "payment_callback")]
    accepted = [row.name for row in acting if client.post(address(row), {"x": "1"}).status_code != 403]
    assert len(acting) > 60
    assert not accepted


@pytest.mark.parametrize(
    "onward",
    ["https://evil.example/", "//evil.example", "/\\evil.example", "javascript:alert(1)", "https:evil.example"],
)
def test_signing_in_leads_nowhere_else(onward: str) -> None:
    person = an_eoi("draft").employer
    answer = Client().post(
        reverse("account_login"), {"login": person.username, "password": PASSWORD, "next": onward}, follow=False
    )
    assert answer.status_code == 302
    assert "evil" not in answer["Location"]
    assert answer["Location"].startswith("/en/")
    again = known(person).post(reverse("account_reauthenticate"), {"password": PASSWORD, "next": onward})
    assert "evil" not in again.headers.get("Location", "")


def test_a_session_from_before_the_sign_in_is_not_kept() -> None:
    person, client = an_eoi("draft").employer, Client()
    client.get(reverse("account_login"))
    session = client.session
    session["planted"] = "by somebody else"
    session.save()
    client.cookies["session"] = before = session.session_key
    client.post(reverse("account_login"), {"login": person.username, "password": PASSWORD})
    assert client.cookies["session"].value != before


class TestFieldsNobodyAskedFor:
    def test_registering_makes_an_employer_of_this_program_and_nothing_else(self) -> None:
        an_eoi("draft")
        Client().post(reverse("accounts:register", args=[PROGRAM]), {
            "username": "grabber", "name": "Gra Bber", "phone": "867 555 0100", "email": "g@example.org",
            "language": "en", "password1": PASSWORD, "password2": PASSWORD, "audience": "staff", "program": "ca-zz",
            "is_active": "1", "is_superuser": "1", "email_verified_at": "2026-01-01", "roles": "director", "pk": "1",
        })  # fmt: skip
        made = Person.objects.get(username="grabber")
        assert (made.audience, made.program, made.email_verified_at) == ("employer", PROGRAM, None)
        assert not made.roles.exists()

    def test_a_profile_changes_no_role_name_or_file(self) -> None:
        person = an_eoi("draft").employer
        post(known(person), "accounts:profile", name="New Name", phone="867 555 0100", language="en", audience="staff",
             username="root", program="ca-zz", email="other@example.org")  # fmt: skip
        after = Person.objects.get(pk=person.pk)
        assert (after.name, after.audience, after.username, after.program, after.email) == (
            "New Name", "employer", person.username, PROGRAM, person.email,
        )  # fmt: skip

    def test_a_section_keeps_only_its_own_answers(self) -> None:
        eoi = an_eoi("answered")
        post(known(eoi.candidate), "eoi:section", eoi.reference, "identity", family_name="Other", points="9999",
             state="in_pool", l1_listening="12", facts="{}", version="0")  # fmt: skip
        after = ExpressionOfInterest.objects.get(pk=eoi.pk)
        assert (after.state, after.points) == ("draft", None)
        assert after.answers["l1_listening"] == eoi.answers["l1_listening"]
        assert "points" not in after.answers

    def test_a_request_starts_in_the_program_of_the_account(self) -> None:
        an_eoi("draft")
        person = an_employer()
        post(
            known(person), "eoi:start", category="skilled", program="ca-zz", employer="1", state="in_pool", points="900"
        )
        made = ExpressionOfInterest.objects.get(employer=person)
        assert (made.program, made.state, made.points) == (PROGRAM, "draft", None)


class TestOutOfTurn:
    def test_nothing_changes_after_handing_in(self) -> None:
        eoi = an_eoi("submitted")
        client = known(eoi.candidate)
        assert post(client, "eoi:section", eoi.reference, "identity", family_name="Other").status_code == 404
        assert post(client, "eoi:evidence", eoi.reference).status_code == 404
        assert post(client, "eoi:reply", eoi.reference, reply="x").status_code == 404
        assert post(known(eoi.employer), "eoi:criterion", eoi.reference, "x", answer="no").status_code == 404
        with pytest.raises(NotAllowed):
            eois.save_section(reference=eoi.reference, section="identity", answers={}, by=eoi.candidate, at=MARCH)
        assert ExpressionOfInterest.objects.get(pk=eoi.pk).answers == eoi.answers

    def test_a_token_of_somebody_else_hands_in_nothing(self) -> None:
        theirs, mine = an_eoi("submitted"), an_eoi("answered")
        answer = post(known(mine.candidate), "eoi:check", mine.reference, token=f"token-{theirs.reference}",
                      version=str(mine.version), agree="on")  # fmt: skip
        assert answer.status_code == 302
        assert ExpressionOfInterest.objects.get(pk=mine.pk).state == "draft"

    def test_a_double_press_is_one_receipt(self) -> None:
        mine = an_eoi("answered")
        said = {"token": "pressed-twice", "version": str(mine.version), "agree": "on"}
        answers = [post(known(mine.candidate), "eoi:check", mine.reference, **said) for _press in range(2)]
        assert [one.status_code for one in answers] == [302, 302]
        assert answers[0]["Location"] == answers[1]["Location"]
        assert mine.__class__.objects.get(pk=mine.pk).scores.count() == 1

    def test_an_item_or_a_change_of_another_file_is_not_found(self) -> None:
        officer = an_officer()
        asked, other = an_eoi("evidence_requested"), an_eoi("evidence_requested")
        item = asked.evidence_requests.get().items.get()
        assert post(known(other.candidate), "eoi:evidence_upload", other.reference, item.pk).status_code == 404
        assert (
            post(known(officer), "eoi:find_evidence", other.reference, item.pk, finding="confirmed").status_code == 404
        )
        pooled = an_eoi("in_pool")
        change = eois.propose_fact(
            reference=pooled.reference, fact="age", value=50, reason="Seen.", by=officer, at=MARCH + HOUR
        )
        second = known(an_officer())
        assert (
            post(second, "eoi:settle_fact", other.reference, change.pk, agree="yes", at=MARCH + HOUR).status_code == 404
        )

    def test_a_document_of_another_file_is_not_found_under_a_number_that_one_may_open(self) -> None:
        officer = known(an_officer())
        mine, theirs = an_eoi("evidence_requested"), an_eoi("evidence_requested")
        own, item = (one.evidence_requests.get().items.get() for one in (mine, theirs))
        kept = eois.store_evidence(item=item, upload=document("diploma"), by=theirs.candidate, at=MARCH)
        candidate = known(mine.candidate)

        def asked(reference: str) -> list[int]:
            staff = [
                get(officer, f"eoi:staff_document{page[0]}", reference, kept.pk, *page[1:])
                for page in (("",), ("_page", 1))
            ]
            return [
                one.status_code
                for one in (*staff, get(known(theirs.candidate), "eoi:evidence_file", reference, kept.pk))
            ]

        assert asked(mine.reference) == [404] * 3
        assert asked(theirs.reference) == [200] * 3
        assert get(candidate, "eoi:evidence_file", mine.reference, kept.pk).status_code == 404
        for of in (own.pk, item.pk):
            assert post(candidate, "eoi:evidence_remove", mine.reference, of, kept.pk).status_code == 404
        assert Document.objects.get(pk=kept.pk).state == "clean"

    def test_the_second_person_is_another_one_in_the_database_too(self) -> None:
        officer, pooled = an_officer(), an_eoi("in_pool")
        change = eois.propose_fact(
            reference=pooled.reference, fact="age", value=50, reason="Seen.", by=officer, at=MARCH + HOUR
        )
        with pytest.raises(IntegrityError), transaction.atomic():
            type(change).objects.filter(pk=change.pk).update(confirmed_by=officer)


class TestApplication:
    def test_locked_late_and_foreign_parts_take_nothing(self) -> None:
        case = cases.opened(cases.an_office())
        theirs, at = known(case.candidate), NOON + 3 * DAY
        kept = application_queries.part_for(case.candidate, reference=case.application, part="candidate")
        section = application_queries.questionnaire(kept).sections[0].key
        for name, args in (("section", [section]), ("check", [])):
            answer = post(
                theirs, f"applications:{name}", case.application, "candidate", *args, at=at, agree="on", name="N"
            )
            assert answer.status_code in (403, 422), name
        assert post(theirs, "applications:section", case.application, "employer", "x", at=at).status_code == 404
        own = application_queries.part_for(case.employer, reference=case.application, part="employer")
        first = application_queries.questionnaire(own).sections[0].key
        late = case.file.complete_by
        answer = post(known(case.employer), "applications:section", case.application, "employer", first, at=late)
        assert answer.status_code == 403
        assert case.file.parts.get(key="candidate").state == "locked"

    def test_an_upload_begun_in_time_brings_nothing_in_afterwards(self) -> None:
        case = cases.opened(cases.an_office())
        at = NOON + 3 * DAY
        own = application_queries.part_for(case.employer, reference=case.application, part="employer")
        slot = application_queries.slots(own)[0].key
        token = documents.allow_upload(owner=own.owner, slot=slot, by=case.employer, at=at)
        client, stranger = known(case.employer), known(case.candidate)
        told = {"Upload-Length": "9", **_metadata(token)}
        with clock.frozen(at):
            assert stranger.post(reverse("documents:upload"), headers=TUS | told).status_code == 403
            begun = client.post(reverse("documents:upload"), headers=TUS | told)
            assert begun.status_code == 201
            assert stranger.head(begun["Location"], headers=TUS).status_code == 404
            assert stranger.delete(begun["Location"], headers=TUS).status_code == 404
        applications.withdraw_application(reference=case.application, reason="", by=case.employer, at=at)
        with clock.frozen(at):
            client.raise_request_exception = False
            answer = client.patch(
                begun["Location"], b"%PDF-1.7\n", content_type="application/offset+octet-stream",
                headers=TUS | {"Upload-Offset": "0"},
            )  # fmt: skip
        assert answer.status_code == 403
        assert not Document.objects.exists()

    def test_an_upload_begun_by_a_representative_is_not_finished_once_they_are_sent_away(self) -> None:
        case, at = candidate_first.opened(candidate_first.an_office()), NOON + 3 * DAY
        appointee = appointed(case.candidate)
        part = application_queries.part_for(case.candidate, reference=case.application, part="candidate")
        slot = application_queries.slots(part)[0].key
        token = documents.allow_upload(owner=part.owner, slot=slot, by=appointee, at=at)
        client, told = known(appointee), {"Upload-Length": "9", **_metadata(token)}
        with clock.frozen(at):
            begun = client.post(reverse("documents:upload"), headers=TUS | told)
            assert begun.status_code == 201
            [standing] = Appointment.objects.standing().filter(client=case.candidate)
            representatives.end_appointment(appointment=standing.pk, by=case.candidate, at=at)
            client.raise_request_exception = False
            answer = client.patch(
                begun["Location"], b"%PDF-1.7\n", content_type="application/offset+octet-stream",
                headers=TUS | {"Upload-Offset": "0"},
            )  # fmt: skip
        assert answer.status_code == 403
        assert not Document.objects.exists()

    def test_a_document_of_another_application_is_not_found_under_a_number_that_one_may_open(self) -> None:
        office = cases.an_office()
        mine, theirs = cases.queued(office, at=NOON), cases.queued(office, at=NOON)
        kept = Document.objects.filter(owner=f"{theirs.application}/employer").first()
        assert kept
        officer, employer = known(office.officer), known(mine.employer)
        for reference, found in ((mine.application, 404), (theirs.application, 200)):
            for name, more in (("staff_document", ()), ("staff_document_page", (1,))):
                answer = get(officer, f"applications:{name}", reference, "employer", kept.pk, *more, at=NOON + 6 * DAY)
                assert answer.status_code == found, name
        for reference in (mine.application, theirs.application):
            assert get(employer, "applications:document", reference, "employer", kept.pk).status_code == 404
        begun = cases.opened(office, at=NOON)
        args = (begun.application, "employer", kept.pk)
        assert post(known(begun.employer), "applications:remove_document", *args, at=NOON + 3 * DAY).status_code == 404
        assert Document.objects.get(pk=kept.pk).state == "clean"

    def test_a_review_is_decided_once(self) -> None:
        office = cases.an_office()
        case = cases.queued(office, at=NOON)
        reviewer = known(a_staff_member("reviewer"))
        answer = post(reviewer, "applications:decide_review", case.application, at=NOON + 6 * DAY, outcome="upheld",
                      reasons="Looked again.")  # fmt: skip
        assert answer.status_code == 403


@pytest.mark.django_db(transaction=True)
def test_declining_and_opening_at_once_leave_one_of_both() -> None:
    office, at = cases.an_office(), NOON + 3 * DAY
    case = cases.invited(office)

    def press(number: int) -> object:
        if number == 0:
            return invitations.decline(reference=case.invitation, by=case.candidate, at=at)
        return applications.open_application(invitation=case.invitation, by=case.employer, at=at)

    outcomes = together(3, press)
    invitation = invitation_queries.of_eoi(case.eoi)
    assert invitation
    opened = Application.objects.filter(invitation=invitation).count()
    assert (invitation.state, opened) in (("accepted", 1), ("declined", 0)), outcomes
    if opened:
        made = [one for one in outcomes if isinstance(one, Application)]
        assert len(made) == 2
        assert made[0].pk == made[1].pk
