"""The two addresses for machines."""

import pytest
from django.test import Client


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
