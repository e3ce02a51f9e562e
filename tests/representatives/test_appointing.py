"""From the request to the end of an appointment: who may, what changes, who is told."""

import pytest
from django.db import IntegrityError, transaction
from django.db.utils import ProgrammingError

from passerelle.accounts import acting
from passerelle.accounts import operations as accounts
from passerelle.accounts.models import Appointment, Person
from passerelle.core import audit
from passerelle.core.verdicts import NotAllowed
from passerelle.eoi import operations as eois
from passerelle.eoi import wording
from passerelle.eoi.keys import representative_key
from passerelle.eoi.models import Bar
from passerelle.notices.models import Notice
from passerelle.representatives import operations, queries
from passerelle.representatives.permissions import MOST_WAITING
from tests.factories import DAY, HOUR
from tests.support import sample
from tests.support.people import PASSWORD, a_candidate, a_staff_member, an_employer
from tests.support.representing import a_representative, appointed, asked
from tests.support.sample import NOON, SAMPLE, an_applicant, an_eoi

pytestmark = pytest.mark.django_db


def told(kind: str, to: Person) -> list[str]:
    return [one.body for one in Notice.objects.filter(kind=kind, to=to).order_by("id")]


def test_a_client_without_an_account_gets_a_link_and_nothing_is_theirs_to_see_before_a_yes():
    representative = a_representative()

    request = operations.ask_client(
        name="Chidi Okafor", email="Chidi@Example.org", language="fr", by=representative, at=NOON
    )

    client = request.client
    assert (client.audience, client.program, client.email, client.username) == (
        "candidate", SAMPLE, "chidi@example.org", None,
    )  # fmt: skip
    [body] = told("representative_asks", client)
    assert "Amara Diallo (Collège des consultants, R" in body
    assert "/fr/access/" in body
    assert "Jusqu'au" in body or "Jusqu’au" in body
    assert list(queries.clients(representative)) == []
    with pytest.raises(NotAllowed):
        eois.open_eoi(program=SAMPLE, category="graduates", by=representative, at=NOON, client=client)


def test_a_client_with_an_account_is_asked_there_and_the_representative_learns_nothing_of_it():
    client, representative = an_applicant(name="Ngozi Eze"), a_representative()

    request = operations.ask_client(
        name="N. Eze", email=client.email.upper(), language="en", by=representative, at=NOON
    )

    assert (request.client, request.named) == (client, "N. Eze")
    [body] = told("representative_asks", client)
    assert "/en/my-representative/" in body
    assert "/access/" not in body


def test_the_candidate_of_an_open_file_is_asked_by_its_number():
    eoi, representative = an_eoi("draft"), a_representative()

    request = operations.ask_by_file(reference=f" {eoi.reference.lower()} ", by=representative, at=NOON)

    assert (request.client, request.named) == (eoi.candidate, eoi.reference)
    eois.discard_eoi(reference=eoi.reference, by=eoi.candidate, at=NOON)
    for reference in (eoi.reference, "XX-E-2026-999999", "NT-E-2026-000001"):
        with pytest.raises(operations.NoSuchFile):
            operations.ask_by_file(reference=reference, by=a_representative(), at=NOON)


def test_appointed_by_the_client_alone_and_both_are_told():
    eoi, representative = an_eoi(), a_representative()
    request = asked(representative, eoi.candidate)
    for stranger in (representative, an_applicant(), an_employer()):
        with pytest.raises(NotAllowed):
            operations.appoint(appointment=request.pk, by=stranger, at=NOON)

    operations.appoint(appointment=request.pk, by=eoi.candidate, at=NOON)

    assert acting.representative_of(eoi.candidate) == representative
    assert (
        len(told("representative_appointed", eoi.candidate))
        == len(told("representative_appointed", representative))
        == 1
    )
    for subject in (eoi.reference, eoi.candidate.reference, representative.reference):
        assert audit.trail(subject).last().event == "representative.appointed"
        assert audit.verify_chain(subject)
    with pytest.raises(NotAllowed):
        operations.appoint(appointment=request.pk, by=eoi.candidate, at=NOON)


def test_a_request_declined_gives_nothing_and_may_be_made_again():
    client, representative = an_applicant(), a_representative()
    request = asked(representative, client)

    operations.decline(appointment=request.pk, by=client, at=NOON)

    assert not acting.may_act_for(representative, client.pk)
    assert "did not appoint you" in told("representative_ended", representative)[0]
    assert told("representative_ended", client) == []
    with pytest.raises(NotAllowed):
        operations.appoint(appointment=request.pk, by=client, at=NOON)
    assert asked(representative, client).pk != request.pk


def test_the_client_ends_it_at_once():
    eoi = an_eoi()
    representative = appointed(eoi.candidate)
    standing = Appointment.objects.get()
    with pytest.raises(NotAllowed):
        operations.end_appointment(appointment=standing.pk, by=an_applicant(), at=NOON)

    operations.end_appointment(appointment=standing.pk, by=eoi.candidate, at=NOON + HOUR)

    with pytest.raises(NotAllowed):
        eois.hold_eoi(reference=eoi.reference, by=representative, at=NOON + HOUR)
    assert "Since" in told("representative_ended", representative)[0]
    assert [one.ending for one in queries.history(eoi.candidate)] == ["revoked"]
    assert audit.trail(eoi.reference).last().event == "representative.revoked"
    with pytest.raises(NotAllowed):
        operations.end_appointment(appointment=standing.pk, by=eoi.candidate, at=NOON + HOUR)


def test_the_representative_takes_a_request_back_or_gives_the_appointment_up():
    client, representative = an_applicant(), a_representative()
    request = asked(representative, client)
    operations.end_appointment(appointment=request.pk, by=representative, at=NOON)
    assert told("representative_ended", client) == []

    appointed(client, representative)
    [standing] = queries.clients(representative)
    operations.end_appointment(appointment=standing.pk, by=representative, at=NOON)

    assert "Since" in told("representative_ended", client)[0]
    assert [one.ending for one in queries.history(client)] == ["given_up", "taken_back"]


def test_one_representative_at_a_time_and_many_clients():
    client, first, second = an_applicant(), a_representative(), a_representative()
    appointed(client, first)
    request = asked(second, client)
    with pytest.raises(NotAllowed, match="End that appointment first"):
        operations.appoint(appointment=request.pk, by=client, at=NOON)

    others = [an_applicant() for _each in range(3)]
    for one in others:
        appointed(one, first)

    assert {one.client for one in queries.clients(first)} == {client, *others}


def test_nobody_is_asked_twice_nor_with_the_representatives_own_address():
    client, representative = an_applicant(), a_representative()
    asked(representative, client)
    for email in (client.email, representative.email):
        with pytest.raises(NotAllowed):
            operations.ask_client(name="Somebody", email=email, language="en", by=representative, at=NOON)
    eoi = an_eoi("draft", by=client)
    with pytest.raises(NotAllowed):
        operations.ask_by_file(reference=eoi.reference, by=representative, at=NOON)


def test_only_so_many_requests_wait():
    representative = a_representative()
    for number in range(MOST_WAITING):
        operations.ask_client(
            name="A Client", email=f"one{number}@example.org", language="en", by=representative, at=NOON
        )

    with pytest.raises(NotAllowed, match="Many of your requests"):
        asked(representative, an_applicant())


def test_only_a_representative_of_a_program_that_knows_them_asks():
    sample.program()
    for somebody in (an_applicant(), an_employer(), a_candidate()):
        with pytest.raises(NotAllowed):
            asked(somebody, an_applicant())


def test_a_closed_account_neither_acts_nor_is_acted_for():
    eoi = an_eoi()
    representative = appointed(eoi.candidate)

    Person.objects.filter(pk=eoi.candidate.pk).update(is_active=False)

    assert not acting.may_act_for(representative, eoi.candidate_id)
    assert acting.representative_of(eoi.candidate) is None


def test_the_candidates_messages_are_copied_in_the_representatives_language():
    client, representative = an_applicant(name="Ngozi Eze"), a_representative(language="fr")
    appointed(client, representative)

    eoi = an_eoi(by=client)

    [to_client] = Notice.objects.filter(kind="eoi_received", about=eoi.reference, to=client)
    [copy] = Notice.objects.filter(kind="eoi_received", about=eoi.reference, to=representative)
    assert (to_client.language, copy.language) == ("en", "fr")
    assert copy.subject.startswith("Ngozi Eze\u00a0: ")
    assert "Ngozi Eze" in copy.body.split("\n")[0]
    operations.end_appointment(appointment=Appointment.objects.get().pk, by=client, at=NOON)
    eois.withdraw_eoi(reference=eoi.reference, reason="", by=client, at=NOON)
    assert not Notice.objects.filter(kind="eoi_withdrawn", to=representative).exists()


def test_each_act_is_labelled_in_the_trail_and_told_in_the_timeline():
    client, representative = an_applicant(name="Ngozi Eze"), a_representative(name="Amara Diallo")
    appointed(client, representative)
    eoi = eois.open_eoi(program=SAMPLE, category="graduates", by=representative, at=NOON, client=client)

    opened = audit.trail(eoi.reference).get(event="eoi.opened")

    assert (opened.by, opened.for_person, eoi.candidate) == (representative, client, client)
    assert audit.verify_chain(eoi.reference)
    for reader in ("candidate", "staff"):
        [line] = [one for one in wording.timeline(eoi, reader) if str(one["text"]) == "The file was opened."]
        assert line["by"] == "Amara Diallo, for Ngozi Eze"


def test_the_database_keeps_what_ended():
    client = an_applicant()
    appointed(client)
    standing = Appointment.objects.get()
    with pytest.raises(IntegrityError), transaction.atomic():
        Appointment.objects.create(
            program=SAMPLE, representative=a_representative(), client=client, named="x", licence_body="college",
            asked_at=NOON, appointed_at=NOON,
        )  # fmt: skip
    operations.end_appointment(appointment=standing.pk, by=client, at=NOON)
    with pytest.raises(ProgrammingError, match="Cannot update"), transaction.atomic():
        Appointment.objects.update(ended_at=None, ended_by=None, ending="")
    with pytest.raises(ProgrammingError, match="Cannot delete"), transaction.atomic():
        Appointment.objects.all().delete()


def test_a_client_invited_by_link_appoints_once_the_sign_in_is_theirs():
    representative = a_representative()
    request = operations.ask_client(
        name="Chidi Okafor", email="chidi@example.org", language="en", by=representative, at=NOON
    )
    [body] = told("representative_asks", request.client)
    token = body.split("/en/access/")[1].split("/")[0]

    client = accounts.redeem_link(token=token, username="chidi", password=PASSWORD, at=NOON)
    operations.appoint(appointment=request.pk, by=client, at=NOON)

    assert acting.may_act_for(representative, client.pk)


def test_a_barred_licence_ends_what_its_holder_had_and_gets_nothing_new():
    client, representative = an_applicant(), a_representative(licence_number="R 700-1")
    appointed(client, representative)
    others = appointed(an_applicant())
    # As staff typed it in the order: the body by its name, the number otherwise spaced.
    key = representative_key(SAMPLE, "College of Consultants", "r7001")
    first, second = a_staff_member("officer", program=SAMPLE), a_staff_member("director", program=SAMPLE)
    Bar.objects.create(
        program=SAMPLE, person_key=key, order="XX-O-2026-000001", from_at=NOON, before=NOON + 365 * DAY, reason="Order",
        by=first, confirmed_by=second,
    )  # fmt: skip

    assert operations.end_barred(program=SAMPLE, at=NOON) == 1

    assert [one.ending for one in queries.history(client)] == ["barred"]
    assert not acting.may_act_for(representative, client.pk)
    assert queries.clients(others).count() == 1
    with pytest.raises(NotAllowed, match="barred"):
        asked(representative, an_applicant(), at=NOON)
