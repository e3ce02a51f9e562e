"""Whether Python and PostgreSQL agree on the hour in each program's zone (trust requirement 3.1).

Deadlines are computed with the pinned ``tzdata`` package and stored as instants; SQL compares instants and converts none,
so a difference harms no deadline. It would mislead whoever reads local times with a tool of the database, hence the warning.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from django.db import connection

PROBES = tuple(datetime(year, month, 15, 12, tzinfo=UTC) for year in range(2024, 2033) for month in (1, 7, 11))


@dataclass(frozen=True)
class Difference:
    """The first probe at which the two disagree on a zone, and what each of them says."""

    zone: str
    at: datetime
    ours: timedelta
    theirs: timedelta

    def __str__(self) -> str:
        return (
            f"{self.zone} on {self.at:%Y-%m-%d}: UTC{_hours(self.ours)} by the pinned data, UTC{_hours(self.theirs)} by "
            "PostgreSQL. Deadlines follow the pinned data; read local times on the pages, not with tools of the database."
        )


def differences(zones: Iterable[str]) -> list[Difference]:
    """The zones on which the two differ, each at its first probe."""
    return [found for zone in sorted(set(zones)) if (found := _first_difference(zone))]


def _first_difference(zone: str) -> Difference | None:
    query = "SELECT p, (p AT TIME ZONE %s) - (p AT TIME ZONE 'UTC') FROM unnest(%s::timestamptz[]) AS p ORDER BY p"
    with connection.cursor() as cursor:
        cursor.execute(query, [zone, list(PROBES)])
        for at, theirs in cursor.fetchall():
            ours = at.astimezone(ZoneInfo(zone)).utcoffset() or timedelta()
            if ours != theirs:
                return Difference(zone, at, ours, theirs)
    return None


def _hours(offset: timedelta) -> str:
    return f"{offset.total_seconds() / 3600:+g}"
