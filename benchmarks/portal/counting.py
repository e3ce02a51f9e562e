"""What one submission asks of the database, and whether that grows with the pool."""

import statistics
import time
from functools import cache
from typing import Any
from uuid import uuid4

from benchmarks.portal import preparing


def at_size(handed_in: Any, models: list[Any], size: int, repeats: int) -> dict[str, Any]:
    """Grow the pool to ``size`` and hand in ``repeats`` files there, one after the other, in this process."""
    reached = preparing.grow_pool(handed_in, size)
    files = preparing.drafts(models[:1], repeats + 1)
    keys = preparing.sessions([eoi.candidate for eoi in files])
    before = _rows_read()
    asked, statements = _statements(files[0], keys[files[0].candidate.pk])
    read = _rows_read() - before
    times = [_timed(eoi, keys[eoi.candidate.pk]) for eoi in files[1:]]
    return {
        "pool": reached, "queries": len(asked), "statements": statements, "rows_read": read,
        "median_ms": round(statistics.median(times), 1),
    }  # fmt: skip


def _rows_read() -> int:
    """Return how many rows of our tables the server has read so far, by scans and by indexes."""
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_stat_force_next_flush()")
        cursor.execute("SELECT pg_stat_clear_snapshot()")
        cursor.execute("SELECT sum(coalesce(seq_tup_read, 0) + coalesce(idx_tup_fetch, 0)) FROM pg_stat_user_tables")
        return int(cursor.fetchone()[0])


def submit(eoi: Any, session: str) -> None:
    """Press the button of the page "Check your answers" as the candidate of ``eoi``."""
    from django.conf import settings

    visitor = _visitor()
    visitor.cookies[settings.SESSION_COOKIE_NAME] = session
    answer = visitor.post(f"/en/candidate/eoi/{eoi.reference}/check/", body_of(eoi))
    if answer.status_code != 302 or not answer["Location"].endswith("/receipt/"):
        raise RuntimeError(f"{eoi}: {answer.status_code} {answer.headers.get('Location')}")


@cache
def _visitor() -> Any:
    # One for all: each Client builds the middleware anew, and WhiteNoise then reads every static file.
    from django.test import Client

    return Client(SERVER_NAME="localhost")


def body_of(eoi: Any) -> dict[str, str]:
    """Return what the form of that page posts."""
    return {"token": uuid4().hex, "version": str(eoi.version), "agree": "on"}


def _timed(eoi: Any, session: str) -> float:
    began = time.perf_counter()
    submit(eoi, session)
    return (time.perf_counter() - began) * 1000


def _statements(eoi: Any, session: str) -> tuple[list[str], int]:
    """Return what was asked in one submission, and how many statements that was with begin and commit."""
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    asked: list[str] = []

    def noted(execute: Any, sql: str, *rest: Any) -> Any:
        asked.append(sql)
        return execute(sql, *rest)

    with CaptureQueriesContext(connection) as captured, connection.execute_wrapper(noted):
        submit(eoi, session)
    return asked, len(captured)
