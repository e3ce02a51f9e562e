"""Unties people from the draws they were in, once their files need not be kept any more: ticket and salt are erased for good.

The hash of each line stays, so the root of the pool still follows from it; the line itself is nobody's any more.
"""

from collections.abc import Iterable
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Exists, OuterRef, Q, QuerySet

from passerelle.draws import queries
from passerelle.draws.models import Draw, KeptResult, Leaf, TicketsLeft
from passerelle.draws.operations.support import locked, told
from passerelle.draws.states import DrawState
from passerelle.programs import queries as programs

RETENTION = "eoi"  # what a pack says of expressions of interest holds for the draws they were in
OVER = (DrawState.ISSUED, DrawState.VOID)
LOOKED_AT_ONCE_IN = timedelta(days=1)


def erase_tickets(*, at: datetime, limit: int = 200) -> int:
    """Erase ticket and salt of every file whose time is over, in at most so many draws; return how many files' were.

    A file's time is over the pack's number of years (``retention``, key ``eoi``) after it closed. A draw that is not over
    keeps all its tickets: its walk may go on. Each draw is a transaction, with an event in its trail where something was
    erased. Its lines, up to millions, are looked through once a day, from its own time on and until no ticket is left.
    """
    due = [pair for one in programs.programs() for pair in _due(one.code, at)]
    return sum(_erase(number, before, at=at) for number, before in due[:limit])


def _due(program: str, at: datetime) -> Iterable[tuple[str, datetime]]:
    """Give the draws of a program that may have something to erase, and the instant before which files must have closed."""
    try:
        before = programs.rules_in_force(program, at).kept_since(RETENTION, at)
    except programs.RulesUnavailable:
        return []
    if before is None:
        return []
    # Who is in a draw was in the pool when it closed: no file of a later one has closed before.
    draws = Draw.objects.filter(program=program, state__in=OVER, frozen_at__isnull=False, closes_at__lt=before)
    seen = Q(left=0) | Q(looked_at__gt=at - LOOKED_AT_ONCE_IN)
    draws = draws.exclude(Exists(TicketsLeft.objects.filter(seen, draw=OuterRef("pk"))))
    return [(number, before) for number in draws.order_by("pk").values_list("number", flat=True)]


@transaction.atomic
def _erase(number: str, before: datetime, *, at: datetime) -> int:
    draw = locked(number)
    held = Leaf.objects.filter(draw=draw, ticket__isnull=False)
    over = held.filter(entry__eoi__closed_at__lt=before)
    erased = _untie(draw, over, before, at) if over.exists() else 0
    TicketsLeft.objects.update_or_create(draw=draw, defaults={"left": held.count(), "looked_at": at})
    return erased


def _untie(draw: Draw, over: QuerySet[Leaf], before: datetime, at: datetime) -> int:
    # The published result names tickets: it is kept as it stands, for it cannot be written again without them.
    if not KeptResult.objects.filter(draw=draw).exists():
        KeptResult.objects.create(draw=draw, document=queries.result_file(draw).decode(), kept_at=at)
    erased = over.update(ticket=None, salt=None)
    told("draw.tickets_erased", draw, by=None, at=at, tickets=erased, closed_before=before)
    return erased
