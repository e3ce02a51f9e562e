"""An employer's representative: appointed from the employer's own account, ended at once, labelled, and never on the other side."""

from datetime import datetime, timedelta
from itertools import count
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from passerelle.accounts import acting
from passerelle.accounts import operations as accounts
from passerelle.accounts.models import Appointment, Person
from passerelle.applications import operations as applications
from passerelle.core import audit, clock
from passerelle.core.verdicts import NotAllowed
from passerelle.eoi import operations as eois
from passerelle.eoi import queries, wording
from passerelle.invitations import operations as invitations
from passerelle.notices.models import Notice
from passerelle.representatives import operations
from tests.support import editions
from tests.support.editions import CODE, DAY, IN_2024, IN_2025
from tests.support.people import PASSWORD, an_employer, signed_in
from tests.support.representing import a_representative as of_the_sample
from tests.support.representing import appointed as appointed_by_a_candidate
from tests.support.sample import an_applicant

pytestmark = pytest.mark.django_db
_numbers = count(1)


@pytest.fixture
def office() -> editions.Office:
    return editions.an_office()


def a_representative(at: datetime = IN_2025) -> Person:
    number = next(_numbers)
    person = accounts.register_representative(
        program=CODE, username=f"adviser{number}", email=f"adviser{number}@example.org", name="Amara Diallo",
        phone="416-555-0188", language="en", password=PASSWORD, at=at, licence_body="law_society",
        licence_number=f"P{number:05d}",
    )  # fmt: skip
    accounts.confirm_email(person=person, email=person.email, at=at)
    return Person.objects.get(pk=person.pk)


def appointed(client: Person, at: datetime = IN_2025) -> Person:
    representative = a_representative(at)
    asked = operations.ask_client(
        name=client.name, email=client.email, language="en", side=client.audience, by=representative, at=at
    )
    operations.appoint(appointment=asked.pk, by=client, at=at)
    return representative


def test_an_employer_is_asked_at_its_own_address_and_answers_from_its_own_account(office):
    employer, representative = an_employer(program=CODE, at=IN_2025), a_representative()
    mine = reverse("representatives:mine")
    with clock.frozen(IN_2025):
        desk, client = signed_in(representative), signed_in(employer)
        said = {"side": "employer", "known": "new", "name": "Mill", "email": employer.email, "language": "en"}
        assert desk.post(reverse("representatives:ask"), said).status_code == 302
        [asked] = Appointment.objects.all()
        assert (asked.client, asked.licence_body, asked.licence_number) == (
            employer, "law_society", representative.licence.number,
        )  # fmt: skip
        assert "act for your business" in Notice.objects.get(kind="representative_asks", to=employer).body
        assert "asks to represent you" in client.get(reverse("accounts:home"), follow=True).content.decode()
        assert "Amara Diallo" in client.get(mine).content.decode()
        # The yes asks for the password again, as a candidate's does; the end asks for nothing.
        assert "reauthenticate" in client.post(reverse("representatives:appoint", args=[asked.pk]))["Location"]
        operations.appoint(appointment=asked.pk, by=employer, at=IN_2025)
        assert acting.representative_of(employer) == representative
        assert client.post(reverse("representatives:end", args=[asked.pk])).status_code == 302
    assert acting.representative_of(employer) is None
    asked.refresh_from_db()
    assert (asked.ended_at, asked.ending) == (IN_2025, "revoked")


def test_an_employer_without_an_account_makes_its_own_with_the_link(office):
    representative = a_representative()
    asked = operations.ask_client(
        name="Mill Inc.", email="new@mill.example", language="en", side="employer", by=representative, at=IN_2025
    )
    letter = Notice.objects.get(kind="representative_asks", to=asked.client).body
    link = next(word for word in letter.split() if "/access/" in word)
    path = "/" + link.split("/", 3)[3]
    visitor = Client()
    with clock.frozen(IN_2025):
        assert visitor.get(path).status_code == 200
        token = path.rstrip("/").split("/")[-1]
        accounts.redeem_link(token=token, username="mill-inc", password=PASSWORD, at=IN_2025)
        client = signed_in(Person.objects.get(pk=asked.client_id))
        assert "asks to represent you" in client.get(reverse("accounts:home"), follow=True).content.decode()

    assert (asked.client.audience, acting.representative_of(asked.client)) == ("employer", None)


def test_where_only_candidates_appoint_somebody_no_employer_is_asked(office):
    representative = of_the_sample()
    employer = an_employer(program=representative.program, confirmed=False)

    with pytest.raises(NotAllowed):
        operations.ask_client(
            name="Mill", email=employer.email, language="en", side="employer", by=representative, at=IN_2025
        )
    assert signed_in(employer).get(reverse("representatives:mine")).status_code == 404
    assert appointed_by_a_candidate(an_applicant())


def test_the_employer_of_a_file_is_asked_by_its_number(office):
    eoi, representative = editions.begun(IN_2025), a_representative()

    asked = operations.ask_by_file(reference=eoi.reference, side="employer", by=representative, at=IN_2025)

    assert (asked.client, asked.named) == (eoi.employer, eoi.reference)


def test_nobody_acts_for_both_parties_of_a_file(office):
    eoi = editions.begun(IN_2025)
    representative = appointed(eoi.employer)
    asked = operations.ask_by_file(reference=eoi.reference, by=representative, at=IN_2025)

    with pytest.raises(NotAllowed, match="nobody acts for both"):
        operations.appoint(appointment=asked.pk, by=eoi.candidate, at=IN_2025)


def test_a_file_is_begun_for_the_employer_and_the_job_offer_is_the_employers_to_make(office):
    employer = an_employer(program=CODE, at=IN_2025)
    representative = appointed(employer)
    with clock.frozen(IN_2025):
        desk = signed_in(representative)
        assert "Foreign Worker" in desk.get(reverse("representatives:start", args=[employer.pk])).content.decode()
        begun = desk.post(reverse("representatives:start", args=[employer.pk]), {"category": "foreign_worker"})
        [eoi] = queries.files_of(employer)
        assert begun["Location"] == reverse("eoi:criteria", args=[eoi.reference])
        yes = dict.fromkeys((one.key for one in queries.criteria(eoi)), "yes")
        eois.answer_criteria(reference=eoi.reference, answers=yes, by=representative, at=IN_2025)
        assert desk.get(reverse("eoi:criteria", args=[eoi.reference])).context["theirs"] is False
        led = desk.get(reverse("eoi:let_in", args=[eoi.reference]), follow=True).content.decode()
        assert "Only the employer gives a candidate access" in led
        with pytest.raises(NotAllowed, match="Only the employer gives a candidate access"):
            eois.let_in_candidate(
                reference=eoi.reference, email="x@example.org", name="X Y", language="en", by=representative, at=IN_2025,
                offer=editions.OFFER,
            )  # fmt: skip

    [acted] = [one for one in audit.trail(eoi.reference) if one.event == "eoi.opened"]
    assert (acted.by, acted.for_person) == (representative, employer)


def test_the_candidates_representative_has_no_page_of_the_employers(office):
    eoi = editions.begun(IN_2025)
    desk = signed_in(appointed(eoi.candidate))
    with clock.frozen(IN_2025):
        found = [
            desk.get(reverse(name, args=[eoi.reference])).status_code
            for name in ("eoi:candidate_file", "eoi:employer_file", "eoi:criteria", "eoi:let_in", "eoi:drop")
        ]

    assert found == [200, 404, 404, 404, 404]


def refused(*acts: Any) -> None:
    for act in acts:
        with pytest.raises(NotAllowed):
            act()


def test_it_prepares_the_employers_form_and_the_employer_hands_it_in(office):
    eoi = editions.in_pool(IN_2025)
    representative = appointed(eoi.employer)
    at, invitation = IN_2025 + 3 * DAY, editions.invite(office, eoi, IN_2025 + 2 * DAY)
    refused(
        lambda: eois.drop_offer(reference=eoi.reference, by=representative, at=IN_2025),
        lambda: invitations.decline(reference=invitation.reference, by=representative, at=at),
        lambda: applications.open_application(invitation=invitation.reference, by=representative, at=at),
    )
    file = editions.opened(invitation, at)
    with clock.frozen(at):
        desk = signed_in(representative)
        pages = ("eoi:employer_file", eoi), ("invitations:employer", invitation), ("applications:file", file)
        assert [desk.get(reverse(name, args=[one.reference])).status_code for name, one in pages] == [200, 200, 200]
        # What is the candidate's alone is not there for them.
        theirs = ("eoi:candidate_file", eoi), ("invitations:candidate", invitation), ("eoi:tasks", eoi)
        assert [desk.get(reverse(name, args=[one.reference])).status_code for name, one in theirs] == [404, 404, 404]
        first = queries.rules(eoi).questionnaire("candidate").sections[0].key
        other_side = desk.get(reverse("applications:section", args=[file.reference, "candidate", first]))
        assert other_side.status_code in (403, 404)
        staff = signed_in(office.officer).get(reverse("eoi:review", args=[eoi.reference])).content.decode()
        assert "Employer's representative" in staff.replace("&#x27;", "'").replace("’", "'")

    applications.save_section(
        reference=file.reference, part="employer", section="business", answers={"legal_name": "Mill Incorporated"},
        by=representative, at=at,
    )  # fmt: skip
    refused(
        lambda: applications.save_section(
            reference=file.reference, part="candidate", section=first, answers={}, by=representative, at=at
        ),
        lambda: applications.submit_part(
            reference=file.reference, part="employer", signature="Mill", by=representative, at=at
        ),
        lambda: applications.withdraw_application(reference=file.reference, reason="", by=representative, at=at),
    )
    editions.fill(file, "employer", at + timedelta(hours=1))
    assert file.parts.get(key="employer").state == "submitted"

    [standing] = Appointment.objects.standing()
    operations.end_appointment(appointment=standing.pk, by=eoi.employer, at=at + DAY)
    with clock.frozen(at + DAY):
        assert [signed_in(representative).get(reverse(name, args=[one.reference])).status_code for name, one in pages] == [
            404, 404, 404,
        ]  # fmt: skip
    told = "The employer appointed a representative."
    assert [any(told == str(one["text"]) for one in wording.timeline(eoi, who)) for who in ("employer", "candidate", "staff")] == [
        True, False, True,
    ]  # fmt: skip


def test_it_fills_in_the_form_of_an_employer_whom_the_candidate_let_in(office):
    file = editions.opened(editions.invite(office, editions.in_pool(IN_2024), IN_2024 + 2 * DAY), IN_2024 + 3 * DAY)
    representative = appointed(file.employer, IN_2024)

    kept = applications.save_section(
        reference=file.reference, part="employer", section="business", answers={"legal_name": "Mill Incorporated"},
        by=representative, at=IN_2024 + 4 * DAY,
    )  # fmt: skip

    assert kept.answers["legal_name"] == "Mill Incorporated"
    assert list(queries.files_of(representative)) == []
