"""Handing in: once, whole, scored under its pack; one live file for one person (nwt.md, R2.4 to R2.6, R3.2)."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.db import connection
from django.db.utils import ProgrammingError
from django.test.utils import CaptureQueriesContext
from procrastinate.contrib.django.models import ProcrastinateJob

from passerelle.core import audit
from passerelle.core.lifecycle import IllegalMove
from passerelle.core.verdicts import NotAllowed
from passerelle.eoi import operations, queries
from passerelle.eoi.models import Bar, ExpressionOfInterest, ScoreRecord, SubmissionKey
from passerelle.notices.models import Letter, Notice, StaffTask
from tests.factories import DAY, HOUR, MINUTE, NOON, an_eoi, an_officer
from tests.support.people import an_employer

pytestmark = pytest.mark.django_db


def submit(eoi: ExpressionOfInterest, token: str = "one", at: datetime = NOON, **more: Any) -> ExpressionOfInterest:
    return operations.submit_eoi(reference=eoi.reference, token=token, by=eoi.candidate, at=at, **more)


def test_case_a_of_the_fact_sheet_scores_597():
    eoi = an_eoi("submitted")

    assert (eoi.state, eoi.points, eoi.grid) == ("submitted", 597, "ntnp-eoi-2026-r1")


def test_r2_6_valid_through_the_end_of_the_anniversary_day_in_yellowknife():
    eoi = an_eoi("submitted", at=NOON)

    assert eoi.valid_before == datetime(2027, 3, 11, 6, tzinfo=UTC)  # midnight after 10 March 2027, UTC-6
    assert not eoi.has_expired(eoi.valid_before - timedelta(microseconds=1))
    assert eoi.has_expired(eoi.valid_before)


def test_r3_2_score_is_due_after_five_business_days():
    eoi = an_eoi("submitted", at=datetime(2026, 3, 9, 18, tzinfo=UTC))

    assert eoi.review_by == datetime(2026, 3, 17, 6, tzinfo=UTC)  # through Monday 16 March (nwt.md, section 1.4)


def test_a_submission_tells_both_parties_and_leaves_receipt_score_and_trail():
    eoi = an_eoi("submitted")

    told = Notice.objects.filter(kind="eoi_received", about=eoi.reference).order_by("to__audience")
    assert [one.to for one in told] == [eoi.candidate, eoi.employer]
    [job] = ProcrastinateJob.objects.filter(task_name="eoi.write_receipt")
    assert job.args == {"reference": eoi.reference}
    assert [(one.points, one.cause) for one in ScoreRecord.objects.filter(eoi=eoi)] == [(597, "submission")]
    assert "eoi.submitted" in [event.event for event in audit.trail(eoi.reference)]
    assert audit.verify_chain(eoi.reference)


def test_the_receipt_is_written_as_a_letter_once_by_the_worker_or_for_whoever_opens_it_first():
    eoi = an_eoi("submitted")

    first = operations.write_receipt(reference=eoi.reference, at=NOON + HOUR)
    again = operations.write_receipt(reference=eoi.reference, at=NOON + DAY)

    assert Letter.objects.get(kind="eoi_receipt") == first == again
    assert first.to == eoi.candidate
    assert eoi.receipt in str(first.body)
    assert operations.write_receipt(reference=an_eoi("answered").reference, at=NOON) is None


def test_the_receipt_is_checked_by_number_and_signature():
    eoi = an_eoi("submitted")

    found = queries.receipt_holds(eoi.reference, eoi.receipt)

    assert found is not None
    assert (found.reference, found.submitted_at) == (eoi.reference, eoi.submitted_at)
    altered = ("B" if eoi.receipt[0] == "A" else "A") + eoi.receipt[1:]
    assert queries.receipt_holds(eoi.reference, altered) is None
    assert queries.receipt_holds("NT-E-2026-999999", eoi.receipt) is None


def test_the_same_token_gives_the_same_receipt_and_nothing_more():
    eoi = an_eoi("answered")
    first = submit(eoi, "same", version=eoi.version)

    again = submit(eoi, "same", at=NOON + HOUR, version=eoi.version)

    assert (again.reference, again.submitted_at, again.receipt) == (first.reference, NOON, first.receipt)
    assert SubmissionKey.objects.count() == ScoreRecord.objects.count() == 1
    assert Notice.objects.filter(kind="eoi_received").count() == 2


def test_a_token_used_for_other_answers_or_another_file_is_refused():
    eoi, other = an_eoi("answered"), an_eoi("answered")
    submit(eoi, "mine", version=eoi.version)

    with pytest.raises(operations.TokenReused):
        submit(eoi, "mine", version=eoi.version + 1)
    with pytest.raises(operations.TokenReused):
        submit(other, "mine")


def test_answers_changed_in_another_window_must_be_checked_again():
    eoi = an_eoi("answered")
    operations.save_section(
        reference=eoi.reference, section="contact", answers={"phone": "+18675550199"}, by=eoi.candidate, at=NOON
    )

    with pytest.raises(operations.StaleAnswers):
        submit(eoi, version=eoi.version)


def test_a_section_still_to_answer_is_named():
    eoi = an_eoi("answered")
    operations.save_section(
        reference=eoi.reference, section="about_you", answers={"family_name": ""}, by=eoi.candidate, at=NOON
    )

    with pytest.raises(operations.Unfinished) as missing:
        submit(eoi)

    assert missing.value.sections == ["about_you"]
    eoi.refresh_from_db()
    assert (eoi.state, eoi.points, eoi.person_key) == ("draft", None, "")


def test_r2_4_nothing_is_edited_after_submission():
    eoi = an_eoi("submitted")

    with pytest.raises(NotAllowed):
        operations.save_section(
            reference=eoi.reference, section="contact", answers={"phone": "1"}, by=eoi.candidate, at=NOON
        )
    with pytest.raises(ProgrammingError, match="Cannot update"):
        ExpressionOfInterest.objects.filter(pk=eoi.pk).update(answers={"age": 30})


def test_only_the_candidate_hands_in():
    eoi = an_eoi("answered")

    for stranger in (eoi.employer, an_eoi("draft").candidate, an_officer()):
        with pytest.raises(NotAllowed):
            operations.submit_eoi(reference=eoi.reference, token="x", by=stranger, at=NOON)


def test_r2_5_a_second_profile_under_another_employer_is_turned_away_without_a_trace_of_the_first():
    first = an_eoi("in_pool", passport_number="AB 12-34", passport_country="PT")
    second = an_eoi("answered", passport_number="ab1234", passport_country="PT")

    with pytest.raises(operations.AlreadyLive) as refusal:
        submit(second)

    assert first.reference not in str(refusal.value)
    assert first.employer.name not in str(refusal.value)
    second.refresh_from_db()
    assert second.state == "draft"


def test_a_submission_turned_away_is_told_to_staff_alone():
    eoi = an_eoi("answered")
    before = Notice.objects.count()

    operations.report_not_accepted(reference=eoi.reference, why="already_live", by=eoi.candidate, at=NOON)

    assert StaffTask.objects.filter(kind="eoi.not_accepted.already_live", about=eoi.reference).exists()
    assert Notice.objects.count() == before


@pytest.mark.parametrize("ended", ["withdrawn", "refused"])
def test_a_new_profile_may_follow_one_that_ended(ended: str):
    an_eoi(ended, passport_number="ZZ100")
    eoi = an_eoi("answered", passport_number="ZZ100")

    assert submit(eoi).state == "submitted"


def test_r2_6_an_expired_profile_gives_way_whether_or_not_a_job_has_closed_it():
    old = an_eoi("in_pool", passport_number="ZZ200")
    late = old.valid_before
    eoi = an_eoi("answered", passport_number="ZZ200", at=late - MINUTE)

    with pytest.raises(operations.AlreadyLive):
        submit(eoi, at=late - timedelta(microseconds=1))
    assert submit(eoi, at=late).state == "submitted"

    old.refresh_from_db()
    assert (old.state, old.closing_reason) == ("closed", "expired")


def test_r4_5_a_bar_holds_across_accounts_until_the_day_it_ends():
    refused = an_eoi("refused", passport_number="ZZ300")
    bar = Bar.objects.create(
        program="ca-nt", person_key=refused.person_key, eoi=refused, from_at=NOON, before=NOON + 365 * DAY,
        reason="False dates", by=an_officer(), confirmed_by=an_officer(),
    )  # fmt: skip
    eoi = an_eoi("answered", passport_number="ZZ300", at=bar.before - HOUR)

    with pytest.raises(operations.CandidateIsBarred):
        submit(eoi, at=bar.before - timedelta(microseconds=1))
    assert submit(eoi, "two", at=bar.before).state == "submitted"


def test_a_close_name_and_the_same_birthday_open_a_task_and_stop_nobody():
    first = an_eoi("submitted", family_name="Nguyễn", given_names="Thị Mai")
    second = an_eoi("submitted", family_name="Nguyen", given_names="Thi Mai")

    task = StaffTask.objects.get(kind="eoi.likeness")
    assert (task.about, second.state) == (second.reference, "submitted")
    assert first.reference in task.detail["fr"]


def test_people_of_one_birthday_with_other_names_open_no_task():
    an_eoi("submitted", family_name="Okafor", given_names="Chidi")
    an_eoi("submitted", family_name="Duarte", given_names="Inês")

    assert not StaffTask.objects.filter(kind="eoi.likeness").exists()


def test_an_answer_against_a_mandatory_criterion_is_handed_in_and_shown_to_staff():
    eoi = an_eoi("submitted", refugee_claimant=True)

    assert eoi.state == "submitted"
    assert StaffTask.objects.filter(kind="eoi.criterion_contradicted", about=eoi.reference).exists()


def test_a_submission_asks_the_database_as_much_with_a_large_pool_as_with_a_small_one():
    counts = []
    for size in (0, 3):
        for _each in range(size):
            an_eoi("in_pool", date_of_birth="1990-01-01")
        eoi = an_eoi("answered", date_of_birth=f"199{size}-02-01")
        with CaptureQueriesContext(connection) as asked:
            submit(eoi, f"token-{size}")
        counts.append(len(asked))

    assert counts[0] == counts[1]


def test_a_submission_that_fails_leaves_nothing_behind(monkeypatch: pytest.MonkeyPatch):
    eoi = an_eoi("answered")
    before = (Notice.objects.count(), StaffTask.objects.count(), audit.trail(eoi.reference).count())

    def fail(*_args: Any, **_more: Any) -> None:
        raise RuntimeError("the very last write fails")

    monkeypatch.setattr("passerelle.core.jobs.defer", fail)
    with pytest.raises(RuntimeError):
        submit(eoi)

    eoi.refresh_from_db()
    assert (eoi.state, eoi.points) == ("draft", None)
    assert (Notice.objects.count(), StaffTask.objects.count(), audit.trail(eoi.reference).count()) == before
    assert not SubmissionKey.objects.exists()


def test_a_file_in_another_state_is_not_handed_in_again():
    eoi = an_eoi("in_pool")

    with pytest.raises((IllegalMove, NotAllowed)):
        submit(eoi, "later")


def test_r1_2_an_account_holds_one_file_at_a_time():
    employer = an_employer()
    an_eoi("draft", employer=employer)

    with pytest.raises(NotAllowed):
        operations.open_eoi(program="ca-nt", category="skilled", by=employer, at=NOON)


def test_r1_2_a_new_file_of_the_account_is_for_the_same_candidate():
    employer = an_employer()
    first = an_eoi("withdrawn", employer=employer)

    again = operations.open_eoi(program="ca-nt", category="skilled", by=employer, at=NOON + DAY)

    assert again.candidate == first.candidate
