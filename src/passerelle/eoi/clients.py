"""What the room of representatives asks about files and bars."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.db.models import QuerySet

from passerelle.eoi.keys import representative_key
from passerelle.eoi.models import Bar, ExpressionOfInterest
from passerelle.eoi.states import LIVE, EOIState

_OPEN = (EOIState.DRAFT, *LIVE)


def open_files_of(candidate: Any) -> QuerySet[Any, Any]:
    """Return the references of a candidate's files that have not ended, oldest first."""
    rows = ExpressionOfInterest.objects.filter(candidate=candidate, state__in=_OPEN)
    return rows.order_by("id").values_list("reference", flat=True)


def candidate_of_open_file(program: str, reference: str) -> Any | None:
    """Return the candidate of a file that has not ended, once they have a sign-in; None for any other reference."""
    rows = ExpressionOfInterest.objects.filter(program=program, reference=reference.strip().upper(), state__in=_OPEN)
    eoi = rows.filter(candidate__username__isnull=False).select_related("candidate").light().first()
    return eoi.candidate if eoi else None


def representative_is_barred(program: str, bodies: Iterable[str], number: str, at: datetime) -> bool:
    """Say whether an order bars the licence ``number`` of a body, under any of the names it goes by."""
    keys = [representative_key(program, body, number) for body in bodies]
    return bool(number) and Bar.objects.in_force(at=at).filter(program=program, person_key__in=keys).exists()
