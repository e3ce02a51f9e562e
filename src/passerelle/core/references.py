"""Reference numbers: a prefix, a year, a sequence; never derived from personal data."""

from django.db import connection

_NEXT = """
    INSERT INTO core_counter (prefix, year, last) VALUES (%s, %s, 1)
    ON CONFLICT (prefix, year) DO UPDATE SET last = core_counter.last + 1 RETURNING last
"""


def next_reference(prefix: str, year: int) -> str:
    """Return the next ``PREFIX-YEAR-000001`` in the caller's transaction (a rollback gives the number back)."""
    with connection.cursor() as cursor:
        cursor.execute(_NEXT, [prefix, year])
        (number,) = cursor.fetchone()
    return f"{prefix}-{year}-{number:06d}"
