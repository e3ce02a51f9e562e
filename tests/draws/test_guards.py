"""Rows written for a whole pool name what is there and stays: the guards that stand in place of foreign keys (ADR 25)."""

from typing import Any

import pytest
from django.db import DatabaseError, IntegrityError, connection, transaction

from npd1 import leaves
from npd1.words import Malformed
from passerelle.draws import queries
from passerelle.draws.models import Draw, Entry, Leaf, Lot, Standing
from passerelle.draws.operations import committing, freeze
from tests.draws.support import NOON, eoi, manager, places, planned, pool, program

pytestmark = pytest.mark.django_db
NOBODY = 10**9


def frozen(*points: int) -> Draw:
    program()
    places()
    pool([*points])
    return freeze(number=planned(1).number, by=manager(), at=NOON)


def an_entry(draw: int, file: int, **more: Any) -> Entry:
    given = {"points": 1, "placed_at": NOON, "category": "x", "rank": [1], **more}
    return Entry(**{"draw_id": draw, "eoi_id": file, **given})


def refused(rows: list[Any]) -> None:
    with pytest.raises(IntegrityError, match="which is not there"), transaction.atomic():
        type(rows[0]).objects.bulk_create(rows)


def test_one_row_among_many_that_stands_on_nothing_is_refused_with_all_of_them():
    draw = frozen(400, 300)
    one, other = Entry.objects.filter(draw=draw).order_by("id")
    fresh = planned(1)
    refused([an_entry(fresh.pk, one.eoi_id), an_entry(fresh.pk, NOBODY)])
    refused([an_entry(NOBODY, one.eoi_id)])
    refused([Standing(entry=one, position=1, selected=True), Standing(entry_id=NOBODY, position=2, selected=False)])
    refused([Lot(entry=one, tie="0" * 64), Lot(entry_id=NOBODY, tie="1" * 64)])
    refused([Leaf(draw_id=draw.pk, entry_id=NOBODY, position=7, digest=b"")])
    Standing.objects.bulk_create([Standing(entry=each, position=each.pk, selected=False) for each in (one, other)])
    assert Standing.objects.filter(entry__draw=draw).count() == 2


def test_a_leaf_is_of_the_draw_of_its_entry():
    draw = frozen(400)
    other = planned(1)
    entry = an_entry(other.pk, Entry.objects.get(draw=draw).eoi_id)
    entry.save()
    refused([Leaf(draw_id=draw.pk, entry_id=entry.pk, position=7, digest=b"")])
    Leaf.objects.create(draw=other, entry=entry, position=0, digest=b"")


def test_a_file_that_was_never_handed_in_is_in_no_draw():
    draw = frozen(400)
    draft = eoi(state="draft", first_submitted_at=None)
    refused([an_entry(draw.pk, draft.pk)])


def test_what_rows_of_a_pool_name_is_never_deleted():
    draw = frozen(400)
    entry = Entry.objects.get(draw=draw)
    named = (("draws_draw", draw.pk), ("draws_entry", entry.pk), ("eoi_expressionofinterest", entry.eoi_id))
    with connection.cursor() as cursor:
        for table, key in named:
            with pytest.raises(DatabaseError, match=r"Cannot (update or )?delete"), transaction.atomic():
                cursor.execute(f"DELETE FROM {table} WHERE id = %s", [key])


@pytest.mark.parametrize(
    "wrong", [{"rank": []}, {"rank": [-1]}, {"rank": [2**53]}, {"grp": "Acme", "cap": 1}, {"cells": ["a b"]}]
)
def test_what_may_not_stand_in_a_line_is_not_committed_to(wrong: dict[str, Any]):
    draw = frozen(400)
    other = planned(1)
    an_entry(other.pk, Entry.objects.get(draw=draw).eoi_id, **wrong).save()
    other.pool_size = 1
    with pytest.raises(Malformed), transaction.atomic():
        committing.commit(other, by=manager(), at=NOON)


def test_the_lines_the_server_hashes_are_those_of_npd1():
    files = [one.eoi_id for one in Entry.objects.filter(draw=frozen(400, 300, 200, 100))]
    other = planned(1)
    shapes: list[dict[str, Any]] = [
        {"cells": ["rural", "FR", "a.b", "FR"], "grp": "0123456789abcdef", "cap": 2, "rank": [2**53 - 1, 0]},
        {"cells": ["FR"], "grp": "0123456789abcdef", "cap": None, "rank": [0]}, {"cap": 3}, {},
    ]  # fmt: skip
    for more, file in zip(shapes, files, strict=True):
        an_entry(other.pk, file, **more).save()
    other.pool_size = len(shapes)
    committing.commit(other, by=manager(), at=NOON)
    written = list(Leaf.objects.filter(draw=other).select_related("entry", "draw").order_by("position"))
    assert [leaves.leaf_hash(queries.line_of(one)) for one in written] == [bytes(one.digest) for one in written]
    assert [one.ticket for one in written] == sorted(str(one.ticket) for one in written)
    assert len(written) == len(shapes)


def test_a_file_changed_while_the_pool_is_copied_is_in_once():
    program()
    places()
    one, _other = eoi(400, changeable=True), eoi(300)
    draw = planned(1)

    def changed(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        if "INSERT INTO draws_pool" in sql:
            type(one).objects.filter(pk=one.pk).update(submitted_at=draw.closes_at, version=2)
        return execute(sql, params, many, context)

    with connection.execute_wrapper(changed):
        freeze(number=draw.number, by=manager(), at=NOON)
    assert sorted(Entry.objects.filter(draw=draw).values_list("points", flat=True)) == [300, 400]
