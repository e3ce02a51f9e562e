"""A head each day over the whole audit trail: one root over the events since the head before, chained, signed, published.

The chain of a subject shows that a link was altered. It cannot show that somebody with the owner's rights wrote a chain anew from
its first link, or took it away whole. A root that others have kept shows both. The tree is that of RFC 9162, as for draws.
"""

import hashlib
from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, datetime
from typing import Any

import structlog
from django.db import OperationalError, connection, transaction
from django.db.models import QuerySet

from npd1 import tree
from passerelle.core import locks, sealing
from passerelle.core.models import AuditEvent, TrailHead

FIRST = "0" * 64  # what the first head names as the one before
SPEC = "passerelle-trail-head-1"

log = structlog.get_logger(__name__)


def take_daily(*, at: datetime) -> TrailHead | None:
    """Take the head of today (UTC) when there is none yet; None when there is, or when the trail was too busy to be held."""
    last = heads().last()
    if last and last.taken_at.date() >= at.date():
        return None
    try:
        return take(at=at)
    except OperationalError:
        # Somebody writes a very long act. Nobody is made to wait for a head: the next hour's job takes it.
        log.warning("head of the audit trail not taken; it is tried again within the hour")
        return None


def take(*, at: datetime) -> TrailHead:
    """Take a head over every event since the last one. Raises OperationalError when an act holds the trail for long."""
    through = _last_event()
    with transaction.atomic():
        locks.one_at_a_time("trail head")
        last = heads().last()
        leaves = list(_leaves(after=last.through if last else 0, through=through))
        head = TrailHead(
            number=last.number + 1 if last else 1,
            taken_at=at,
            through=max(through, last.through if last else 0),
            size=len(leaves),
            root=tree.root(leaves).hex(),
            previous=digest(last) if last else FIRST,
        )
        head.signature = sealing.sign(statement(head))
        head.save(force_insert=True)
    log.info("head of the audit trail taken", number=head.number, digest=digest(head))
    return head


def _last_event() -> int:
    """Return the last event of the trail; every event before it is whole, or will never be (``core_trail_end`` waits)."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT core_trail_end()")
        return int(cursor.fetchone()[0])


def _leaves(*, after: int, through: int) -> Iterator[bytes]:
    rows = AuditEvent.objects.filter(pk__gt=after, pk__lte=through).order_by("pk")
    for subject, number, its_digest in rows.values_list("subject", "number", "digest").iterator():
        yield hashlib.sha256(b"\x00" + f"{subject}|{number}|{its_digest}".encode()).digest()


def statement(head: TrailHead) -> bytes:
    """Return what the signature of ``head`` is over, and what the next head names by its digest."""
    told = (SPEC, head.number, _instant(head), head.through, head.size, head.root, head.previous)
    return "|".join(str(one) for one in told).encode()


def _instant(head: TrailHead) -> str:
    return head.taken_at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def digest(head: TrailHead) -> str:
    """Return the SHA-256 of the statement of ``head``: the 64 digits to keep elsewhere."""
    return hashlib.sha256(statement(head)).hexdigest()


def heads() -> QuerySet[TrailHead]:
    """Return every head, oldest first."""
    return TrailHead.objects.order_by("number")


def published(head: TrailHead) -> dict[str, Any]:
    """Return ``head`` as it is published: everything its statement says, its digest and its signature."""
    return {
        "spec": SPEC, "number": head.number, "taken_at": _instant(head), "through": head.through,
        "size": head.size, "root": head.root, "previous": head.previous, "digest": digest(head), "signature": head.signature,
    }  # fmt: skip


def broken_heads() -> Iterator[str]:
    """Name each head that does not fit: its events, its signature, or the head before."""
    before = None
    for head in heads().iterator():
        for problem in _problems(head, before):
            yield f"head {head.number}: {problem}"
        before = head


def _problems(head: TrailHead, before: TrailHead | None) -> Iterator[str]:
    if (head.number, head.previous) != ((before.number + 1, digest(before)) if before else (1, FIRST)):
        yield "it does not follow the head before"
    if not sealing.verify_signature(statement(head), head.signature):
        yield "its signature is not ours"
    leaves = list(_leaves(after=before.through if before else 0, through=head.through))
    if (len(leaves), tree.root(leaves).hex()) != (head.size, head.root):
        yield f"the trail holds {len(leaves)} events that do not make its root, where it was taken over {head.size}"


def missing(kept: Iterable[Mapping[str, Any]]) -> Iterator[str]:
    """Name each head among ``kept``, as somebody saved them from the public page, that this trail has no more or has otherwise."""
    ours = {head.number: digest(head) for head in heads()}
    for one in kept:
        if ours.get(one["number"]) != one["digest"]:
            yield f"head {one['number']}: kept elsewhere as {one['digest']}, here {ours.get(one['number'], 'absent')}"
