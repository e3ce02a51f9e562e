"""Committing to a frozen pool: a ticket and a salt for each entry, the tree over their lines, and the signed commitment."""

import base64
import secrets
from datetime import datetime, timedelta
from typing import Any

from django.db import connection

from npd1 import leaves, tree, words
from npd1.commitment import FIRST, Commitment
from npd1.notice import notice_hash
from passerelle.core import keys, sealing
from passerelle.core.sets import as_sets
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
    with as_sets():
        grown, notice = _grow(draw), _notice(draw)
    document = Commitment(
        program=draw.program, draw=draw.number, pack=draw.rule["pack_sha256"], closes=announced.instant(draw.closes_at),
        frozen=announced.instant(at), objections=announced.instant(until), size=grown.size, root=grown.root().hex(),
        allotments=announced.allotments(draw), order=announced.order(draw), source=terms.source(how, until),
        prev=_previous(draw), notice=notice, aim=None if notice else announced.aim(draw),
    )  # fmt: skip
    # One key for both, though another may be put in the ring meanwhile.
    key = base64.b64encode(keys.public_keys()[-1]).decode()
    made = models.Commitment.objects.create(
        draw=draw, document=document.to_bytes().decode(), commit=document.commit(), root=document.root,
        signature=sealing.sign(document.to_bytes(), key=key), key=key,
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
    """Give every entry its ticket, write the leaves in the order of the tickets, and return the tree over them.

    The server writes the lines and hashes them; npd1 makes one in each block again. Raises Malformed where npd1 knows no such line.
    """
    _draw_tickets(draw)
    with connection.cursor() as cursor:
        cursor.execute(
            _LEAVES, {"draw": draw.pk, "head": f"{leaves.HEAD}|{words.token(draw.number, 'draw')}|", **_cells(draw)}
        )
        cursor.execute("DROP TABLE draws_ticket")
    grown = _tree(draw)
    _agreed(draw, grown)
    return grown


# To the byte what ``npd1.leaves.line`` writes. Limits count only where there is a group that they limit (``queries.limit_of``).
_LEAVES = f"""
    INSERT INTO draws_leaf (draw_id, entry_id, position, digest, ticket, salt)
    SELECT %(draw)s, entry_id, row_number() OVER (ORDER BY ticket) - 1, digest, ticket, salt
    FROM (
        SELECT entry_id, ticket, salt, sha256('\\x00'::bytea || convert_to(
            concat_ws('|', %(head)s::text || ticket, known.said, array_to_string(rank, '.'),
                CASE WHEN grp <> '' AND cap IS NOT NULL THEN grp || '|' || cap ELSE '{leaves.NOTHING}|{leaves.NOTHING}' END, salt),
            'UTF8')) AS digest
        FROM (
            SELECT number, left(digits, 32) COLLATE "C" AS ticket, right(digits, 32) AS salt FROM draws_ticket
        ) AS fresh JOIN (
            SELECT id AS entry_id, row_number() OVER (ORDER BY id) AS number, rank, cells, grp, cap FROM draws_entry
            WHERE draw_id = %(draw)s
        ) AS entry USING (number)
        JOIN unnest(%(cells)s::text[], %(said)s::text[]) AS known (cells, said) ON known.cells = entry.cells::text
    ) AS line ORDER BY ticket
"""


def _cells(draw: Draw) -> dict[str, list[str]]:
    """Return the sets of cells that entries have, as the server writes them and as a line does; the rest is looked at for its form.

    What is in a line besides: ticket and salt (digits of our own), numbers of a rank, a group's sixteen digits and its limit.
    """
    with connection.cursor() as cursor:
        cursor.execute(_FORMS, [words.LARGEST, draw.pk])
        forms = cursor.fetchall()
    for _text, _cells, odd in forms:
        if odd:
            raise words.Malformed(f"entry {odd}: a rank is whole numbers from 0 to {words.LARGEST}, a group 16 digits")
    return {
        "cells": [text for text, _cells, _odd in forms], "said": [leaves.cells_of(cells) for _text, cells, _odd in forms]
    }  # fmt: skip


_FORMS = """
    SELECT cells::text, cells, min(id) FILTER (WHERE cardinality(rank) = 0
        OR NOT coalesce(0 <= ALL(rank) AND %s >= ALL(rank), false) OR (grp <> '' AND grp !~ '^[0-9a-f]{16}$'))
    FROM draws_entry WHERE draw_id = %s GROUP BY cells
"""


def _tree(draw: Draw) -> tree.Blocks:
    grown = tree.Blocks()
    connection.ensure_connection()
    with connection.connection.cursor(name="leaves_of_draw") as rows:
        rows.execute("SELECT digest FROM draws_leaf WHERE draw_id = %s ORDER BY position", [draw.pk], binary=True)
        while some := rows.fetchmany(BATCH):
            grown.extend([digest for (digest,) in some])
    return grown


def _agreed(draw: Draw, grown: tree.Blocks) -> None:
    """Make the first line of each block again by npd1; raises RuntimeError where the server wrote another, or left somebody out."""
    if grown.size != draw.pool_size:
        raise RuntimeError(f"draw {draw.number}: {grown.size} lines for {draw.pool_size} entries")
    firsts = range(0, grown.size, 1 << tree.HEIGHT)
    for leaf in (
        models.Leaf.objects.filter(draw=draw, position__in=firsts).select_related("entry", "draw").iterator(BATCH)
    ):
        if leaves.leaf_hash(queries.line_of(leaf)) != bytes(leaf.digest):
            raise RuntimeError(f"draw {draw.number}: the server and npd1 disagree on line {leaf.position}")


def _draw_tickets(draw: Draw) -> None:
    """Bring as many tickets and salts as there are entries, the first for the first of them: so no entry is looked at."""
    assert draw.pool_size is not None
    with connection.cursor() as cursor:
        cursor.execute(
            'CREATE TEMPORARY TABLE draws_ticket (number bigint GENERATED ALWAYS AS IDENTITY, digits text COLLATE "C")'
            " ON COMMIT DROP"
        )
        with cursor.copy("COPY draws_ticket (digits) FROM STDIN") as copy:
            for done in range(0, draw.pool_size, BATCH):
                some = min(BATCH, draw.pool_size - done)
                copy.write(secrets.token_bytes(_CHANCE * some).hex("\n", _CHANCE) + "\n")
