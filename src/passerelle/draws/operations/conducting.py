"""Conducting a draw: the pool is frozen, then the selection is made; each a transaction that can be taken up again."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.db import connection, transaction

from passerelle.core import jobs
from passerelle.core.sets import as_sets
from passerelle.core.verdicts import require
from passerelle.draws import checking, queries, selecting, terms
from passerelle.draws.models import Draw, EarlierPlaces, Entry, Excluded
from passerelle.draws.operations import committing, seeding
from passerelle.draws.operations.support import alone_in, locked, told
from passerelle.draws.permissions import can_freeze, can_select
from passerelle.draws.states import DRAW_LIFECYCLE, DrawState
from passerelle.eoi import closed
from passerelle.eoi import queries as eois
from pointsgrid import draw as choosing

_FROZEN = (
    "pk", "drawn_points", "drawn_placed_at", "category", "grid", "drawn_rank", "drawn_cells", "drawn_grp", "drawn_cap",
)  # fmt: skip


class DrawBlocked(Exception):
    """The draw may not go on.

    ``why`` is unreviewed, clash, mixed_grids, empty, no_seed or assertions; ``who`` names the files, draws, grids or assertions.
    """

    def __init__(self, why: str, who: Sequence[str] = ()) -> None:
        super().__init__(f"{why}: {', '.join(who)}")
        self.why, self.who = why, list(who)


def conduct_draw(*, number: str, by: Any, at: datetime) -> Draw:
    """Freeze the pool and select; a draw that stopped in between is taken up where it stopped.

    Where the pack gives time to object or leaves equals to chance, a freshly frozen draw stays frozen: its seed comes later.

    Raises NotAllowed, IllegalMove, and DrawBlocked while something stands in the way of the freeze.
    """
    if queries.draw(number).state == DrawState.PLANNED:
        draw = freeze(number=number, by=by, at=at)
        how = terms.of_draw(draw)
        if how.objection_hours or how.by_chance:
            return draw
    return select(number=number, by=by, at=at)


@transaction.atomic
def freeze(*, number: str, by: Any, at: datetime) -> Draw:
    """Copy the pool as it stands at ``at`` into the draw: who, points, since when placed.

    In are files handed in before the cut-off, confirmed, within their year, not barred, in the draw's categories, that meet
    what it is aimed at. Points and place are those of the closing; criteria are tested again for this day (product.md, "who
    is in a draw"). One that was left out because it was unreviewed, and is confirmed by now, is in: being left out lifts a
    block, it takes nobody's place away.
    """
    draw = locked(number)
    alone_in(draw.program)
    require(can_freeze(by, draw, at))
    closed.hold_gate(draw.program, [draw.stream])
    require(closed.takes_in(draw.program, draw.stream, at))
    draw.state = DRAW_LIFECYCLE.after(draw.state, "freeze")
    _nothing_in_the_way(draw, at)
    _count_employers(draw)
    excluded = _exclude(draw, at)
    with as_sets():
        draw.pool_size = _copy_pool(draw, at)
    _one_grid(draw)
    draw.conducted_by, draw.frozen_at = by, at
    draw.save(update_fields=["state", "pool_size", "conducted_by", "frozen_at"])
    told("draw.frozen", draw, by=by, at=at, entries=draw.pool_size, excluded=excluded)
    committing.commit(draw, by=by, at=at)
    return draw


def _nothing_in_the_way(draw: Draw, at: datetime) -> None:
    clash = list(queries.clashing(draw).values_list("number", flat=True))
    if clash:
        raise DrawBlocked("clash", clash)
    waiting = list(queries.unreviewed(draw, at).values_list("reference", flat=True))
    if waiting:
        raise DrawBlocked("unreviewed", waiting)


def _count_employers(draw: Draw) -> None:
    had = queries.earlier_places(draw)
    EarlierPlaces.objects.bulk_create(EarlierPlaces(draw=draw, grp=grp, places=places) for grp, places in had.items())


def _exclude(draw: Draw, at: datetime) -> list[str]:
    failing = eois.ineligible(draw.program, **queries.scope(draw, at))
    Excluded.objects.bulk_create(
        Excluded(draw=draw, eoi_id=key, criteria=criteria) for key, criteria in sorted(failing.items())
    )
    return list(queries.excluded(draw).values_list("eoi__reference", flat=True))


def _copy_pool(draw: Draw, at: datetime) -> int:
    failing = Excluded.objects.filter(draw=draw).values("eoi")
    as_they_stand, changed = (
        queries.pool(draw, at, changed=one).exclude(pk__in=failing).order_by().values_list(*_FROZEN).query.sql_with_params()
        for one in (False, True)
    )  # fmt: skip
    with connection.cursor() as cursor:
        # By itself, for the server reads in several processes only where the same statement writes into no table that is kept,
        # and looks up nothing for each row, as it does of files changed since the closing.
        cursor.execute(f"CREATE TEMPORARY TABLE draws_pool ON COMMIT DROP AS {as_they_stand[0]}", as_they_stand[1])
        # Whoever changed a file in between is in already, as it stood: nobody is missed, nobody is in twice.
        cursor.execute(_CHANGED.format(rows=changed[0]), changed[1])
        cursor.execute(_COPY, [draw.pk])
        copied = int(cursor.rowcount)
        cursor.execute("DROP TABLE draws_pool")
    return copied


_CHANGED = """
    INSERT INTO draws_pool SELECT * FROM ({rows}) AS changed
    WHERE NOT EXISTS (SELECT FROM draws_pool AS there WHERE there.pk = changed.pk)
"""
# In the order of the files, so that indexes grow at their end.
_COPY = f"""
    INSERT INTO draws_entry (draw_id, eoi_id, points, placed_at, category, grid, rank, cells, grp, cap)
    SELECT %s, {", ".join(_FROZEN)} FROM draws_pool ORDER BY pk
"""


def _one_grid(draw: Draw) -> None:
    grids = sorted(Entry.objects.filter(draw=draw).order_by().values_list("grid", flat=True).distinct())
    if len(grids) > 1:
        raise DrawBlocked("mixed_grids", grids)
    if not grids:
        raise DrawBlocked("empty")


@transaction.atomic
def select(*, number: str, by: Any, at: datetime) -> Draw:
    """Rank the frozen entries and take the best; what the pool has become since plays no part.

    The assertions are run and kept with the draw. A red one does not undo the selection: it blocks the issue.
    """
    draw = locked(number)
    require(can_select(by, draw, at))
    draw.state = DRAW_LIFECYCLE.after(draw.state, "select")
    how = terms.of_draw(draw)
    if not how.by_chance:
        if selecting.blocks(draw).by_chance:
            raise DrawBlocked("no_seed")
        seeding.without_chance(draw, by=by, at=at)
    with as_sets(), queries.walk(draw) as entries:
        outcome = choosing.select_among(entries, queries.rule_of(draw))
        _keep(outcome)
    if not how.by_chance:
        seeding.lots_of_the_last(draw, outcome)
    draw.selected_by, draw.selected_at = by, at
    draw.save(update_fields=["state", "selected_by", "selected_at"])
    draw.assertions = checking.findings(draw, at)
    draw.save(update_fields=["assertions"])
    # Not here: to look at every entry's facts would keep the draw waiting, and nothing of the selection hangs on it.
    jobs.defer("draws.report_fairness", number=draw.number)
    told("draw.selected", draw, by=by, at=at, taken=len(outcome.picks), red=red(draw), run=queries.digest_of_run(draw))
    return draw


def _keep(outcome: choosing.Selection) -> None:
    """Write where each entry stands, in the order the selection walked, and whom it took. One statement."""
    cells = {
        selecting.key(pick.entry): selecting.cell(outcome.filled[pick.allotment].allotment) for pick in outcome.picks
    }
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO draws_standing (entry_id, position, selected, cell)"
            " SELECT entry_id, position, cell IS NOT NULL, COALESCE(cell, '') FROM draws_walk"
            " LEFT JOIN unnest(%s::bigint[], %s::text[]) AS taken (eoi, cell) ON eoi = eoi_id ORDER BY entry_id",
            [list(cells), list(cells.values())],
        )


def red(draw: Draw) -> list[str]:
    """Return the keys of the assertions that do not hold."""
    return [finding["key"] for finding in draw.assertions if finding["good"] is False]
