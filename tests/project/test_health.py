"""The two addresses for machines."""

from datetime import UTC, datetime, timedelta

import pytest
from django.test import Client

from passerelle.documents.models import Document
from passerelle.project import health
from tests.support.people import a_candidate

NOON = datetime(2026, 11, 20, 19, 0, tzinfo=UTC)


def test_a_process_that_takes_requests_is_alive(client: Client):
    answer = client.get("/healthz")

    assert (answer.status_code, answer.json()) == (200, {"ok": True})
    assert len(answer["X-Request-ID"]) == 16


@pytest.mark.django_db
def test_an_installation_without_a_worker_is_not_ready(client: Client):
    answer = client.get("/readyz")

    assert answer.status_code == 503
    assert answer.json()["worker"] is False
    assert answer.json()["database"] is True


@pytest.mark.django_db
@pytest.mark.parametrize(("minutes", "well"), [(14, True), (15, False)])
def test_a_file_that_waits_long_for_the_virus_scanner_shows(minutes: int, well: bool):
    Document.objects.create(
        owner="NT-E-2026-000001", slot="passport", original_name="a.pdf", media_type="application/pdf", bytes=9,
        sha256="0" * 64, received_sha256="0" * 64, state="received", uploaded_by=a_candidate(), uploaded_at=NOON,
        storage_name="ab/cd/x", sealed_key="sealed",
    )  # fmt: skip

    found = health.state(at=NOON + timedelta(minutes=minutes))

    assert (found["scanner"], found["oldest_unscanned_seconds"]) == (well, minutes * 60)


@pytest.mark.django_db
def test_where_no_file_waits_the_scanner_is_well():
    assert health.state(at=NOON)["scanner"] is True
