"""The invariants: each query runs on the schema as it is, holds for files made by the operations, and finds what is planted."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.db import connection

from passerelle.applications import operations as applications
from passerelle.payments import operations as payments
from passerelle.project.invariant_queries import QUERIES
from passerelle.project.invariants import WALKS, broken, check
from tests.factories import NOON, an_eoi
from tests.payments.test_refunding import paid_by_practice, refund
from tests.support import candidate_first as first
from tests.support import sample
from tests.support.cases import Office, an_office, invited, nominated, queued, refused

pytestmark = pytest.mark.django_db
LATER = NOON + timedelta(days=400)


def slip(statement: str, *values: object) -> None:
    """Change rows behind the back of constraints' triggers, as a fault or a hand in the database would."""
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL session_replication_role = replica")
        cursor.execute(statement, values)
        assert cursor.rowcount == 1
        cursor.execute("SET LOCAL session_replication_role = origin")


def found() -> dict[str, tuple[str, ...]]:
    return {finding.rule: finding.rows for finding in broken(check(at=LATER))}


def test_an_empty_installation_breaks_nothing():
    findings = check(at=NOON)

    assert len(findings) == len(QUERIES) + len(WALKS)
    assert broken(findings) == []


@pytest.mark.parametrize("carry", [queued, nominated, refused])
def test_a_file_carried_by_the_operations_breaks_nothing(carry: Callable[[Office], object]):
    carry(an_office())

    assert found() == {}


def test_places_taken_at_the_nomination_break_nothing_before_it_after_it_and_once_it_is_cancelled():
    office = first.an_office()
    first.queued(office, category="entry_level")
    case = first.assessed(office, category="entry_level", at=NOON + timedelta(days=1))
    applications.decide(reference=case.application, kind="nomination", by=office.officer, at=NOON + timedelta(days=9))
    ledger = {"every standing invitation has exactly its place", "places held and used are what the ledger's moves say"}
    assert not ledger & set(found())

    number = case.file.nomination.number
    at = NOON + timedelta(days=10)
    applications.ask_to_cancel_nomination(number=number, reason="The job ended.", by=office.officer, at=at)
    applications.confirm_nomination_cancelled(number=number, by=office.director, at=at)

    assert not ledger & set(found())
    slip("UPDATE allocations_placemove SET kind = 'use' WHERE about = %s AND step = 2", case.invitation)
    assert ledger <= set(found())


def test_changed_answers_break_nothing_and_a_version_that_is_not_the_row_is_found():
    eoi = sample.an_eoi("in_pool")
    sample.change(eoi, at=sample.NOON + timedelta(days=1), years_worked=4)
    rule = "the last version of changeable answers is what counts"
    assert rule not in found()

    slip("UPDATE eoi_answersversion SET points = points + 1 WHERE eoi_id = %s AND number = 2", eoi.pk)

    assert found()[rule][0].startswith(f"{eoi.reference}: ")


def test_a_point_nobody_earned_is_found():
    eoi = an_eoi("in_pool")
    assert found() == {}

    slip("UPDATE eoi_expressionofinterest SET points = points + 5, confirmed_points = points + 5 WHERE id = %s", eoi.pk)

    wrong = f"{eoi.reference}: {eoi.points + 5} stored, {eoi.points} computed"
    assert found() == {"the stored score is the one computed again": (wrong,)}


@pytest.mark.parametrize(
    "change",
    ["SET detail = '{\"points\": 999}'", "SET at = at - interval '1 microsecond'", "SET event = 'eoi.confirmed_again'"],
)
def test_history_that_was_written_again_is_found(change: str):
    eoi = an_eoi("in_pool")

    slip(f"UPDATE core_auditevent {change} WHERE subject = %s AND number = 1", eoi.reference)

    assert found()["every audit chain is whole"] == (eoi.reference,)


def test_a_ledger_that_does_not_add_up_is_found():
    invited(an_office())
    assert found() == {}

    slip("UPDATE allocations_allocation SET held = held + 1 WHERE program = %s", "ca-nt")

    assert list(found()) == ["places held and used are what the ledger's moves say"]


def test_an_invitation_that_no_draw_gave_is_found():
    invited(an_office())

    slip("UPDATE draws_standing SET selected = false")

    assert "every invitation stands on a selected entry, a promotion or an accepted repair of its draw" in found()


def test_a_refusal_without_its_letter_is_found():
    eoi = an_eoi("refused")
    assert found() == {}

    slip("UPDATE notices_letter SET about = 'elsewhere' WHERE about = %s AND kind = 'eoi_refusal'", eoi.reference)

    assert found()["every refusal of an expression of interest has its hearing and its letter with reasons"] == (
        eoi.reference,
    )


def test_a_message_about_a_file_to_a_stranger_is_found():
    eoi, other = an_eoi("submitted"), an_eoi("submitted")
    assert other.candidate

    slip(
        "UPDATE notices_notice SET to_id = %s WHERE id = (SELECT min(id) FROM notices_notice WHERE about = %s)",
        other.candidate.pk, eoi.reference,
    )  # fmt: skip

    assert list(found()) == [
        "every message about a file goes to one of its parties, to who represented one, or to staff"
    ]


def test_a_fee_paid_and_given_back_breaks_nothing():
    payment = paid_by_practice()
    assert found() == {}
    refund(payment)
    assert found() == {}
    payments.refund_due(at=NOON + timedelta(days=60))

    assert found() == {}


@pytest.mark.parametrize(
    ("change", "rules"),
    [
        ("UPDATE payments_payment SET receipt = 'NT-L-2026-000000' WHERE id = %s",
         ["every payment made has its receipt, and every refund its confirmation"]),
        ("UPDATE payments_paymentstep SET amount_cents = 1 WHERE kind = 'paid' AND payment_id = %s",
         ["what came in and went back is what was asked for"]),
        ("UPDATE payments_payment SET amount_cents = 1 WHERE id = %s",
         ["what came in and went back is what was asked for"]),
        ("DELETE FROM payments_paymentstep WHERE kind = 'paid' AND payment_id = %s", ["a payment is where its steps say"]),
        ("INSERT INTO payments_paymentstep (payment_id, number, kind, amount_cents, detail, at) "
         "SELECT id, 99, 'refunded', amount_cents * 2, '', paid_at FROM payments_payment WHERE id = %s",
         ["no payment is paid twice, and nothing more goes back than came in",
          "what came in and went back is what was asked for", "a payment is where its steps say"]),
    ],
)  # fmt: skip
def test_a_payment_that_does_not_add_up_is_found(change: str, rules: list[str]):
    slip(change, paid_by_practice().pk)

    assert list(found()) == rules
