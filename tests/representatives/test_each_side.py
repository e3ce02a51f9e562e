"""The Northwest Territories: employer and candidate each appoint a representative, and an account is for one candidate."""

from collections.abc import Callable
from itertools import count
from typing import Any

import pytest
from django.urls import reverse

from passerelle.accounts import acting
from passerelle.accounts import operations as accounts
from passerelle.accounts.models import Appointment, Person
from passerelle.applications import operations as applications
from passerelle.applications import queries
from passerelle.core import audit, clock
from passerelle.core.verdicts import NotAllowed
from passerelle.eoi import operations as eois
from passerelle.eoi import wording
from passerelle.eoi.models import ExpressionOfInterest
from passerelle.invitations import operations as invitations
from passerelle.notices.models import Notice
from passerelle.project.demo.filling import document
from passerelle.representatives import operations
from tests.support import cases
from tests.support.cases import DAY, NOON
from tests.support.people import PASSWORD, PROGRAM, an_employer, signed_in

pytestmark = pytest.mark.django_db
_numbers = count(1)


@pytest.fixture
def office() -> cases.Office:
    return cases.an_office()


def a_representative(**given: Any) -> Person:
    number = next(_numbers)
    facts: dict[str, Any] = {
        "program": PROGRAM, "username": f"north{number}", "email": f"north{number}@example.org", "name": "Amara Diallo",
        "phone": "867-555-0188", "language": "en", "password": PASSWORD, "at": NOON, "licence_body": "cicc",
        "licence_number": f"R{number:06d}",
    }  # fmt: skip
    person = accounts.register_representative(**(facts | given))
    accounts.confirm_email(person=person, email=person.email, at=NOON)
    return Person.objects.get(pk=person.pk)


def appointed(client: Person, eoi: str, at: Any = NOON, **given: Any) -> Person:
    representative = a_representative(**given)
    asked = operations.ask_by_file(reference=eoi, side=client.audience, by=representative, at=at)
    operations.appoint(appointment=asked.pk, by=client, at=at)
    return representative


def standing(client: Person) -> Appointment:
    return Appointment.objects.standing().get(client=client)


def refused(*acts: Callable[[], object]) -> None:
    for act in acts:
        with pytest.raises(NotAllowed):
            act()


def labelled(case: cases.Case, side: str, by: Person) -> None:
    """A document that a representative adds stands in the trail as theirs, for their client."""
    client = getattr(case, side)
    part = queries.part_for(client, reference=case.application, part=side)
    added = applications.add_document(
        reference=case.application, part=side, slot=queries.slots(part)[0].key, upload=document("one"), by=by,
        at=NOON + 5 * DAY,
    )  # fmt: skip
    [act] = [one for one in audit.trail(added.owner) if one.by_id == by.pk]
    assert act.for_person == client


def test_each_side_appoints_and_ends_apart_from_the_other(office):
    case = cases.answered(office)
    theirs = appointed(case.candidate, case.eoi)
    business = appointed(case.employer, case.eoi, licence_body="law_society", licence_number="58213P")

    assert (acting.representative_of(case.candidate), acting.representative_of(case.employer)) == (theirs, business)
    held = standing(case.employer)
    assert (held.licence_body, held.licence_number) == ("law_society", "58213P")
    # Neither side ends what is the other's.
    with pytest.raises(NotAllowed):
        operations.end_appointment(appointment=held.pk, by=case.candidate, at=NOON)
    operations.end_appointment(appointment=held.pk, by=case.employer, at=NOON)
    assert (acting.representative_of(case.candidate), acting.representative_of(case.employer)) == (theirs, None)
    assert signed_in(business).get(reverse("eoi:employer_file", args=[case.eoi])).status_code == 404


def test_nobody_is_appointed_by_both_sides(office):
    case = cases.answered(office)
    business = appointed(case.employer, case.eoi)
    asked = operations.ask_by_file(reference=case.eoi, by=business, at=NOON)

    with pytest.raises(NotAllowed, match="nobody acts for both"):
        operations.appoint(appointment=asked.pk, by=case.candidate, at=NOON)


def test_a_candidate_who_was_not_let_in_is_asked_by_nobody(office):
    case = cases.answered(office)
    representative, stranger = a_representative(), "x@example.org"
    for email in (case.candidate.email, stranger):
        with pytest.raises(NotAllowed, match="by the number of their file"):
            operations.ask_client(name="X Y", email=email, language="en", by=representative, at=NOON)
    assert not Person.objects.filter(email=stranger).exists()

    with clock.frozen(NOON):
        desk, said = signed_in(representative), {"name": "X Y", "email": stranger, "language": "en"}
        asks = reverse("representatives:ask")
        refused = desk.post(asks, {"side": "candidate", "known": "new", **said})
        assert refused.status_code == 422
        assert "by the number of their file" in refused.content.decode()
        assert desk.post(asks, {"side": "candidate", "known": "file", "reference": case.eoi}).status_code == 302
    assert [one.client for one in Appointment.objects.asked()] == [case.candidate]


def test_an_employer_asked_by_email_gets_an_account_for_another_candidate_unless_one_is_free(office):
    case, representative = cases.answered(office), a_representative()
    ask = {"name": "Mill", "email": case.employer.email, "language": "en", "side": "employer", "by": representative}

    opened = operations.ask_client(**ask, at=NOON)

    assert (opened.client.email, opened.client.username) == (case.employer.email, None)
    assert "/access/" in Notice.objects.get(kind="representative_asks", to=opened.client).body
    with pytest.raises(NotAllowed, match="already"):
        operations.ask_client(**ask, at=NOON)
    operations.end_appointment(appointment=opened.pk, by=representative, at=NOON)
    # The file that is there is asked about by its number, and both may stand at once.
    asked = operations.ask_by_file(reference=case.eoi, side="employer", by=representative, at=NOON)
    operations.appoint(appointment=asked.pk, by=case.employer, at=NOON)
    free = an_employer(email=case.employer.email, at=NOON)
    assert operations.ask_client(**ask, at=NOON).client == free


def test_the_employers_representative_fills_in_and_the_employer_answers_signs_and_withdraws(office):
    case, at = cases.invited(office), NOON + 4 * DAY
    business = appointed(case.employer, case.eoi, at)
    refused(
        lambda: invitations.decline(reference=case.invitation, by=business, at=at),
        lambda: applications.open_application(invitation=case.invitation, by=business, at=at),
        lambda: eois.drop_offer(reference=case.eoi, by=business, at=at),
    )
    case.application = applications.open_application(invitation=case.invitation, by=case.employer, at=at).reference
    pages = (
        ("eoi:employer_file", case.eoi),
        ("invitations:employer", case.invitation),
        ("applications:file", case.application),
    )
    with clock.frozen(at):
        desk = signed_in(business)
        assert [desk.get(reverse(name, args=[one])).status_code for name, one in pages] == [200, 200, 200]
        assert desk.get(reverse("eoi:candidate_file", args=[case.eoi])).status_code == 404

    kept = applications.save_section(
        reference=case.application, part="employer", section="employer", answers={"legal_name": "Mill Incorporated"},
        by=business, at=at,
    )  # fmt: skip
    assert kept.answers["legal_name"] == "Mill Incorporated"
    labelled(case, "employer", business)
    refused(
        lambda: applications.submit_part(
            reference=case.application, part="employer", signature="Mill", by=business, at=at
        ),
        lambda: applications.withdraw_application(reference=case.application, reason="", by=business, at=at),
    )

    operations.end_appointment(appointment=standing(case.employer).pk, by=case.employer, at=at)
    with pytest.raises(NotAllowed):
        applications.save_section(
            reference=case.application, part="employer", section="employer", answers={}, by=business, at=at
        )


def test_the_candidates_representative_fills_in_and_the_candidate_signs_and_keeps_the_email(office):
    case = cases.opened(office)
    cases.fill_part(case, "employer", at=NOON + 4 * DAY)
    at = NOON + 5 * DAY
    theirs = appointed(case.candidate, case.eoi, at)
    with clock.frozen(at):
        desk = signed_in(theirs)
        assert desk.get(reverse("applications:file", args=[case.application])).status_code == 200
        assert desk.get(reverse("eoi:employer_file", args=[case.eoi])).status_code == 404

    before = case.file.parts.get(key="candidate").answers["fn_email"]
    kept = applications.save_section(
        reference=case.application, part="candidate", section="contact",
        answers={"fn_email": "other@example.org", "fn_phone": "867-555-0100"}, by=theirs, at=at,
    )  # fmt: skip
    assert (kept.answers["fn_email"], kept.answers["fn_phone"]) == (before, "867-555-0100")
    labelled(case, "candidate", theirs)
    refused(
        lambda: applications.submit_part(reference=case.application, part="candidate", signature="X", by=theirs, at=at),
        lambda: applications.withdraw_application(reference=case.application, reason="", by=theirs, at=at),
        lambda: eois.withdraw_eoi(reference=case.eoi, reason="", by=theirs, at=at),
    )

    operations.end_appointment(appointment=standing(case.candidate).pk, by=case.candidate, at=at)
    with clock.frozen(at):
        assert desk.get(reverse("applications:file", args=[case.application])).status_code == 404


def test_a_file_reads_of_its_own_sides_representative_and_a_message_is_copied_to_them(office):
    case = cases.opened(office)
    business = appointed(case.employer, case.eoi, NOON + 3 * DAY)
    theirs = appointed(case.candidate, case.eoi, NOON + 3 * DAY)
    eoi = ExpressionOfInterest.objects.get(reference=case.eoi)
    told = "The employer appointed a representative.", "The candidate appointed a representative."

    read = {who: {str(one["text"]) for one in wording.timeline(eoi, who)} for who in ("employer", "candidate", "staff")}

    assert [[words in read[who] for words in told] for who in read] == [[True, False], [False, True], [True, True]]
    cases.fill_part(case, "employer", at=NOON + 4 * DAY)
    [copy] = Notice.objects.filter(kind="candidate_form_open").exclude(to=case.candidate)
    assert (copy.to, copy.subject.startswith(case.candidate.name), business == theirs) == (theirs, True, False)
