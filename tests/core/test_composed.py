"""A question composed once: the same rows as the plain question, whatever it is asked with."""

import threading
from datetime import UTC, date, datetime, timedelta

import pytest
from django.db import connections, transaction
from django.db.models import Max, OuterRef, QuerySet, Subquery
from django.db.transaction import TransactionManagementError

from passerelle.core import audit
from passerelle.core.composed import composed
from passerelle.core.models import AuditEvent

NOON = datetime(2026, 11, 21, 19, tzinfo=UTC)
pytestmark = pytest.mark.django_db


def told(subject: str, at: datetime, number: int) -> QuerySet[AuditEvent]:
    last = AuditEvent.objects.filter(subject=OuterRef("subject"), at__lte=at).order_by().values("subject")
    rows = AuditEvent.objects.filter(subject=subject, at__lte=at, number__gte=number).exclude(event=subject)
    return rows.annotate(last=Subquery(last.annotate(n=Max("number")).values("n"))).order_by("-number")[:3]


def write(subject: str, count: int) -> None:
    for number in range(count):
        audit.record(f"test.{number}", subject=subject, by=None, at=NOON + timedelta(hours=number), program="ca-nt")


def test_the_rows_are_those_of_the_plain_question_for_every_value():
    write("A", 5)
    write("B'; --", 2)
    ask = composed(told)
    for subject in ("A", "B'; --", "nobody", "\N{REPLACEMENT CHARACTER}0"):
        for hours in (0, 3, 9):
            for number in (1, 3):
                values = (subject, NOON + timedelta(hours=hours), number)
                plain = list(told(*values))
                found = ask(*values)
                assert found == plain
                assert [one.last for one in found] == [one.last for one in plain]


def test_a_question_is_composed_once_and_sees_what_was_written_since():
    built = []

    def numbers(subject: str, day: date) -> QuerySet[AuditEvent, int]:
        built.append(subject)
        rows = AuditEvent.objects.filter(subject=subject, at__date__gte=day)
        return rows.order_by("number").values_list("number", flat=True)

    ask = composed(numbers)
    assert ask("A", NOON.date()) == []
    write("A", 2)
    assert ask("A", NOON.date()) == [1, 2]
    assert ask("B", NOON.date()) == []
    assert len(built) == 1


@pytest.mark.django_db(transaction=True)
def test_rows_are_held_in_a_transaction_only_and_on_the_connection_of_who_asks():
    @composed
    def held(subject: str) -> QuerySet[AuditEvent]:
        return AuditEvent.objects.filter(subject=subject).select_for_update(nowait=True)

    write("A", 1)
    with pytest.raises(TransactionManagementError):
        held("A")
    refused = []

    def another() -> None:
        try:
            with transaction.atomic():
                held("A")
        except Exception as fault:
            refused.append(str(fault))
        finally:
            connections.close_all()

    with transaction.atomic():
        assert len(held("A")) == 1
        other = threading.Thread(target=another)
        other.start()
        other.join()
    assert len(refused) == 1
    assert "could not obtain lock" in refused[0]


def test_an_argument_that_does_not_stand_in_the_sql_as_it_is_given_is_refused():
    @composed
    def loud(subject: str) -> QuerySet[AuditEvent]:
        return AuditEvent.objects.filter(subject=subject.upper() + "!")

    @composed
    def whether(subject: str, latest: bool) -> QuerySet[AuditEvent]:
        return AuditEvent.objects.filter(subject=subject).order_by("-number" if latest else "number")

    with pytest.raises(TypeError):
        loud("A")
    with pytest.raises(TypeError):
        whether("A", True)
