"""Statements that the server keeps ready: read and planned once for a connection, then given other values."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connection
from django.db.backends.postgresql.base import ServerBindingCursor

# Run so often, a statement is kept ready.
KEPT_AFTER = 2


@contextmanager
def prepared() -> Iterator[None]:
    """Let what is asked inside be kept ready; for an act whose statements are the same each time, done many times over.

    Not for questions over whole pools: the server may plan those once for all values, where each value deserves its own plan.
    """
    connection.ensure_connection()
    raw = connection.connection
    before = raw.cursor_factory, raw.prepare_threshold
    raw.cursor_factory, raw.prepare_threshold = ServerBindingCursor, KEPT_AFTER
    try:
        yield
    finally:
        raw.cursor_factory, raw.prepare_threshold = before
