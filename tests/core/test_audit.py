"""The audit trail: chained, append-only, and a change anywhere shows."""

import random
import threading
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.db import connection, transaction
from django.db.utils import DatabaseError

from passerelle.core import audit
from passerelle.core.models import AccessRow, AuditEvent
from tests.support.proofs import small_and_full

NOON = datetime(2026, 11, 21, 19, tzinfo=UTC)
pytestmark = pytest.mark.django_db


def write(subject: str, count: int) -> None:
    for number in range(count):
        audit.record("test.happened", subject=subject, by=None, at=NOON, detail={"number": number}, program="ca-nt")


def past_the_guards(statement: str, *values: Any) -> None:
    """Do what an intruder with the owner's rights could do: the triggers are off for one statement."""
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL session_replication_role = replica")
        cursor.execute(statement, values)
        cursor.execute("SET LOCAL session_replication_role = origin")


def test_events_of_a_subject_are_numbered_and_chained():
    write("NT-E-2026-000001", 3)
    write("NT-E-2026-000002", 1)

    assert [row.number for row in audit.trail("NT-E-2026-000001")] == [1, 2, 3]
    assert audit.verify_chain("NT-E-2026-000001")
    assert audit.verify_chain("NT-E-2026-000002")


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE core_auditevent SET event = 'test.other'",
        "DELETE FROM core_auditevent",
        "TRUNCATE core_auditevent CASCADE",
        "UPDATE core_accessrow SET purpose = 'none'",
        "DELETE FROM core_accessrow",
        "TRUNCATE core_accessrow",
    ],
)
def test_the_history_cannot_be_changed_or_emptied(statement: str, django_user_model: Any):
    write("X-1", 2)
    person = django_user_model.objects.create(
        username="olive.officer", email="o@example.org", name="Olive", audience="staff", joined_at=NOON
    )
    audit.record_access(subject="X-1", by=person, at=NOON, purpose="Review")

    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        with pytest.raises(DatabaseError, match=r"Cannot|never rewritten"), transaction.atomic():
            cursor.execute(statement)

    assert AuditEvent.objects.count() == 2
    assert AccessRow.objects.get().purpose == "Review"


@pytest.mark.parametrize(
    "assignment",
    [
        "event = 'test.other'", "at = at + interval '1 second'", "detail = '{\"number\": 9}'", "program = 'ca-on'",
        "digest = repeat('0', 64)", "previous = repeat('0', 64)", "number = number + 40", "subject = 'X-2'",
    ],
)  # fmt: skip
def test_a_changed_row_shows(assignment: str):
    write("X-1", 5)
    middle = audit.trail("X-1")[2]

    past_the_guards(f"UPDATE core_auditevent SET {assignment} WHERE id = %s", middle.pk)

    assert not audit.verify_chain("X-1")


def test_numbers_are_digested_as_the_database_gives_them_back():
    audit.record(
        "draw.compared", subject="ON-D-1", by=None, at=NOON, detail={"differences": [-0.0, 1e-7, 1.0, -4.8, 0.1]}
    )

    assert audit.verify_chain("ON-D-1")


@pytest.mark.parametrize("place", [0, 2])
def test_a_removed_row_shows(place: int):
    write("X-1", 5)

    past_the_guards("DELETE FROM core_auditevent WHERE id = %s", audit.trail("X-1")[place].pk)

    assert not audit.verify_chain("X-1")


def test_an_event_goes_with_the_act_it_tells():
    with transaction.atomic():
        write("X-1", 1)
        transaction.set_rollback(True)

    assert not audit.trail("X-1").exists()


@pytest.mark.django_db(transaction=True)
def test_two_acts_at_once_make_one_chain():
    def act() -> None:
        with transaction.atomic():
            write("X-1", 5)
        connection.close()

    threads = [threading.Thread(target=act) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert [row.number for row in audit.trail("X-1")] == list(range(1, 41))
    assert audit.verify_chain("X-1")


@pytest.mark.parametrize("rows", small_and_full(60, 10_000, "bits"))
def test_one_bit_turned_in_any_row_shows(seed: int, rows: int, record_property: Any):
    """Row by row: one bit of one value is turned behind the back of the triggers, found, and turned back."""
    chance, each = random.Random(seed), 20
    for number in range(rows // each):
        write(f"X-{number}", each)
    assert all(audit.verify_chain(f"X-{number}") for number in range(rows // each))
    found = 0
    for pk, subject, at, event, digest, previous, program in AuditEvent.objects.values_list(
        "pk", "subject", "at", "event", "digest", "previous", "program"
    ):
        was = {"at": at, "event": event, "digest": digest, "previous": previous, "program": program}
        column = chance.choice([name for name, value in was.items() if value])
        past_the_guards(f"UPDATE core_auditevent SET {column} = %s WHERE id = %s", turned(was[column], chance), pk)
        found += not audit.verify_chain(subject)
        past_the_guards(f"UPDATE core_auditevent SET {column} = %s WHERE id = %s", was[column], pk)
    record_property("found", found)
    assert found == AuditEvent.objects.count() == rows


def turned(value: Any, chance: random.Random) -> Any:
    """Return ``value`` with one bit turned: of a text, or of the microseconds of an instant."""
    if isinstance(value, datetime):
        whole = round((value - NOON).total_seconds() * 1_000_000) ^ 1 << chance.randrange(40)
        return NOON + timedelta(microseconds=whole)
    place = chance.randrange(len(value))
    # The lowest four bits: every character stays one that a text may hold.
    return value[:place] + chr(ord(value[place]) ^ 1 << chance.randrange(4)) + value[place + 1 :]
