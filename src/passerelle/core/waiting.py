"""Waiting longer for rows that others hold, where one wait of the database (``lock_timeout``) is not enough."""

from collections.abc import Callable
from typing import TypeVar

from django.db import OperationalError
from psycopg.errors import LockNotAvailable

TIMES = 4

T = TypeVar("T")


def patiently(act: Callable[[], T]) -> T:
    """Return what ``act`` returns; begin it again, up to four times in all, while others hold its rows too long.

    ``act`` is one whole transaction, so that nothing of it stays when it is begun again. Raises what it raises.
    """
    for _earlier in range(TIMES - 1):
        try:
            return act()
        except OperationalError as fault:
            if not isinstance(fault.__cause__, LockNotAvailable):
                raise
    return act()
