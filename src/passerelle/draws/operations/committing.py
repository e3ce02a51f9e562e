"""Committing to a frozen pool: a ticket and a salt for each entry, the tree over their lines, and the signed commitment."""

import base64
import secrets
from collections.abc import Iterator
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
    grown = tree.Blocks()
    connection.ensure_connection()
    raw = connection.connection
    with raw.cursor(name="leaves_of_draw") as lines, raw.cursor() as writing:
        lines.execute(_BY_TICKET, [draw.pk])
        while rows := lines.fetchmany(BATCH):
            with writing.copy("COPY draws_leaf (draw_id, entry_id, position, digest, ticket, salt) FROM STDIN") as copy:
                for entry, ticket, salt, cells, rank, group, cap in rows:
                    leaf = queries.leaf_of(ticket, salt, cells, rank, group, cap)
                    digest = leaves.leaf_hash(leaf.line(draw.number))
                    copy.write_row((draw.pk, entry, grown.size, digest, ticket, salt))
                    grown.add(digest)
    with connection.cursor() as cursor:
        cursor.execute("DROP TABLE draws_ticket")
    return grown


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
            with cursor.copy("COPY draws_ticket (entry_id, ticket, salt) FROM STDIN") as copy:
                for entry in some:
                    copy.write_row((entry, secrets.token_hex(16), secrets.token_hex(16)))


def _batches(entries: Iterator[int]) -> Iterator[tuple[int, ...]]:
    while some := tuple(islice(entries, BATCH)):
        yield some
