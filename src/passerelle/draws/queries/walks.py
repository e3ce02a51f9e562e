"""The walk of a draw: its entries put in ranking order once, and read as often as its rule has groups of places."""

from collections.abc import Iterator
from contextlib import contextmanager
from itertools import count as numbered

from django.db import connection

from passerelle.draws import selecting
from passerelle.draws.models import Draw
from passerelle.draws.queries.rows import has_lots
from pointsgrid import draw as choosing

BATCH = 5_000
_IN_ORDER = """
    CREATE TEMPORARY TABLE draws_walk ON COMMIT DROP AS
    SELECT row_number() OVER (ORDER BY {numbers}rank DESC, {tie}eoi_id) AS position,
        entry.id AS entry_id, eoi_id, rank, cells, grp, cap{tied} FROM draws_entry AS entry {lots} WHERE draw_id = %s
"""
_WITH_LOTS = {
    "tie": "tie, ", "tied": ", tie", "lots": "LEFT JOIN draws_lot AS lot ON lot.entry_id = entry.id"
}  # fmt: skip
_READ = "SELECT position, eoi_id, rank, cells, grp, cap{tied} FROM draws_walk {among} ORDER BY position"


@contextmanager
def walk(draw: Draw) -> Iterator[choosing.Walk]:
    """Give what streams the frozen entries of a cell, or all (""), in ranking order, for the library; equals by lot.

    In a transaction. As long as it lasts the table ``draws_walk`` tells the ``position`` of each (``entry_id``, ``eoi_id``).
    """
    lots = _WITH_LOTS if has_lots(draw) else dict.fromkeys(_WITH_LOTS, "")
    with connection.cursor() as cursor:
        cursor.execute(_IN_ORDER.format(**lots, numbers=_numbers(draw)), [draw.pk])
        cursor.execute("CREATE UNIQUE INDEX ON draws_walk (position)")
        # So that whoever reads the first of a cell does not wait until all of them are sorted.
        cursor.execute("ANALYZE draws_walk (position, cells)")
    numbers = numbered(1)
    try:
        yield lambda cell: _entries(lots["tied"], cell, next(numbers))
    finally:
        if not connection.needs_rollback:
            with connection.cursor() as cursor:
                cursor.execute("DROP TABLE draws_walk")


def _numbers(draw: Draw) -> str:
    """Return the numbers of a rank one by one: to compare whole ranks takes twice as long, so that is left for what follows them.

    A shorter rank stands behind a longer one that begins with it, as it does where whole ranks are compared.
    """
    count = max(len(selecting.blocks(draw).ranked_by), 1)
    return "".join(f"rank[{place}] DESC NULLS LAST, " for place in range(1, count + 1))


def _entries(tied: str, cell: str, number: int) -> Iterator[tuple[int, choosing.Entry]]:
    read = _READ.format(tied=tied, among="WHERE cells::text[] @> ARRAY[%s]" if cell else "")
    known: dict[tuple[str, ...], frozenset[str]] = {}
    for position, *row in _rows(read, [cell] if cell else [], number):
        yield position, selecting.told(row, known)


def _rows(read: str, among: list[str], number: int) -> Iterator[selecting.Row]:
    connection.ensure_connection()
    with connection.connection.cursor(name=f"walk_{number}") as rows:
        rows.execute(read, among)
        while some := rows.fetchmany(BATCH):
            yield from some
