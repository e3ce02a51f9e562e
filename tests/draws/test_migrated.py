"""Draws that were held before their rows had guards (migration 0010): migrated, they verify to the byte and are guarded."""

from collections.abc import Iterator

import pytest
from django.db import DatabaseError, connection, transaction
from django.db.migrations.executor import MigrationExecutor

from passerelle.draws import checking, queries
from passerelle.draws.models import Draw, Leaf
from passerelle.draws.replaying import came_out, replay
from passerelle.eoi.models import ScoreRecord
from tests.draws.support import NOON, manager, program
from tests.draws.test_erasing import AFTER, issued, selected
from tests.draws.test_fairness import sheet, someone
from tests.support.bundles import whole

pytestmark = [pytest.mark.proof, pytest.mark.django_db(transaction=True)]
BEFORE = ("draws", "0009_repair_withdrawn")
TABLES = ("draws_entry", "draws_leaf", "draws_lot", "draws_standing")


@pytest.fixture(autouse=True)
def _up_to_date_afterwards() -> Iterator[None]:
    yield
    to(*MigrationExecutor(connection).loader.graph.leaf_nodes())


def to(*nodes: tuple[str, str]) -> None:
    MigrationExecutor(connection).migrate(list(nodes))


def foreign_keys() -> set[str]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT conrelid::regclass::text FROM pg_constraint WHERE contype = 'f'")
        return {table for (table,) in cursor} & set(TABLES)


def test_a_finished_draw_is_migrated_with_its_rows_and_stands_as_it_was():
    draw = issued(selected())
    public, sealed, outcome = whole(queries.public(draw)), whole(queries.sealed(draw)), came_out(draw)
    to(BEFORE)
    assert foreign_keys() == set(TABLES)

    to(*MigrationExecutor(connection).loader.graph.leaf_nodes())

    assert foreign_keys() == set()
    draw = queries.draw(draw.number)
    assert (whole(queries.public(draw)), whole(queries.sealed(draw))) == (public, sealed)
    assert not [one["key"] for one in checking.findings(draw, AFTER, final=True) if one["good"] is False]
    assert replay(draw).taken == outcome
    with pytest.raises(DatabaseError, match="stands on entry_id"), transaction.atomic():
        Leaf.objects.create(draw=draw, entry_id=10**9, position=10**6, digest=b"")
    with pytest.raises(DatabaseError, match="pgtrigger: Cannot delete"), transaction.atomic():
        Draw.objects.filter(pk=draw.pk)._raw_delete("default")


def test_scores_of_before_have_their_top_lines_beside_the_sheet():
    program()
    one = someone(60, 80)
    given = {"eoi": one, "pack": one.pack, "grid": one.grid, "facts": {}, "points": 240, "cause": "submission"}
    ScoreRecord.objects.create(**given, sheet=sheet(60, 80), by=manager(), at=NOON)
    to(("eoi", "0011_stream_closings"))
    to(*MigrationExecutor(connection).loader.graph.leaf_nodes())
    record = ScoreRecord.objects.get()
    assert record.factor_points == [line["points"] for line in record.sheet["lines"]]
    assert record.factors == [line["id"] for line in record.sheet["lines"]]
