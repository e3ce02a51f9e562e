"""Two addresses for machines: ``/healthz`` (this process answers) and ``/readyz`` (the whole installation works)."""

from datetime import datetime
from typing import Any

from django.db import DatabaseError, connection
from django.http import HttpRequest, JsonResponse
from django.views.decorators.http import require_safe

WORKER_SILENT_AFTER_SECONDS = 60
OLDEST_MAIL_SECONDS = OLDEST_UNSCANNED_SECONDS = 900


@require_safe
def alive(request: HttpRequest) -> JsonResponse:
    """Answer 200 as long as this process takes requests."""
    return JsonResponse({"ok": True})


@require_safe
def ready(request: HttpRequest) -> JsonResponse:
    """Answer 200 when the database answers, a worker is alive, mail goes out and files are scanned; else 503 with what is wrong."""
    try:
        found = state(at=request.arrived_at)  # type: ignore[attr-defined]
    except DatabaseError:
        found = {"database": False}
    return JsonResponse(found, status=200 if all(value is not False for value in found.values()) else 503)


def state(*, at: datetime) -> dict[str, Any]:
    """Whether each part works, and the ages (seconds) behind the verdict; an age is None when nothing waits."""
    heartbeat = _seconds("SELECT %s - max(last_heartbeat) FROM procrastinate_workers", at)
    oldest = _seconds("SELECT %s - min(queued_at) FROM notices_notice WHERE state = 'queued'", at)
    unscanned = _seconds("SELECT %s - min(uploaded_at) FROM documents_document WHERE state = 'received'", at)
    return {
        "database": True,
        "worker": heartbeat is not None and heartbeat < WORKER_SILENT_AFTER_SECONDS,
        "mail": oldest is None or oldest < OLDEST_MAIL_SECONDS,
        "scanner": unscanned is None or unscanned < OLDEST_UNSCANNED_SECONDS,
        "worker_heartbeat_seconds": heartbeat,
        "oldest_mail_seconds": oldest,
        "oldest_unscanned_seconds": unscanned,
    }


def _seconds(query: str, at: datetime) -> float | None:
    with connection.cursor() as cursor:
        cursor.execute(query, [at])
        (age,) = cursor.fetchone()
    return None if age is None else round(age.total_seconds(), 1)
