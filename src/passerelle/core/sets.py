"""Questions of set against set, where the server must not go row by row."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from django.contrib.postgres.fields import ArrayField
from django.db import connection, transaction
from django.db.models import BigIntegerField, BooleanField, F, Func, Value

# Of the server, for each sort and each table of keys: those of 250,000 entries.
MEMORY = "64MB"


class Among(Func):
    """A condition: the field ``name`` is one of ``keys``, given as one array (``__in`` writes each into the statement).

    ``kind`` is what keys are in the database, whole numbers where it is left out.
    """

    template, arg_joiner, output_field = "(%(expressions)s))", " = ANY(", BooleanField()

    def __init__(self, name: str, keys: Sequence[int | str], kind: Any = None) -> None:
        super().__init__(F(name), Value(list(keys), output_field=ArrayField(kind or BigIntegerField())))


@contextmanager
def as_sets() -> Iterator[None]:
    """Let the questions asked inside match whole sets, never one row with every other.

    Rows written in this very transaction are unknown to the server's statistics: it takes a set of a hundred thousand for
    one row, and looks through the pool again for each. A step may hold ``MEMORY`` before it goes to the disk.
    """
    with transaction.atomic(savepoint=False), connection.cursor() as cursor:
        cursor.execute(f"SET LOCAL enable_nestloop = off; SET LOCAL work_mem = '{MEMORY}'")
        try:
            yield
        finally:
            if not connection.needs_rollback:
                cursor.execute("SET LOCAL enable_nestloop = on; SET LOCAL work_mem TO DEFAULT")
