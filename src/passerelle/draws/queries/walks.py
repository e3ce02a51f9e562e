"""The walk of a draw: its entries put in ranking order once, and read as often as its rule has groups of places."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from itertools import count

from django.db import connection

from passerelle.draws import selecting
from passerelle.draws.models import Draw
from passerelle.draws.queries.rows import has_lots
from pointsgrid import draw as choosing

BATCH = 5_000
_IN_ORDER = """
    CREATE TEMPORARY TABLE draws_walk ON COMMIT DROP AS
    SELECT row_number() OVER (ORDER BY rank DESC, tie, eoi_id) AS position, entry.id AS entry_id, eoi_id, rank, cells, grp, cap, tie
    FROM draws_entry AS entry LEFT JOIN draws_lot AS lot ON lot.entry_id = entry.id WHERE draw_id = %s
"""
_READ = "SELECT eoi_id, rank, cells, grp, cap{lot} FROM draws_walk ORDER BY position"


@contextmanager
def walk(draw: Draw) -> Iterator[Callable[[], Iterator[choosing.Entry]]]:
    """Give what streams the frozen entries in ranking order, for the library, each time it is called; equals by lot.

    In a transaction. As long as it lasts the table ``draws_walk`` tells the ``position`` of each (``entry_id``, ``eoi_id``).
    """
    read = _READ.format(lot=", tie" if has_lots(draw) else "")
    with connection.cursor() as cursor:
        cursor.execute(_IN_ORDER, [draw.pk])
        cursor.execute("CREATE UNIQUE INDEX ON draws_walk (position)")
    numbers = count(1)
    try:
        yield lambda: selecting.stream(_rows(read, next(numbers)))
    finally:
        if not connection.needs_rollback:
            with connection.cursor() as cursor:
                cursor.execute("DROP TABLE draws_walk")


def _rows(read: str, number: int) -> Iterator[selecting.Row]:
    connection.ensure_connection()
    with connection.connection.cursor(name=f"walk_{number}") as rows:
        rows.execute(read)
        while some := rows.fetchmany(BATCH):
            yield from some
