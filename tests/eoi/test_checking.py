"""The officer's check: points confirmed, facts changed by two, proof, doubt, refusal, bar (nwt.md, R3 and R4.3 to R4.5)."""

from datetime import timedelta
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import IntegrityError, transaction

from passerelle.core import audit
from passerelle.core.verdicts import NotAllowed
from passerelle.documents import queries as files
from passerelle.eoi import operations, queries
from passerelle.eoi.models import Bar, Doubt, FactChange
from passerelle.notices.models import Letter, Notice, StaffTask
from tests.factories import DAY, HOUR, MINUTE, NOON, a_director, an_eoi, an_officer, answers
from tests.support.people import a_staff_member

pytestmark = pytest.mark.django_db


def told(kind: str, about: str) -> list[str]:
    return sorted(one.to.audience for one in Notice.objects.filter(kind=kind, about=about))


def test_r3_2_confirming_tells_the_total_to_candidate_and_employer_and_no_answer():
    eoi = an_eoi("submitted")

    operations.confirm_points(reference=eoi.reference, by=an_officer(), at=NOON + DAY)

    eoi.refresh_from_db()
    assert (eoi.state, eoi.confirmed_points) == ("in_pool", 597)
    assert told("score_assigned", eoi.reference) == ["candidate", "employer"]
    letter = Notice.objects.get(kind="score_assigned", to=eoi.employer).body
    assert "597" in letter
    assert "Duarte" not in letter


@pytest.mark.parametrize("role", ["draw_manager", "auditor", "analyst", "administrator"])
def test_other_roles_confirm_nothing(role: str):
    eoi = an_eoi("submitted")

    with pytest.raises(NotAllowed):
        operations.confirm_points(reference=eoi.reference, by=a_staff_member(role), at=NOON)


def test_the_parties_and_staff_of_another_program_confirm_nothing():
    eoi = an_eoi("submitted")

    for stranger in (eoi.candidate, eoi.employer, a_staff_member("officer", program="ca-on")):
        with pytest.raises(NotAllowed):
            operations.confirm_points(reference=eoi.reference, by=stranger, at=NOON)


def test_an_expired_file_is_not_confirmed():
    eoi = an_eoi("submitted")

    with pytest.raises(NotAllowed):
        operations.confirm_points(reference=eoi.reference, by=an_officer(), at=eoi.valid_before)


def test_officers_take_the_oldest_file_that_no_colleague_holds():
    old, young = an_eoi("submitted", at=NOON), an_eoi("submitted", at=NOON + HOUR)
    one, two = an_officer(), an_officer()

    first = operations.take_next(program="ca-nt", by=one, at=NOON + DAY)
    again = operations.take_next(program="ca-nt", by=one, at=NOON + DAY)
    other = operations.take_next(program="ca-nt", by=two, at=NOON + DAY)
    none = operations.take_next(program="ca-nt", by=an_officer(), at=NOON + DAY)
    left = operations.take_next(program="ca-nt", by=two, at=NOON + DAY + 5 * HOUR)

    assert [one.reference if one else None for one in (first, again, other, none, left)] == [
        old.reference, old.reference, young.reference, None, old.reference,
    ]  # fmt: skip


def test_a_fact_that_changes_points_waits_for_a_second_officer():
    eoi, one, two = an_eoi("in_pool"), an_officer(), an_officer()

    change = operations.propose_fact(
        reference=eoi.reference, fact="age", value=50, reason="The passport says 1976", by=one, at=NOON + DAY
    )
    eoi.refresh_from_db()
    assert (change.state, change.points_before, change.points_after, eoi.points) == ("proposed", 597, 557, 597)
    with pytest.raises(NotAllowed):
        operations.confirm_fact(change=change, by=one, at=NOON + DAY)
    operations.confirm_fact(change=change, by=two, at=NOON + DAY)

    eoi.refresh_from_db()
    assert (eoi.state, eoi.points, eoi.confirmed_points, eoi.facts["age"]) == ("in_pool", 557, 557, 50)
    assert [one.points for one in queries.scores(eoi)] == [597, 557]
    assert told("score_changed", eoi.reference) == ["candidate", "employer"]
    to_candidate = Notice.objects.get(kind="score_changed", to=eoi.candidate).body
    to_employer = Notice.objects.get(kind="score_changed", to=eoi.employer).body
    assert "The passport says 1976" in to_candidate
    assert "557" in to_employer
    assert "passport" not in to_employer


def test_a_fact_derived_from_a_changed_one_follows_it():
    eoi, one, two = an_eoi("submitted"), an_officer(), an_officer()
    change = operations.propose_fact(
        reference=eoi.reference, fact="related_months", value=11, reason="Letters show less", by=one, at=NOON
    )

    operations.confirm_fact(change=change, by=two, at=NOON)

    eoi.refresh_from_db()
    assert (eoi.facts["related_years"], eoi.points) == (0, 497)


def test_a_change_the_employer_has_heard_no_total_of_is_told_to_the_candidate_alone():
    eoi, one, two = an_eoi("submitted"), an_officer(), an_officer()
    change = operations.propose_fact(reference=eoi.reference, fact="age", value=50, reason="Born 1976", by=one, at=NOON)

    operations.confirm_fact(change=change, by=two, at=NOON)

    assert told("score_changed", eoi.reference) == ["candidate"]


def test_a_fact_that_changes_no_points_applies_at_once_and_the_candidate_is_told():
    eoi = an_eoi("submitted")

    change = operations.propose_fact(
        reference=eoi.reference, fact="age", value=31, reason="Born 1995", by=an_officer(), at=NOON
    )

    eoi.refresh_from_db()
    assert (change.state, eoi.facts["age"], eoi.points) == ("applied", 31, 597)
    assert told("fact_changed", eoi.reference) == ["candidate"]


@pytest.mark.parametrize(("fact", "value"), [("work_permit_expiry", "2026-06-01"), ("francophone", True)])
def test_a_fact_that_draws_look_at_waits_for_a_second_officer_though_it_changes_no_points(fact: str, value: Any):
    """A rule of the pack takes first whose permit ends soon, another keeps places for those who speak French."""
    eoi, one, two = an_eoi("in_pool"), an_officer(), an_officer()
    before = eoi.facts[fact]

    change = operations.propose_fact(
        reference=eoi.reference, fact=fact, value=value, reason="Seen", by=one, at=NOON + DAY
    )

    eoi.refresh_from_db()
    assert (change.state, change.points_before, change.points_after) == ("proposed", 597, 597)
    assert eoi.facts[fact] == before
    operations.confirm_fact(change=change, by=two, at=NOON + DAY)
    eoi.refresh_from_db()
    assert (eoi.facts[fact], eoi.points) == (value, 597)


@pytest.mark.parametrize("so", [True, False])
def test_a_fact_that_keeps_a_file_out_or_lets_it_in_again_waits_for_a_second_officer(so: bool):
    eoi = an_eoi("submitted", refugee_claimant=so)

    change = operations.propose_fact(
        reference=eoi.reference, fact="refugee_claimant", value=not so, reason="Seen", by=an_officer(), at=NOON
    )

    assert (change.before, change.state, change.points_before) == (so, "proposed", change.points_after)


def test_points_are_not_confirmed_while_a_change_waits():
    eoi, one = an_eoi("submitted"), an_officer()
    operations.propose_fact(reference=eoi.reference, fact="age", value=50, reason="Born 1976", by=one, at=NOON)

    with pytest.raises(NotAllowed):
        operations.confirm_points(reference=eoi.reference, by=one, at=NOON)


def test_a_change_may_be_taken_back_or_not_agreed_to():
    eoi, one, two = an_eoi("submitted"), an_officer(), an_officer()
    for by in (one, two):
        change = operations.propose_fact(reference=eoi.reference, fact="age", value=50, reason="?", by=one, at=NOON)
        operations.decline_fact(change=change, by=by, at=NOON)
    eoi.refresh_from_db()

    assert (eoi.points, eoi.facts["age"]) == (597, 30)


def test_the_database_itself_refuses_a_change_confirmed_by_its_author():
    eoi, one = an_eoi("submitted"), an_officer()
    change = operations.propose_fact(reference=eoi.reference, fact="age", value=50, reason="?", by=one, at=NOON)

    with pytest.raises(IntegrityError), transaction.atomic():
        FactChange.objects.filter(pk=change.pk).update(confirmed_by=one)
    with pytest.raises(IntegrityError), transaction.atomic():
        FactChange.objects.filter(pk=change.pk).update(state="applied", settled_at=NOON)


def test_the_same_value_is_no_change():
    eoi = an_eoi("submitted")

    with pytest.raises(operations.NoChange):
        operations.propose_fact(reference=eoi.reference, fact="age", value=30, reason="?", by=an_officer(), at=NOON)


# --- proof (R4.3) -----------------------------------------------------------------------------------------------------


def test_r4_3_proof_is_asked_sent_and_found_good():
    eoi, officer = an_eoi("evidence_requested"), an_officer()
    asked = queries.open_request(eoi)
    assert asked is not None
    item = asked.items.get()
    letter = Notice.objects.get(kind="evidence_requested", to=eoi.employer).body
    assert "Diplomas" not in letter

    with pytest.raises(operations.NothingSent):
        operations.answer_evidence(reference=eoi.reference, replies={}, by=eoi.candidate, at=NOON + HOUR)
    page = SimpleUploadedFile("diploma.png", PNG, content_type="image/png")
    operations.store_evidence(item=item, upload=page, by=eoi.candidate, at=NOON + HOUR)
    operations.answer_evidence(reference=eoi.reference, replies={item.pk: "Here"}, by=eoi.candidate, at=NOON + HOUR)

    eoi.refresh_from_db()
    assert (eoi.state, eoi.review_from) == ("submitted", NOON + HOUR)
    assert files.files(eoi.reference, item.slot).count() == 1
    operations.find_evidence(item=item, finding="confirmed", by=officer, at=NOON + 2 * HOUR)
    operations.confirm_points(reference=eoi.reference, by=officer, at=NOON + 2 * HOUR)
    eoi.refresh_from_db()
    assert eoi.state == "in_pool"


def test_only_the_candidate_sends_proof_and_only_while_it_is_asked():
    eoi = an_eoi("evidence_requested")
    asked = queries.open_request(eoi)
    assert asked is not None
    item = asked.items.get()
    page = SimpleUploadedFile("diploma.png", PNG, content_type="image/png")

    with pytest.raises(NotAllowed):
        operations.store_evidence(item=item, upload=page, by=eoi.employer, at=NOON)
    operations.answer_evidence(reference=eoi.reference, replies={item.pk: "Lost"}, by=eoi.candidate, at=NOON)
    with pytest.raises(Exception, match="answer_evidence"):
        operations.store_evidence(item=item, upload=page, by=eoi.candidate, at=NOON)


def test_a_withdrawal_ends_the_request_for_proof():
    eoi = an_eoi("evidence_requested")

    operations.withdraw_eoi(reference=eoi.reference, reason="", by=eoi.candidate, at=NOON)

    assert queries.open_request(eoi) is None


# --- doubt, refusal, bar (R4.4, R4.5) ---------------------------------------------------------------------------------


def test_r4_4_nothing_is_refused_before_the_candidate_replied_or_the_time_is_over():
    eoi, officer = an_eoi("doubted"), an_officer()
    doubt = queries.open_doubt(eoi)
    assert doubt is not None

    with pytest.raises(NotAllowed):
        operations.refuse_eoi(
            reference=eoi.reference, reason="False", by=officer, at=doubt.reply_by - timedelta(microseconds=1)
        )
    operations.refuse_eoi(reference=eoi.reference, reason="False", by=officer, at=doubt.reply_by)

    eoi.refresh_from_db()
    assert eoi.state == "refused"


def test_the_database_itself_refuses_a_refusal_without_a_hearing():
    eoi = an_eoi("doubted")

    with pytest.raises(IntegrityError), transaction.atomic():
        Doubt.objects.filter(eoi=eoi).update(outcome="refused", settled_at=NOON + MINUTE, settled_by=an_officer())


def test_a_doubt_is_told_to_the_candidate_and_not_to_the_employer():
    eoi = an_eoi("doubted")

    assert told("fairness_notice", eoi.reference) == ["candidate"]
    employers = Notice.objects.filter(to=eoi.employer).values_list("body", flat=True)
    assert not any("The dates of the job" in body for body in employers)


def test_a_refusal_gives_reasons_to_the_candidate_and_none_to_the_employer():
    eoi = an_eoi("refused")

    to_candidate = Notice.objects.get(kind="eoi_refused", to=eoi.candidate).body
    to_employer = Notice.objects.get(kind="eoi_refused", to=eoi.employer).body
    assert "The employer says otherwise." in to_candidate
    assert "The employer says otherwise." not in to_employer
    assert Letter.objects.get(kind="eoi_refusal").to == eoi.candidate


def test_r4_5_a_bar_takes_two_people():
    eoi, one = an_eoi("doubted"), an_officer()
    operations.reply_to_doubt(reference=eoi.reference, reply="No", by=eoi.candidate, at=NOON)

    for second in (None, one):
        with pytest.raises(NotAllowed):
            operations.refuse_eoi(
                reference=eoi.reference, reason="False", by=one, confirmed_by=second, bar=True, at=NOON
            )
    operations.ask_for_bar(reference=eoi.reference, reason="False", by=one, at=NOON)
    with pytest.raises(NotAllowed):
        operations.refuse_with_bar(reference=eoi.reference, by=one, at=NOON)
    operations.refuse_with_bar(reference=eoi.reference, by=a_director(), at=NOON)

    bar = Bar.objects.get()
    eoi.refresh_from_db()
    assert (eoi.state, bar.person_key, bar.by) == ("refused", eoi.person_key, one)
    assert queries.is_barred(eoi.person_key, bar.before - timedelta(microseconds=1))
    assert not queries.is_barred(eoi.person_key, bar.before)


def test_a_bar_is_lifted_by_two_people():
    eoi, one, two = an_eoi("refused"), an_officer(), an_officer()
    bar = Bar.objects.create(
        program="ca-nt", person_key=eoi.person_key, eoi=eoi, from_at=NOON, before=NOON + 365 * DAY, reason="?",
        by=one, confirmed_by=two,
    )  # fmt: skip

    operations.ask_to_lift_bar(bar=bar, reason="New proof", by=one, at=NOON + DAY)
    with pytest.raises(NotAllowed):
        operations.confirm_bar_lifted(bar=bar, by=one, at=NOON + DAY)
    assert queries.is_barred(eoi.person_key, NOON + DAY)
    operations.confirm_bar_lifted(bar=bar, by=two, at=NOON + DAY)

    assert not queries.is_barred(eoi.person_key, NOON + DAY)
    assert told("bar_lifted", eoi.reference) == ["candidate"]


def test_a_lifted_doubt_returns_the_file_to_review():
    eoi = an_eoi("doubted")

    operations.lift_doubt(reference=eoi.reference, by=an_officer(), at=NOON + DAY)

    eoi.refresh_from_db()
    assert (eoi.state, eoi.review_from) == ("submitted", NOON + DAY)


def test_a_reply_opens_a_task_and_is_given_once():
    eoi = an_eoi("doubted")
    operations.reply_to_doubt(reference=eoi.reference, reply="They are right", by=eoi.candidate, at=NOON)

    with pytest.raises(NotAllowed):
        operations.reply_to_doubt(reference=eoi.reference, reply="Again", by=eoi.candidate, at=NOON)
    assert StaffTask.objects.filter(kind="eoi.doubt_answered").count() == 1


# --- reading and leaving ----------------------------------------------------------------------------------------------


def test_each_reading_is_logged_with_its_reason():
    eoi, officer = an_eoi("submitted"), an_officer()

    operations.open_file(reference=eoi.reference, reason="review", by=officer, at=NOON)

    row = audit.accesses(eoi.reference).get()
    assert (row.by, row.purpose, row.at) == (officer, "review", NOON)


def test_the_employer_opens_no_answers():
    eoi = an_eoi("submitted")

    with pytest.raises(NotAllowed):
        operations.open_file(reference=eoi.reference, reason="review", by=eoi.employer, at=NOON)


def test_a_keyed_withdrawal_names_the_candidate_it_was_for():
    eoi, officer = an_eoi("in_pool"), an_officer()

    operations.withdraw_eoi(
        reference=eoi.reference, reason="Email of 3 April", by=officer, at=NOON, received_by_email=True
    )

    event = audit.trail(eoi.reference).get(event="eoi.withdrawn")
    assert (event.by, event.for_person) == (officer, eoi.candidate)
    assert told("eoi_withdrawn", eoi.reference) == ["candidate", "employer"]


def test_the_candidate_files_anew_with_their_answers_but_not_their_declarations():
    eoi = an_eoi("withdrawn")

    again = operations.file_anew(reference=eoi.reference, by=eoi.candidate, at=NOON + DAY)

    said = answers()
    assert again.answers["job_title"] == said["job_title"]
    assert "declare_accurate" not in again.answers
    assert (again.state, again.follows, again.candidate) == ("draft", eoi, eoi.candidate)
    with pytest.raises(NotAllowed):
        operations.file_anew(reference=eoi.reference, by=eoi.candidate, at=NOON + DAY)


def test_an_employer_who_drops_the_offer_closes_the_file_and_the_candidate_is_told():
    eoi = an_eoi("in_pool")

    operations.drop_offer(reference=eoi.reference, by=eoi.employer, at=NOON)

    eoi.refresh_from_db()
    assert (eoi.state, eoi.closing_reason) == ("closed", "offer_withdrawn")
    assert told("eoi_stopped", eoi.reference) == ["candidate", "employer"]


PNG = bytes.fromhex(
    "89504e470d0a1a0a0000000d4948445200000001000000010802000000907753de0000000c4944415408d763f8cfc000000301010018dd8db0"
    "0000000049454e44ae426082"
)
