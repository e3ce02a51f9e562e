"""Statements kept ready by the server: inside the act alone, and after a failure everything is as before."""

import pytest
from django.db import connection

from passerelle.core.models import AuditEvent
from passerelle.core.prepared import KEPT_AFTER, prepared

pytestmark = pytest.mark.django_db


def ask(subject: str) -> int:
    return AuditEvent.objects.filter(subject=subject).count()


def ready() -> bool:
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM pg_prepared_statements WHERE statement LIKE '%\"core_auditevent\"%'")
        return bool(cursor.fetchone()[0])


def test_a_statement_asked_again_and_again_is_kept_ready_inside_and_not_outside():
    for number in range(KEPT_AFTER + 2):
        ask(f"outside {number}")
    assert not ready()
    with prepared():
        for number in range(KEPT_AFTER + 2):
            ask(f"inside {number}")
    assert ready()


def test_after_a_failure_statements_are_sent_as_before():
    before = connection.connection.cursor_factory, connection.connection.prepare_threshold

    with pytest.raises(LookupError), prepared():
        raise LookupError

    assert (connection.connection.cursor_factory, connection.connection.prepare_threshold) == before
