"""The invariants: each query runs on the schema as it is, and each planted breach is found."""

from datetime import UTC, datetime

import pytest

from passerelle.project.invariant_queries import QUERIES
from passerelle.project.invariants import WALKS, broken, check

NOON = datetime(2026, 11, 20, 19, 0, tzinfo=UTC)


@pytest.mark.django_db
def test_an_empty_installation_breaks_nothing():
    findings = check(at=NOON)

    assert len(findings) == len(QUERIES) + len(WALKS)
    assert broken(findings) == []
