"""The pool: its order, who may be drawn, what time and bars take out of it; invited and closed."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from passerelle.eoi import operations, queries
from passerelle.eoi.models import Bar
from passerelle.notices.models import Notice, StaffTask
from tests.factories import DAY, HOUR, NOON, an_eoi, an_officer

pytestmark = pytest.mark.django_db
CLOSES = NOON + 10 * DAY


def references(**more: object) -> list[str]:
    return [one.reference for one in queries.entries("ca-nt", closes_at=CLOSES, at=CLOSES, **more)]  # type: ignore[arg-type]


def test_most_points_first_then_the_earlier_submission():
    late = an_eoi("in_pool", at=NOON + HOUR)
    early = an_eoi("in_pool", at=NOON)
    low = an_eoi("in_pool", at=NOON - HOUR, date_of_birth="1950-01-01")

    assert references() == [early.reference, late.reference, low.reference]
    assert [one.reference for one in queries.pool("ca-nt")] == references()


@pytest.mark.parametrize(
    "state", ["answered", "submitted", "evidence_requested", "doubted", "invited", "withdrawn", "refused"]
)
def test_only_confirmed_files_of_the_pool_can_be_drawn(state: str):
    an_eoi(state)

    assert references() == []


def test_a_file_handed_in_at_the_closing_instant_is_too_late():
    on_time = an_eoi("in_pool", at=CLOSES - timedelta(microseconds=1))
    an_eoi("in_pool", at=CLOSES)

    assert references() == [on_time.reference]


def test_r2_6_an_expired_file_is_in_no_draw_though_no_job_has_run():
    eoi = an_eoi("in_pool")
    end = eoi.valid_before
    before = queries.entries("ca-nt", closes_at=CLOSES, at=end - timedelta(microseconds=1))
    after = queries.entries("ca-nt", closes_at=CLOSES, at=end)

    assert ([one.reference for one in before], list(after), eoi.state) == ([eoi.reference], [], "in_pool")


def test_a_barred_person_is_in_no_draw():
    eoi = an_eoi("in_pool")
    Bar.objects.create(
        program="ca-nt", person_key=eoi.person_key, eoi=eoi, from_at=NOON, before=NOON + 365 * DAY, reason="?",
        by=an_officer(), confirmed_by=an_officer(),
    )  # fmt: skip

    assert references() == []


def test_categories_named_are_the_only_ones():
    skilled = an_eoi("in_pool")
    express = an_eoi(
        "in_pool", category="express_entry", ee_profile_number="E123456789", ee_validation_code="ABCDEFGHIJ"
    )

    assert references(categories=["skilled"]) == [skilled.reference]
    assert set(references()) == {skilled.reference, express.reference}


def test_files_not_confirmed_in_time_hold_up_the_freeze():
    waiting = [an_eoi(state) for state in ("submitted", "evidence_requested", "doubted")]
    an_eoi("in_pool")
    an_eoi("submitted", at=CLOSES)

    held_up = queries.unsettled("ca-nt", closes_at=CLOSES, at=CLOSES)

    assert [one.reference for one in held_up] == [one.reference for one in waiting]


def test_a_permit_that_ran_out_makes_an_entry_ineligible_and_leaves_its_points():
    eoi = an_eoi("in_pool", work_permit_expiry="2026-03-15")

    assert queries.ineligible("ca-nt", closes_at=CLOSES, at=NOON) == {}
    assert queries.ineligible("ca-nt", closes_at=CLOSES, at=CLOSES) == {eoi.pk: ["work_permit_valid"]}
    assert [one.points for one in queries.entries("ca-nt", closes_at=CLOSES, at=CLOSES)] == [597]


def test_a_test_that_turned_two_years_old_makes_an_entry_ineligible():
    eoi = an_eoi("in_pool", l1_test_date="2024-03-15")

    failing = queries.ineligible("ca-nt", closes_at=CLOSES, at=CLOSES)

    assert "language_test" in failing[eoi.pk]


def test_invited_files_leave_the_pool_all_or_none():
    eois = [an_eoi("in_pool") for _each in range(2)]
    gone = an_eoi("withdrawn")

    with pytest.raises(operations.CannotInvite) as lost:
        operations.mark_invited(references=[one.reference for one in (*eois, gone)], by=None, at=NOON + DAY)
    assert lost.value.references == [gone.reference]
    assert len(references()) == 2

    held = operations.mark_invited(references=[one.reference for one in eois], by=None, at=NOON + DAY)
    assert [one.pk for one in held] == sorted(one.pk for one in eois)
    assert references() == []


def test_an_expired_file_is_not_invited():
    eoi = an_eoi("in_pool")

    with pytest.raises(operations.CannotInvite):
        operations.mark_invited(references=[eoi.reference], by=None, at=eoi.valid_before)


def test_an_invited_file_outlives_its_year():
    eoi = an_eoi("invited")

    assert operations.close_expired(at=eoi.valid_before) == 0


def test_the_sweep_closes_the_books_on_expired_files_and_tells_both():
    eoi = an_eoi("in_pool")

    assert operations.close_expired(at=eoi.valid_before - timedelta(microseconds=1)) == 0
    assert operations.close_expired(at=eoi.valid_before) == 1
    assert operations.close_expired(at=eoi.valid_before) == 0
    eoi.refresh_from_db()
    assert (eoi.state, eoi.closing_reason) == ("closed", "expired")
    assert Notice.objects.filter(kind="eoi_expired").count() == 2


def test_n15_reminders_go_out_once_for_each_day_of_the_pack():
    eoi = an_eoi("in_pool")
    end = eoi.valid_before

    sent = [operations.remind_due(at=end - days * DAY) for days in (31, 30, 29, 7, 6, 1)]

    assert sent == [0, 1, 0, 1, 0, 0]
    assert Notice.objects.filter(kind="eoi_expiring").count() == 4


def test_reminders_of_proof_go_to_the_candidate():
    eoi = an_eoi("evidence_requested")
    request = queries.open_request(eoi)
    assert request is not None

    sent = [operations.remind_due(at=request.due_by - days * DAY) for days in (6, 5, 4, 1, 0)]

    assert sent == [0, 1, 0, 1, 0]
    assert {one.to for one in Notice.objects.filter(kind="evidence_reminder")} == {eoi.candidate}


def test_volume_and_histogram():
    an_eoi("in_pool")
    an_eoi("in_pool", date_of_birth="1950-01-01")
    an_eoi("submitted")
    an_eoi("draft")

    volume = queries.volume("ca-nt", NOON + DAY)

    assert (volume.received, volume.to_review, volume.unsettled, volume.in_pool) == (3, 1, 1, 2)
    assert volume.by_category == {"skilled": 2}
    assert queries.histogram("ca-nt", width=50) == [(550, 2)]
    assert queries.histogram("ca-on") == []


@pytest.mark.parametrize("listing", ["pool", "to_review", "entries"])
def test_a_list_asks_as_much_for_three_rows_as_for_one(listing: str):
    def ask() -> int:
        with CaptureQueriesContext(connection) as asked:
            if listing == "entries":
                references()
            else:
                rows = queries.pool("ca-nt") if listing == "pool" else queries.to_review("ca-nt", NOON)
                [(one.candidate.name, one.employer.name) for one in rows]
        return len(asked)

    state = "submitted" if listing == "to_review" else "in_pool"
    an_eoi(state)
    one = ask()
    an_eoi(state)
    an_eoi(state)

    assert (one, ask()) == (1, 1)


def test_what_did_not_come_in_time_becomes_one_task_and_nothing_else():
    asked, doubted = an_eoi("evidence_requested"), an_eoi("doubted")
    end = NOON + 15 * DAY

    for at in (NOON + DAY, end, end + DAY):
        operations.remind_due(at=at)

    tasks = StaffTask.objects.filter(kind__endswith="_overdue").order_by("kind")
    assert [(one.kind, one.about) for one in tasks] == [
        ("eoi.proof_overdue", asked.reference), ("eoi.reply_overdue", doubted.reference),
    ]  # fmt: skip
    for eoi in (asked, doubted):
        before = eoi.state
        eoi.refresh_from_db()
        assert eoi.state == before
