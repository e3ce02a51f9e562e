"""Questions of set against set, where the server must not go row by row."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Literal

from django.db import connection, transaction
from django.db.models import BooleanField, F, Func, Value

# Of the server, for each sort and each table of keys: those of 250,000 entries.
MEMORY = "64MB"
_SHARED = "SET LOCAL parallel_setup_cost = 0; SET LOCAL parallel_tuple_cost = 0"
_AS_BEFORE = "; ".join(
    f"SET LOCAL {name} TO DEFAULT"
    for name in ("enable_nestloop", "work_mem", "parallel_setup_cost", "parallel_tuple_cost")
)


class Among(Func):
    """A condition: the field ``name`` is one of ``keys``, given as one array (``__in`` writes each into the statement).

    ``kind`` is what keys are in the database. The driver writes the array as it stands: a field of arrays would look at each key.
    """

    template, arg_joiner, output_field = "(%(expressions)s::%(kind)s[]))", " = ANY(", BooleanField()

    def __init__(self, name: str, keys: Sequence[int | str], kind: Literal["bigint", "text"] = "bigint") -> None:
        super().__init__(F(name), Value(list(keys)), kind=kind)


@contextmanager
def as_sets() -> Iterator[None]:
    """Let the questions asked inside match whole sets, never one row with every other.

    Rows written in this very transaction are unknown to the server's statistics: it takes a set of a hundred thousand for
    one row, and looks through the pool again for each. A step may hold ``MEMORY`` before it goes to the disk. For the same reason
    the server would not think it worth the while to read a large table in several processes, which it does here wherever it can.
    """
    with transaction.atomic(savepoint=False), connection.cursor() as cursor:
        cursor.execute(f"SET LOCAL enable_nestloop = off; SET LOCAL work_mem = '{MEMORY}'; {_SHARED}")
        try:
            yield
        finally:
            if not connection.needs_rollback:
                cursor.execute(_AS_BEFORE)
