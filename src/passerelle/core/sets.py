"""Questions of set against set, where the server must not go row by row."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connection, transaction


@contextmanager
def as_sets() -> Iterator[None]:
    """Let the questions asked inside match whole sets, never one row with every other.

    Rows written in this very transaction are unknown to the server's statistics: it takes a set of a hundred thousand for
    one row, and looks through the pool again for each.
    """
    with transaction.atomic(savepoint=False), connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_nestloop = off")
        try:
            yield
        finally:
            if not connection.needs_rollback:
                cursor.execute("SET LOCAL enable_nestloop = on")
