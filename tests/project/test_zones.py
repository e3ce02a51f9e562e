"""Python's pinned time-zone data against the database server's."""

from datetime import timedelta

import pytest
from django.db import connection

from passerelle.project.runtime import zones


@pytest.mark.django_db
def test_zones_that_do_not_change_agree():
    assert zones.differences(["UTC", "Etc/GMT+7"]) == []


@pytest.mark.django_db
def test_a_difference_is_found_and_told_in_words(monkeypatch: pytest.MonkeyPatch):
    with connection.cursor() as cursor:
        cursor.execute("SELECT ('2024-01-15 12:00Z'::timestamptz AT TIME ZONE 'Etc/GMT+7')::text")
        assert cursor.fetchone() == ("2024-01-15 05:00:00",)
    monkeypatch.setattr(zones, "ZoneInfo", lambda name: __import__("zoneinfo").ZoneInfo("Etc/GMT+6"))

    (difference,) = zones.differences(["Etc/GMT+7"])

    assert (difference.ours, difference.theirs) == (timedelta(hours=-6), timedelta(hours=-7))
    assert "UTC-6 by the pinned data, UTC-7 by PostgreSQL" in str(difference)
