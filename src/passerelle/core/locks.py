"""One at a time: a lock by name, held until the caller's transaction ends."""

from django.db import connection


def one_at_a_time(name: str) -> None:
    """Wait until no other transaction holds the lock ``name``, then hold it."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [name])
