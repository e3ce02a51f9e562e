"""A stream is closed and its pool emptied: one director proposes it, another carries it out, the files end in batches.

ontario.md 1.7 and 1.8: pools were emptied on 21 and 22 June 2025 and on 26 June 2026. Who is invited keeps the invitation
until its own last day, and an application received goes on under the rules it was made under.
"""

from collections.abc import Mapping
from datetime import datetime

from django.db import transaction
from django.db.models import Q

from passerelle.accounts.models import Person
from passerelle.core import audit, jobs
from passerelle.core.lifecycle import IllegalMove
from passerelle.core.verdicts import require
from passerelle.eoi import closed, hooks
from passerelle.eoi.models import AnswersInProgress, ExpressionOfInterest, StreamClosing
from passerelle.eoi.operations import proving
from passerelle.eoi.operations.support import both, rules_of, tell, told
from passerelle.eoi.permissions import can_carry_out_closing, can_drop_closing, can_propose_closing
from passerelle.eoi.states import AGEING, EOI_LIFECYCLE, ClosingReason
from passerelle.notices import operations as notices
from passerelle.notices import queries as tasks
from passerelle.programs import queries as programs
from passerelle.programs.rules.text import Text

BATCH = 200
TO_CARRY_OUT = "stream.closing_to_carry_out"


class StandsInTheWay(Exception):
    """Draws of the stream are planned or running: ``draws`` names them. They are issued, or made void, first."""

    def __init__(self, draws: list[str]) -> None:
        super().__init__(", ".join(draws))
        self.draws = draws


class OpensTooSoon(ValueError):
    """The instant from which the stream is to be open again has passed."""


@transaction.atomic
def propose_closing(
    *, program: str, stream: str, reason: Mapping[str, str], by: Person, at: datetime, until: datetime | None = None
) -> StreamClosing:
    """Propose that a stream take nothing in from now on and its pool be emptied; nothing happens by it.

    ``reason`` ({en, fr}) is published, and told to each candidate. ``until``: the instant from which it is open again, None for
    good. Raises NotAllowed, IllegalMove (no such pool), OpensTooSoon.
    """
    rules = programs.rules_in_force(program, at)
    if stream not in {one.key for one in rules.pools}:
        raise IllegalMove("propose_closing", stream)
    closed.hold_gate(program, [stream], closing=True)
    settled = closed.of_stream(program, stream, at)
    require(can_propose_closing(by, program, words="eoi_removed" in rules.letters, settled=settled))
    if until is not None and until <= at:
        raise OpensTooSoon
    closing = StreamClosing.objects.create(
        program=program, stream=stream, reason=dict(reason), until=until, proposed_by=by, proposed_at=at,
        foreseen=closed.foreseen(program, stream, at),
    )  # fmt: skip
    _record("stream.closing_proposed", closing, by, at, reason=closing.reason, until=until, foreseen=closing.foreseen)
    notices.open_task(TO_CARRY_OUT, program=program, about=stream, detail=closing.reason, at=at)
    return closing


@transaction.atomic
def carry_out_closing(*, closing: StreamClosing, by: Person, at: datetime) -> StreamClosing:
    """Close the stream: from this instant nothing enters its pool, and no draw is planned; its files end in batches.

    Raises NotAllowed, OpensTooSoon, and StandsInTheWay while a draw of the stream is planned or runs.
    """
    # Whoever is handing in, or freezing a draw, is waited for; whoever comes later finds the stream closed.
    closed.hold_gate(closing.program, [closing.stream], closing=True)
    closing = StreamClosing.objects.select_for_update(of=("self",)).get(pk=closing.pk)
    require(can_carry_out_closing(by, closing))
    if closing.until is not None and closing.until <= at:
        raise OpensTooSoon
    if draws := hooks.what_holds(closing.program, closing.stream):
        raise StandsInTheWay(draws)
    closing.confirmed_by, closing.confirmed_at = by, at
    closing.save(update_fields=["confirmed_by", "confirmed_at"])
    counted = closed.foreseen(closing.program, closing.stream, at)
    _record("stream.closed", closing, by, at, reason=closing.reason, until=closing.until, counted=counted)
    _settle_task(closing, by, at)
    jobs.defer("eoi.empty_closed_pools")
    return closing


@transaction.atomic
def drop_closing(*, closing: StreamClosing, by: Person, at: datetime) -> None:
    """Take back a closing that nobody has carried out. Raises NotAllowed."""
    closing = StreamClosing.objects.select_for_update(of=("self",)).get(pk=closing.pk)
    require(can_drop_closing(by, closing))
    closing.dropped_by, closing.dropped_at = by, at
    closing.save(update_fields=["dropped_by", "dropped_at"])
    _record("stream.closing_dropped", closing, by, at)
    _settle_task(closing, by, at)


@transaction.atomic
def empty_closed_pools(*, at: datetime, limit: int = BATCH) -> int:
    """End up to ``limit`` files of the pools of closed streams; return how many. Called again, it goes on where it stopped.

    Each file ends once, with its event and its messages in this transaction. A file in doubt is first decided: where the
    doubt is lifted, it ends then.
    """
    ended = 0
    for closing in StreamClosing.objects.filter(confirmed_at__isnull=False).order_by("pk"):
        ended += _empty(closing, at, limit - ended)
        if ended >= limit:
            break
    return ended


def _empty(closing: StreamClosing, at: datetime, limit: int) -> int:
    rows = ExpressionOfInterest.objects.of(closing.program).in_stream(closing.stream).filter(_in_time(closing))
    rows = rows.filter(state__in=AGEING)
    whole = rows.select_related("pack", "employer", "candidate").defer("pack__sources").order_by("pk")
    held = list(whole.select_for_update(of=("self",), skip_locked=True)[:limit])
    for eoi in held:
        _remove(eoi, closing, at)
    if closing.finished_at is None and not rows.exists():
        _finish(closing, at)
    return len(held)


def _in_time(closing: StreamClosing) -> Q:
    """Files that were there when it closed: those handed in once it is open again stay."""
    return Q() if closing.until is None else Q(first_submitted_at__lt=closing.until)


def _finish(closing: StreamClosing, at: datetime) -> None:
    held = StreamClosing.objects.select_for_update(of=("self",), skip_locked=True)
    row = held.filter(pk=closing.pk, finished_at=None).first()
    if row is not None:
        row.finished_at = at
        row.save(update_fields=["finished_at"])
        _record("stream.pool_emptied", row, None, at)


def _remove(eoi: ExpressionOfInterest, closing: StreamClosing, at: datetime) -> None:
    eoi.state = EOI_LIFECYCLE.after(eoi.state, "remove")
    eoi.closed_at, eoi.closing_reason = at, ClosingReason.REMOVED
    eoi.save(update_fields=["state", "closed_at", "closing_reason"])
    AnswersInProgress.objects.filter(eoi=eoi).delete()
    proving.drop_open_request(eoi, at=at)
    told("eoi.removed", eoi, by=None, at=at, detail={"closing": closing.pk, "closed_at": closing.confirmed_at})
    tell(
        "eoi_removed", eoi, *both(eoi), at=at, closed_at=closing.confirmed_at, stream=rules_of(eoi).stream(eoi.stream).name,
        reason=Text(closing.reason), until=closing.until,
    )  # fmt: skip


def _settle_task(closing: StreamClosing, by: Person, at: datetime) -> None:
    for task in tasks.tasks(closing.program).filter(kind=TO_CARRY_OUT, about=closing.stream, closed_at=None):
        notices.close_task(task=task, by=by, at=at)


def _record(event: str, closing: StreamClosing, by: Person | None, at: datetime, **detail: object) -> None:
    audit.record(
        event, subject=closing.program, by=by, at=at, program=closing.program, detail={"stream": closing.stream, **detail}
    )  # fmt: skip
