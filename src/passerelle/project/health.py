"""Two addresses for machines: ``/healthz`` (this process answers) and ``/readyz`` (the whole installation works)."""

from datetime import datetime
from typing import Any

from django.db import DatabaseError, connection
from django.http import HttpRequest, JsonResponse
from django.views.decorators.http import require_safe

WORKER_SILENT_AFTER_SECONDS = 60
OLDEST_MAIL_SECONDS = 900


@require_safe
def alive(request: HttpRequest) -> JsonResponse:
    """Answer 200 as long as this process takes requests."""
    return JsonResponse({"ok": True})


@require_safe
def ready(request: HttpRequest) -> JsonResponse:
    """Answer 200 when the database answers, a worker is alive and mail goes out; else 503 with what is wrong."""
    try:
        found = state(at=request.arrived_at)  # type: ignore[attr-defined]
    except DatabaseError:
        found = {"database": False}
    return JsonResponse(found, status=200 if all(value is not False for value in found.values()) else 503)


def state(*, at: datetime) -> dict[str, Any]:
    """Whether each part works, and the two ages (seconds) behind the verdict; an age is None when nothing waits."""
    heartbeat = _seconds("SELECT %s - max(last_heartbeat) FROM procrastinate_workers", at)
    oldest = _seconds("SELECT %s - min(queued_at) FROM notices_notice WHERE state = 'queued'", at)
    return {
        "database": True,
        "worker": heartbeat is not None and heartbeat < WORKER_SILENT_AFTER_SECONDS,
        "mail": oldest is None or oldest < OLDEST_MAIL_SECONDS,
        "worker_heartbeat_seconds": heartbeat,
        "oldest_mail_seconds": oldest,
    }


def _seconds(query: str, at: datetime) -> float | None:
    with connection.cursor() as cursor:
        cursor.execute(query, [at])
        (age,) = cursor.fetchone()
    return None if age is None else round(age.total_seconds(), 1)
