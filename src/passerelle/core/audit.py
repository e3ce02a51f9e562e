"""The audit trail: named events in the transaction of the act they tell, chained per subject so that a change shows."""

import hashlib
import json
from collections.abc import Collection, Iterable, Mapping
from datetime import UTC, datetime
from typing import Any

from django.core.serializers.json import DjangoJSONEncoder
from django.db import connection
from django.db.models import QuerySet

from passerelle.core.models import AccessRow, AuditEvent
from passerelle.core.sets import Among

# What a reading of a file is of: the whole of it, or a letter, which anybody who counts up could find; else it is of one document.
FILES = ("file", "application", "letter")


def record(
    event: str,
    *,
    subject: str,
    by: Any,
    at: datetime,
    detail: Mapping[str, Any] | None = None,
    for_person: Any = None,
    program: str = "",
) -> AuditEvent:
    """Append ``event`` to the chain of ``subject``. ``by`` is the person at the keyboard (None for a job).

    ``detail`` holds facts that may be kept for ever: references, states, points; never answers. The act of a
    representative is labelled with the client for whom they were let act (``accounts.acting``), whatever the caller says.
    """
    number, previous = _hold_chain(subject)
    # As the database gives it back: it knows no zero below zero, and the digest must fit what is read.
    kept = json.loads(json.dumps(dict(detail or {}), cls=DjangoJSONEncoder), parse_float=lambda text: float(text) + 0.0)
    whom = for_person.pk if for_person else None
    client = getattr(by, "acting_for_id", None)
    if client and whom not in (None, client):
        kept["concerns"] = for_person.reference
    row = AuditEvent(
        program=program, subject=subject, number=number + 1, event=event, by=by, at=at,
        for_person_id=client or whom, detail=kept, previous=previous,
    )  # fmt: skip
    row.digest = _digest(row)
    row.save(force_insert=True)
    return row


def _hold_chain(subject: str) -> tuple[int, str]:
    """Wait for the chain of ``subject``, hold it until the transaction ends, and return its last number and digest."""
    # Two acts on one subject may lock different rows; the chain itself is the one thing both touch.
    with connection.cursor() as cursor:
        cursor.execute("SELECT number, digest FROM core_last_event(%s)", [subject])
        return cursor.fetchone() or (0, "")


def _digest(row: AuditEvent) -> str:
    told = {
        "subject": row.subject, "number": row.number, "event": row.event, "by": row.by_id, "for": row.for_person_id,
        "at": row.at.astimezone(UTC).isoformat(), "detail": row.detail, "program": row.program,
        "previous": row.previous,
    }  # fmt: skip
    return hashlib.sha256(json.dumps(told, sort_keys=True, ensure_ascii=False).encode()).hexdigest()


def trail(subject: Any) -> QuerySet[AuditEvent]:
    """Return the events of ``subject`` (a reference, or the column of one in a query), oldest first."""
    return AuditEvent.objects.filter(subject=subject).select_related("by", "for_person").order_by("number")


def moves(subjects: Collection[str], events: Collection[str]) -> Iterable[tuple[str, datetime, str]]:
    """Return subject, instant and event of those of these events that happened to these subjects, each one's oldest first."""
    rows = AuditEvent.objects.filter(Among("subject", list(subjects), "text"), event__in=events)
    return rows.order_by("subject", "number").values_list("subject", "at", "event")


def verify_chain(subject: str) -> bool:
    """Say whether the chain of ``subject`` is whole: numbers run from 1, each digest fits, each names its elder."""
    before = ""
    for place, row in enumerate(trail(subject), start=1):
        if (row.number, row.previous) != (place, before) or row.digest != _digest(row):
            return False
        before = row.digest
    return True


def record_access(*, subject: str, by: Any, at: datetime, purpose: str, what: str = "file") -> AccessRow:
    """Note that ``by`` read ``what`` of ``subject`` and why; the person read about can see it."""
    return AccessRow.objects.create(subject=subject, by=by, at=at, purpose=purpose[:200], what=what)


def has_read(by: Any, subject: str, *, since: datetime, what: str) -> bool:
    """Say whether ``by`` has read ``what`` of ``subject`` after ``since``."""
    return AccessRow.objects.filter(by=by, at__gt=since, subject=subject, what=what).exists()


def files_read(by: Any, *, since: datetime, but: str = "") -> int:
    """Return how many different files ``by`` has opened after ``since``, not counting the file ``but`` nor documents."""
    rows = AccessRow.objects.filter(by=by, at__gt=since, what__in=FILES).exclude(subject=but)
    return rows.order_by().values("subject").distinct().count()


def accesses(*subjects: str) -> QuerySet[AccessRow]:
    """Return who read any of ``subjects``, newest first."""
    return AccessRow.objects.filter(subject__in=subjects).select_related("by")
