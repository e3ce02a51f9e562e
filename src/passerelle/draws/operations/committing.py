"""Committing to a frozen pool: a ticket and a salt for each entry, the tree over their lines, and the signed commitment."""

import base64
import secrets
from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from itertools import islice
from typing import Any

from django.db import connection

from npd1 import leaves, tree
from npd1.commitment import FIRST, Commitment
from npd1.notice import notice_hash
from passerelle.core import keys, sealing
from passerelle.draws import announced, models, queries, terms
from passerelle.draws.models import Draw
from passerelle.draws.operations.support import told

BATCH = 20_000
_CHANCE = 32  # bytes of a ticket and a salt


def commit(draw: Draw, *, by: Any, at: datetime) -> models.Commitment:
    """Fix the frozen entries of ``draw`` for good, in the transaction that freezes them.

    Tickets and salts come from the system's source of randomness. Entries are streamed: memory does not grow with the pool.
    """
    how = terms.of_draw(draw)
    until = at + timedelta(hours=how.objection_hours)
    grown = _grow(draw)
    document = Commitment(
        program=draw.program, draw=draw.number, pack=draw.rule["pack_sha256"], closes=announced.instant(draw.closes_at),
        frozen=announced.instant(at), objections=announced.instant(until), size=grown.size, root=grown.root().hex(),
        allotments=announced.allotments(draw), order=announced.order(draw), source=terms.source(how, until),
        prev=_previous(draw), notice=_notice(draw),
    )  # fmt: skip
    made = models.Commitment.objects.create(
        draw=draw, document=document.to_bytes().decode(), commit=document.commit(), root=document.root,
        signature=sealing.sign(document.to_bytes()), key=base64.b64encode(keys.public_keys()[-1]).decode(),
        objections_until=until, blocks=b"".join(grown.roots()), made_at=at,
    )  # fmt: skip
    told("draw.committed", draw, by=by, at=at, commit=made.commit, root=made.root)
    return made


def _previous(draw: Draw) -> str:
    """Return the commitment of the program's draw before this one; the freeze of a program holds the lock for it."""
    before = (
        models.Commitment.objects.filter(draw__program=draw.program).order_by("-id").values_list("commit", flat=True)
    )
    return before.first() or FIRST


def _notice(draw: Draw) -> str:
    notice = models.PublishedNotice.objects.filter(draw=draw).first()
    return notice_hash(notice.document.encode()) if notice else ""


def _grow(draw: Draw) -> tree.Blocks:
    """Give every entry its ticket, write the leaves in the order of the tickets, and return the tree over them."""
    _draw_tickets(draw)
    grown, lines = tree.Blocks(), leaves.Lines(draw.number)
    connection.ensure_connection()
    raw = connection.connection
    with raw.cursor(name="leaves_of_draw") as entries, raw.cursor() as writing:
        entries.execute(_BY_TICKET, [draw.pk])
        while rows := entries.fetchmany(BATCH):
            said = [
                lines.line(ticket, cells, rank, salt, *queries.limit_of(group, cap))
                for _entry, ticket, salt, cells, rank, group, cap in rows
            ]
            digests = [leaves.leaf_hash(line) for line in said]
            with writing.copy("COPY draws_leaf (draw_id, entry_id, position, digest, ticket, salt) FROM STDIN") as copy:
                copy.write(_leaf_rows(draw, grown.size, rows, digests))
            grown.extend(digests)
    with connection.cursor() as cursor:
        cursor.execute("DROP TABLE draws_ticket")
    return grown


def _leaf_rows(draw: Draw, first: int, rows: Sequence[Any], digests: Sequence[bytes]) -> str:
    """Return leaves as COPY reads them; nothing in them needs an escape but the mark of hexadecimal bytes."""
    return "".join(
        f"{draw.pk}\t{row[0]}\t{position}\t\\\\x{digest.hex()}\t{row[1]}\t{row[2]}\n"
        for position, (row, digest) in enumerate(zip(rows, digests, strict=True), start=first)
    )


_BY_TICKET = """
    SELECT entry.id, fresh.ticket, fresh.salt, entry.cells, entry.rank, entry.grp, entry.cap
    FROM draws_ticket AS fresh JOIN draws_entry AS entry ON entry.id = fresh.entry_id
    WHERE entry.draw_id = %s ORDER BY fresh.ticket COLLATE "C"
"""


def _draw_tickets(draw: Draw) -> None:
    with connection.cursor() as cursor:
        cursor.execute("CREATE TEMPORARY TABLE draws_ticket (entry_id bigint, ticket text, salt text) ON COMMIT DROP")
        entries = models.Entry.objects.filter(draw=draw).order_by().values_list("pk", flat=True)
        for some in _batches(entries.iterator(chunk_size=BATCH)):
            chances = secrets.token_bytes(_CHANCE * len(some)).hex()
            with cursor.copy("COPY draws_ticket (entry_id, ticket, salt) FROM STDIN") as copy:
                copy.write("".join(f"{entry}\t{told}\n" for entry, told in zip(some, _pairs(chances), strict=True)))


def _pairs(digits: str) -> Iterator[str]:
    """Give ticket and salt, 32 digits each, as a row of COPY has them."""
    for at in range(0, len(digits), 64):
        yield f"{digits[at : at + 32]}\t{digits[at + 32 : at + 64]}"


def _batches(entries: Iterator[int]) -> Iterator[tuple[int, ...]]:
    while some := tuple(islice(entries, BATCH)):
        yield some
