"""The practical limits: COPY of the same rows into a bare table, and the search as a person would write it, one statement."""

import time
from typing import Any

_SEARCH = """
SELECT number_key, person_key, crs_given, primary_noc, primary_noc_months, french_lowest, english_lowest, provinces, created_on,
    valid_until, load_id
FROM (
    SELECT DISTINCT ON (coalesce(nullif(person_key, ''), number_key)) *
    FROM express_entry_federalprofile
    WHERE program = %(program)s AND valid_until >= %(held_on)s AND crs_given BETWEEN %(lowest)s AND %(highest)s
        AND created_on BETWEEN %(created_from)s AND %(held_on)s AND provinces && ARRAY['ON', 'ALL']::varchar[]
        AND french_lowest >= %(french)s AND english_lowest >= %(english)s
        AND NOT EXISTS (SELECT FROM express_entry_notification n WHERE n.profile_id = express_entry_federalprofile.id)
    ORDER BY coalesce(nullif(person_key, ''), number_key), created_on DESC, id DESC
) AS one_each
"""
_ENTRIES = f"""
INSERT INTO express_entry_roundentry (round_id, number_key, person_key, crs, primary_noc, primary_noc_months, french_lowest,
    english_lowest, provinces, created_on, valid_until, load_id)
SELECT %(round)s, * FROM ({_SEARCH}) AS found
"""


def count(**given: Any) -> int:
    """Return how many the search finds."""
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute(f"SELECT count(*) FROM ({_SEARCH}) AS found", given)
        return int(cursor.fetchone()[0])


def freeze(**given: Any) -> int:
    """Write the entries of the round ``round``; return how many."""
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute(_ENTRIES, given)
        return int(cursor.rowcount)


def copy() -> tuple[float, int]:
    """Copy the profiles as they lie into a table without keys or indexes; return the seconds of that and how many."""
    from django.db import connection

    with connection.cursor() as cursor:
        with cursor.copy("COPY express_entry_federalprofile TO STDOUT") as out:
            blocks = [bytes(block) for block in out]
        cursor.execute("DROP TABLE IF EXISTS bench_bare")
        cursor.execute("CREATE TABLE bench_bare AS SELECT * FROM express_entry_federalprofile LIMIT 0")
        began = time.perf_counter()
        with cursor.copy("COPY bench_bare FROM STDIN") as into:
            for block in blocks:
                into.write(block)
        seconds = time.perf_counter() - began
        cursor.execute("SELECT count(*) FROM bench_bare")
        copied = int(cursor.fetchone()[0])
        cursor.execute("DROP TABLE bench_bare")
    return seconds, copied
