"""What the operations of this room share: the lock and the trail."""

from datetime import datetime
from typing import Any

from django.db import connection

from passerelle.core import audit
from passerelle.draws.models import Draw


def locked(number: str) -> Draw:
    """Return the draw, held by this transaction alone until it ends."""
    return Draw.objects.select_for_update(of=("self",)).get(number=number)


def alone_in(program: str) -> None:
    """Let one freeze of a program run at a time: two draws over the same people must not both pass the check.

    What gives somebody a place later (a refill, a repair) waits for it too: a freeze counts the places of employers.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [f"freeze {program}"])


def told(event: str, draw: Draw, *, by: Any, at: datetime, **detail: Any) -> None:
    """Write an event of the draw into its audit trail."""
    audit.record(event, subject=draw.number, by=by, at=at, detail=detail, program=draw.program)
