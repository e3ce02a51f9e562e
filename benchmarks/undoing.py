"""An act that is timed and then taken back, so that the next round begins alike."""

import time
from collections.abc import Callable


class _Undone(Exception):
    """Takes a transaction back once its act has been timed."""


def undone(act: Callable[[], int]) -> tuple[float, int]:
    """Do ``act`` in a transaction that is taken back; return its seconds and what it returned."""
    from django.db import transaction

    seconds, result = 0.0, 0
    try:
        with transaction.atomic():
            began = time.perf_counter()
            result = act()
            seconds = time.perf_counter() - began
            raise _Undone
    except _Undone:
        _sweep()
    return seconds, result


def _sweep() -> None:
    """Clear away the rows taken back: half cleared by the server itself, its statistics would show pages without rows."""
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE")
