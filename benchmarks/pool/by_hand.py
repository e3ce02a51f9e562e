"""The practical limit: the same targeted draw as a person would write it, one statement for the entries and one for the rest."""

from typing import Any

_ENTRIES = """
INSERT INTO draws_entry (draw_id, eoi_id, points, placed_at, category, grid, rank, cells, grp)
SELECT %(draw)s, id, points, placed_at, category, grid, ARRAY[points], '{}', '' FROM eoi_expressionofinterest pool
WHERE program = %(program)s AND stream = %(stream)s AND state = 'in_pool' AND category = %(stream)s
    AND first_submitted_at < %(closes)s AND submitted_at < %(closes)s AND valid_before > %(closes)s
    AND facts -> 'job_in_gta' = 'false'
    AND NOT EXISTS (SELECT FROM eoi_bar bar WHERE bar.program = pool.program AND bar.person_key = pool.person_key
        AND bar.from_at <= %(closes)s AND bar.before > %(closes)s)
"""
_STANDINGS = """
INSERT INTO draws_standing (entry_id, position, selected, cell)
SELECT id, row_number() OVER (ORDER BY rank DESC, eoi_id),
    points >= (SELECT min(points) FROM (SELECT points FROM draws_entry WHERE draw_id = %(draw)s
        ORDER BY rank DESC, eoi_id LIMIT %(size)s) best), '*'
FROM draws_entry WHERE draw_id = %(draw)s
"""
_TAKEN = "SELECT count(*) FROM draws_standing JOIN draws_entry entry ON entry.id = entry_id WHERE selected AND draw_id = %(draw)s"


def conduct(draw: int, **given: Any) -> int:
    """Write entries and standings of ``draw``; return how many are taken."""
    from django.db import connection

    with connection.cursor() as cursor:
        for statement in (_ENTRIES, _STANDINGS, _TAKEN):
            cursor.execute(statement, {"draw": draw, **given})
        (taken,) = cursor.fetchone()
    return int(taken)
