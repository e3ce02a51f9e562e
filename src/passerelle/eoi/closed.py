"""Whether a stream takes anything in, and the gate that whoever hands in and whoever closes it pass one after the other."""

from collections.abc import Collection, Iterable
from datetime import datetime
from typing import Any

from django.db import connection
from django.db.models import Count, QuerySet
from django.utils.translation import gettext_lazy as _

from passerelle.core.composed import composed
from passerelle.core.verdicts import YES, Verdict
from passerelle.eoi import hooks
from passerelle.eoi.models import ExpressionOfInterest, StreamClosing
from passerelle.eoi.states import AGEING, EOIState

_CLOSED = _(
    "This stream is closed: nothing is registered, renewed, changed or drawn in it. The reason is on the program’s pages."
)


def takes_in(program: str, stream: str, at: datetime) -> Verdict:
    """Say whether a stream is open at ``at``; no stands from the instant in which a second director closed it."""
    return Verdict(False, _CLOSED) if list(_in_force(program, stream, at)) else YES


@composed
def _in_force(program: str, stream: str, at: datetime) -> QuerySet[StreamClosing, int]:
    return StreamClosing.objects.of(program, stream).in_force(at=at).values_list("pk", flat=True)


def in_force(program: str, at: datetime) -> dict[str, StreamClosing]:
    """Return the closing in force of each closed stream of a program."""
    return {one.stream: one for one in StreamClosing.objects.filter(program=program).in_force(at=at)}


def of_stream(program: str, stream: str, at: datetime) -> StreamClosing | None:
    """Return the closing of a stream that waits, else the one in force."""
    rows = StreamClosing.objects.of(program, stream).select_related("proposed_by", "confirmed_by")
    return rows.waiting().first() or rows.in_force(at=at).last()


def history(program: str, stream: str) -> QuerySet[StreamClosing]:
    """Return every closing of a stream, newest first."""
    people = ("proposed_by", "confirmed_by", "dropped_by")
    return StreamClosing.objects.of(program, stream).select_related(*people).order_by("-id")


def taking_in(categories: Iterable[Any], program: str, at: datetime) -> list[Any]:
    """Return those categories whose stream is not closed."""
    shut = in_force(program, at)
    return [one for one in categories if one.stream not in shut]


def foreseen(program: str, stream: str, at: datetime) -> dict[str, int]:
    """Return how many files of each kind a closing would touch: those that end, by state, and what goes on."""
    rows = ExpressionOfInterest.objects.of(program).in_stream(stream).order_by()
    counted = dict(rows.values_list("state").annotate(count=Count("pk")))
    ends = {str(state): counted.get(state, 0) for state in AGEING}
    return {
        **ends, "ends": sum(ends.values()), "drafts": counted.get(EOIState.DRAFT, 0),
        "doubted": counted.get(EOIState.DOUBTED, 0), **hooks.what_goes_on(program, stream, at),
    }  # fmt: skip


def still_to_end(closing: StreamClosing) -> int:
    """Return how many files of a stream that was closed have not ended yet."""
    rows = ExpressionOfInterest.objects.of(closing.program).in_stream(closing.stream).filter(state__in=AGEING)
    return (rows if closing.until is None else rows.filter(first_submitted_at__lt=closing.until)).count()


def hold_gate(program: str, streams: Collection[str], *, closing: bool = False) -> None:
    """Hold the gate of streams until the transaction ends: many may enter at once, one alone closes.

    Ask ``takes_in`` after it, never before: a closing that came first is then seen.
    """
    take = "pg_advisory_xact_lock" if closing else "pg_advisory_xact_lock_shared"
    with connection.cursor() as cursor:
        for stream in sorted(set(streams)):
            cursor.execute(f"SELECT {take}(hashtextextended(%s, 0))", [f"stream {program} {stream}"])
