"""Act by act: what an appointed representative may do, and that nobody else may who is not the candidate."""

from collections.abc import Callable
from typing import Any
from uuid import uuid4

import pytest
from django.core.exceptions import ObjectDoesNotExist
from django.http import Http404

from passerelle.accounts import acting
from passerelle.accounts.models import Appointment, Person
from passerelle.applications import operations as applications
from passerelle.applications import queries as application_queries
from passerelle.core import audit
from passerelle.core.verdicts import NotAllowed
from passerelle.eoi import operations as eois
from passerelle.eoi import queries as eoi_queries
from passerelle.invitations import operations as invitations
from passerelle.payments import operations as payments
from passerelle.project import invariants
from passerelle.project.demo.filling import document
from passerelle.representatives import operations
from tests.access.world import taken_back
from tests.support import candidate_first
from tests.support.cases import DAY
from tests.support.representing import a_representative, appointed
from tests.support.sample import ANSWERS, NOON, SAMPLE, an_applicant, an_eoi, fresh

pytestmark = pytest.mark.django_db


def strangers(client: Person) -> dict[str, Person]:
    """Representatives who are not (or no longer) appointed by ``client``, and one who is by somebody else."""
    elsewhere = appointed(an_applicant())
    asked = a_representative()
    operations.ask_client(name=client.name, email=client.email, language="en", by=asked, at=NOON)
    return {"never asked": a_representative(), "asked": asked, "another's": elsewhere}


def refused_to(act: Callable[[Person], Any], people: dict[str, Person]) -> None:
    for who, person in people.items():
        with taken_back():
            try:
                act(person)
            except NotAllowed:
                continue
            pytest.fail(f"{who} may")


DRAFT: dict[str, Callable[[Any, Person], Any]] = {
    "eoi.answer_criteria": lambda eoi, by: eois.answer_criteria(
        reference=eoi.reference, answers={eoi_queries.criteria(eoi)[0].key: "yes"}, by=by, at=NOON),
    "eoi.choose_category": lambda eoi, by: eois.choose_category(
        reference=eoi.reference, category="workers", by=by, at=NOON),
    "eoi.save_section": lambda eoi, by: eois.save_section(
        reference=eoi.reference, section="work", answers={"degree": "master"}, by=by, at=NOON),
    "eoi.discard_eoi": lambda eoi, by: eois.discard_eoi(reference=eoi.reference, by=by, at=NOON),
    "eoi.submit_eoi": lambda eoi, by: eois.submit_eoi(reference=eoi.reference, token=uuid4().hex, by=by, at=NOON),
    "eoi.report_not_accepted": lambda eoi, by: eois.report_not_accepted(
        reference=eoi.reference, why="already_live", by=by, at=NOON),
}  # fmt: skip
LIVE: dict[str, Callable[[Any, Person], Any]] = {
    "eoi.begin_change": lambda eoi, by: eois.begin_change(reference=eoi.reference, by=by, at=NOON),
    "eoi.hold_eoi": lambda eoi, by: eois.hold_eoi(reference=eoi.reference, by=by, at=NOON),
    "eoi.withdraw_eoi": lambda eoi, by: eois.withdraw_eoi(reference=eoi.reference, reason="", by=by, at=NOON),
}  # fmt: skip
CHANGING: dict[str, Callable[[Any, Person], Any]] = {
    "eoi.save_change_section": lambda eoi, by: eois.save_change_section(
        reference=eoi.reference, section="work", answers={"degree": "doctorate"}, by=by, at=NOON),
    "eoi.drop_change": lambda eoi, by: eois.drop_change(reference=eoi.reference, by=by, at=NOON),
    "eoi.change_eoi": lambda eoi, by: eois.change_eoi(
        reference=eoi.reference, version=eoi_queries.in_progress(eoi).version, by=by, at=NOON),
}  # fmt: skip


def each(act: str, run: Callable[[Any, Person], Any], eoi: Any, appointee: Person) -> None:
    """The appointed representative does it, labelled, or is told that the client does; others are refused."""
    refused_to(lambda by: run(eoi, by), strangers(eoi.candidate))
    with taken_back():
        if act in acting.NEVER:
            with pytest.raises(NotAllowed, match=r"Only your client|Only the employer"):
                run(eoi, appointee)
            return
        run(eoi, appointee)
        mine = [one for one in audit.trail(eoi.reference) if one.by_id == appointee.pk]
        assert {one.for_person_id for one in mine} <= {eoi.candidate_id}


@pytest.mark.parametrize("act", DRAFT)
def test_acts_on_a_draft(act: str):
    eoi = an_eoi("answered")
    each(act, DRAFT[act], eoi, appointed(eoi.candidate))


@pytest.mark.parametrize("act", LIVE)
def test_acts_on_a_file_in_the_pool(act: str):
    eoi = an_eoi()
    each(act, LIVE[act], eoi, appointed(eoi.candidate))


@pytest.mark.parametrize("act", CHANGING)
def test_acts_on_a_change(act: str):
    eoi = an_eoi()
    kept = eois.begin_change(reference=eoi.reference, by=eoi.candidate, at=NOON)
    assert kept
    eois.save_change_section(
        reference=eoi.reference, section="attest", answers={"true_answers": True}, by=eoi.candidate, at=NOON
    )
    each(act, CHANGING[act], eoi, appointed(eoi.candidate))


def test_resuming_and_filing_anew():
    eoi = an_eoi()
    appointee = appointed(eoi.candidate)
    eois.hold_eoi(reference=eoi.reference, by=appointee, at=NOON)
    each("eoi.resume_eoi", lambda one, by: eois.resume_eoi(reference=one.reference, by=by, at=NOON), eoi, appointee)
    eois.withdraw_eoi(reference=eoi.reference, reason="", by=eoi.candidate, at=NOON)
    each("eoi.file_anew", lambda one, by: eois.file_anew(reference=one.reference, by=by, at=NOON), eoi, appointee)


def test_a_file_is_started_for_the_client_and_is_the_clients():
    client = an_applicant()
    appointee = appointed(client)
    start = lambda by: eois.open_eoi(program=SAMPLE, category="workers", by=by, at=NOON, client=client)  # noqa: E731
    refused_to(start, strangers(client) | {"another candidate": an_applicant()})

    eoi = start(appointee)

    assert (eoi.candidate, eoi.employer) == (client, None)
    with pytest.raises(NotAllowed, match="Only a candidate"):
        eois.open_eoi(program=SAMPLE, category="workers", by=appointee, at=NOON)
    with pytest.raises(NotAllowed, match="already have"):
        start(appointee)


def test_what_the_candidate_declares_stays_theirs_and_is_declared_again_after_a_change():
    client = an_applicant()
    appointee = appointed(client)
    eoi = eois.open_eoi(program=SAMPLE, category="graduates", by=appointee, at=NOON, client=client)
    yes = dict.fromkeys((one.key for one in eoi_queries.criteria(eoi)), "yes")
    eois.answer_criteria(reference=eoi.reference, answers=yes, by=appointee, at=NOON)
    typed = {**ANSWERS, "passport_number": "A1234567", "email": "mine@agency.example"}
    for section in eoi_queries.questionnaire(eoi).sections:
        mine = {key: typed[key] for key in eoi_queries.keys_of_section(section) if key in typed}
        eois.save_section(reference=eoi.reference, section=section.key, answers=mine, by=appointee, at=NOON)

    kept = fresh(eoi).answers
    assert "true_answers" not in kept
    assert kept["email"] == client.email
    with pytest.raises(eois.Unfinished) as unfinished:
        eois.submit_eoi(reference=eoi.reference, token="one", by=appointee, at=NOON)
    assert unfinished.value.sections == ["attest"]

    declare = {"reference": eoi.reference, "section": "attest", "answers": {"true_answers": True}, "at": NOON}
    eois.save_section(by=client, **declare)
    eois.save_section(reference=eoi.reference, section="work", answers={"years_worked": 5}, by=appointee, at=NOON)
    assert "true_answers" not in fresh(eoi).answers
    eois.save_section(by=client, **declare)
    again = {
        key: fresh(eoi).answers[key] for key in ("years_worked", "degree", "occupation", "community", "permit_expiry")
    }
    eois.save_section(reference=eoi.reference, section="work", answers=again, by=appointee, at=NOON)

    handed_in = eois.submit_eoi(reference=eoi.reference, token="two", by=appointee, at=NOON)

    assert (handed_in.state, handed_in.candidate, handed_in.answers["true_answers"]) == ("in_pool", client, True)
    submitted = audit.trail(eoi.reference).get(event="eoi.submitted")
    assert (submitted.by, submitted.for_person) == (appointee, client)
    assert invariants.broken(invariants.check(at=NOON)) == []


def test_a_doubt_is_replied_to_by_either():
    office = candidate_first.an_office()
    case = candidate_first.in_pool(office)
    appointee = appointed_here(case)
    eois.raise_doubt(reference=case.eoi, what="Dates.", by=office.officer, at=NOON)
    tried("eoi.reply_to_doubt", lambda by: eois.reply_to_doubt(
        reference=case.eoi, reply="Right.", by=by, at=NOON), case, appointee)  # fmt: skip


def test_proof_is_sent_by_either():
    office = candidate_first.an_office()
    case = candidate_first.in_pool(office)
    appointee = appointed_here(case)
    items = [{"key": "diplomas", "label": {"en": "Diplomas", "fr": "Diplômes"}}]
    item = eois.request_evidence(reference=case.eoi, items=items, by=office.officer, at=NOON).items.get()

    tried("eoi.store_evidence", lambda by: eois.store_evidence(item=item, upload=document("one"), by=by, at=NOON),
          case, appointee)  # fmt: skip
    kept = eois.store_evidence(item=item, upload=document("one"), by=case.candidate, at=NOON)
    tried("eoi.open_document", lambda by: eois.open_document(
        reference=case.eoi, document=kept, by=by, at=NOON, purpose="own"), case, case.candidate)  # fmt: skip
    tried("eoi.answer_evidence", lambda by: eois.answer_evidence(reference=case.eoi, replies={}, by=by, at=NOON),
          case, appointee)  # fmt: skip
    tried("eoi.remove_evidence_file", lambda by: eois.remove_evidence_file(item=item, document=kept, by=by, at=NOON),
          case, appointee)  # fmt: skip


def appointed_here(case: Any) -> Person:
    """A representative whom the candidate of an application appointed."""
    return appointed(case.candidate)


def others_here(case: Any) -> dict[str, Person]:
    """One who was never asked, and one whom the candidate had and sent away."""
    return {"never asked": a_representative(program=candidate_first.CODE), "sent away": ended(case)}


def ended(case: Any) -> Person:
    """Somebody else, appointed while the present representative was not, and sent away since."""
    gone = a_representative(program=candidate_first.CODE)
    Appointment.objects.create(
        program=candidate_first.CODE, representative=gone, client=case.candidate, named="x", licence_body="college",
        asked_at=NOON, appointed_at=NOON, ended_at=NOON, ended_by=case.candidate, ending="revoked",
    )  # fmt: skip
    return gone


def tried(act: str, run: Callable[[Person], Any], case: Any, appointee: Person) -> None:
    """As ``each``, for an application: done or refused, and everybody else refused as if nothing were there."""
    for who, person in others_here(case).items():
        with taken_back():
            try:
                run(person)
            except (NotAllowed, ObjectDoesNotExist, Http404):
                continue
            pytest.fail(f"{who} may {act}")
    if act in acting.NEVER:
        with taken_back(), pytest.raises(NotAllowed, match=r"Only your client"):
            run(appointee)
    else:
        with taken_back():
            run(appointee)


def test_an_invitation_is_answered_by_the_candidate_alone():
    case = candidate_first.invited(candidate_first.an_office())
    appointee, at = appointed_here(case), NOON + 3 * DAY

    tried(
        "invitations.decline", lambda by: invitations.decline(reference=case.invitation, by=by, at=at), case, appointee
    )
    tried("invitations.mark_accepted", lambda by: invitations.mark_accepted(reference=case.invitation, by=by, at=at),
          case, appointee)  # fmt: skip
    tried("applications.open_application", lambda by: applications.open_application(
        invitation=case.invitation, by=by, at=at), case, appointee)  # fmt: skip


def test_the_application_is_prepared_by_either_and_signed_by_the_candidate():
    case = candidate_first.opened(candidate_first.an_office())
    appointee, at, reference = appointed_here(case), NOON + 3 * DAY, case.application
    part = application_queries.part_for(case.candidate, reference=reference, part="candidate")
    slot = application_queries.slots(part)[0].key
    section = application_queries.questionnaire(part).sections[0].key
    applications.add_document(
        reference=reference, part="candidate", slot=slot, upload=document("first"), by=case.candidate, at=at
    )
    filed = application_queries.documents_of(part)[slot][0].pk
    acts: dict[str, Callable[[Person], Any]] = {
        "applications.save_section": lambda by: applications.save_section(
            reference=reference, part="candidate", section=section, answers={}, by=by, at=at),
        "applications.add_document": lambda by: applications.add_document(
            reference=reference, part="candidate", slot=slot, upload=document("second"), by=by, at=at),
        "applications.remove_document": lambda by: applications.remove_document(
            reference=reference, part="candidate", document=filed, by=by, at=at),
        "applications.let_in_employer": lambda by: applications.let_in_employer(
            reference=reference, email="boss@example.org", name="Mill", language="en", by=by, at=at),
        "applications.submit_part": lambda by: applications.submit_part(
            reference=reference, part="candidate", signature="Somebody", by=by, at=at),
        "applications.withdraw_application": lambda by: applications.withdraw_application(
            reference=reference, reason="", by=by, at=at),
    }  # fmt: skip
    for act, run in acts.items():
        tried(act, run, case, appointee)


def test_the_fee_is_paid_by_either():
    case = candidate_first.unpaid(candidate_first.an_office(), category="entry_level")
    appointee, reference = appointed_here(case), candidate_first.fee_of(case).reference

    tried("payments.start", lambda by: payments.start(reference=reference, by=by, at=NOON + 4 * DAY), case, appointee)
    payments.start(reference=reference, by=appointee, at=NOON + 4 * DAY)
    tried("payments.practise", lambda by: payments.practise(
        reference=reference, accepted=True, by=by, at=NOON + 4 * DAY), case, appointee)  # fmt: skip


def test_questions_and_changes_of_a_file_being_assessed():
    office = candidate_first.an_office()
    case = candidate_first.queued(office, category="entry_level")
    appointee, at, reference = appointed_here(case), NOON + 6 * DAY, case.application
    applications.take(reference=reference, reason="", by=office.officer, at=at)
    applications.ask_information(reference=reference, question="When?", by=office.officer, at=at)

    tried("applications.answer_information", lambda by: applications.answer_information(
        reference=reference, answer="Then.", uploads=[], by=by, at=at), case, appointee)  # fmt: skip
    tried("applications.report_change", lambda by: applications.report_change(
        reference=reference, kind="other", happened_on=at.date(), detail="Moved.", by=by, at=at), case, appointee)  # fmt: skip


def test_a_review_is_asked_by_either():
    office = candidate_first.an_office()
    case = candidate_first.assessed(office, category="entry_level", failing=1)
    appointee, at, reference = appointed_here(case), NOON + 8 * DAY, case.application
    unmet = [one.criterion for one in application_queries.latest_findings(case.file).values() if one.verdict != "met"]
    applications.decide(
        reference=reference, kind="refusal", reasons="Not shown.", grounds=unmet, by=office.officer, at=NOON + 7 * DAY
    )

    tried("applications.ask_review", lambda by: applications.ask_review(
        reference=reference, error="Wrong.", by=by, at=at), case, appointee)  # fmt: skip


def test_after_a_nomination_the_agreement_is_signed_by_the_party():
    office = candidate_first.an_office()
    case = candidate_first.assessed(office)
    appointee, at = appointed_here(case), NOON + 8 * DAY
    applications.decide(reference=case.application, kind="nomination", by=office.officer, at=NOON + 7 * DAY)

    tried("applications.sign_agreement", lambda by: applications.sign_agreement(
        reference=case.application, name="Somebody", by=by, at=at), case, appointee)  # fmt: skip
    tried("applications.ask_support_letter", lambda by: applications.ask_support_letter(
        reference=case.application, permit_expires_on=(at + 100 * DAY).date(), by=by, at=at), case, appointee)  # fmt: skip
