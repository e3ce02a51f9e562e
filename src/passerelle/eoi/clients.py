"""What the room of representatives asks about files and bars."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.db.models import Exists, OuterRef, QuerySet

from passerelle.eoi.keys import representative_key
from passerelle.eoi.models import Bar, ExpressionOfInterest
from passerelle.eoi.states import LIVE, EOIState

_OPEN = (EOIState.DRAFT, *LIVE)


def open_files_of(client: Any) -> QuerySet[Any, Any]:
    """Return the references of a candidate's or an employer's files that have not ended, oldest first."""
    rows = ExpressionOfInterest.objects.filter(**{client.audience: client}, state__in=_OPEN)
    return rows.order_by("id").values_list("reference", flat=True)


def other_parties(client: Any) -> list[int]:
    """Return the accounts that are the other party to a file of this client that has not ended."""
    other = "candidate" if client.is_employer else "employer"
    rows = ExpressionOfInterest.objects.filter(**{client.audience: client}, state__in=_OPEN)
    return list(rows.exclude(**{other: None}).order_by(other).values_list(other, flat=True).distinct())


def has_open_file(side: str) -> Exists:
    """Return the condition for accounts that are a side's party to a file that has not ended."""
    return Exists(ExpressionOfInterest.objects.filter(**{side: OuterRef("pk")}, state__in=_OPEN))


def party_of_open_file(program: str, reference: str, side: str) -> Any | None:
    """Return the party on a side of a file that has not ended, once they have a sign-in; None for any other reference."""
    rows = ExpressionOfInterest.objects.filter(program=program, reference=reference.strip().upper(), state__in=_OPEN)
    eoi = rows.filter(**{f"{side}__username__isnull": False}).select_related(side).light().first()
    return getattr(eoi, side) if eoi else None


def representative_is_barred(program: str, bodies: Iterable[str], number: str, at: datetime) -> bool:
    """Say whether an order bars the licence ``number`` of a body, under any of the names it goes by."""
    keys = [representative_key(program, body, number) for body in bodies]
    return bool(number) and Bar.objects.in_force(at=at).filter(program=program, person_key__in=keys).exists()
