"""What a draw gives, foreseen on the pool or as it was frozen: cut-off, spread, ties, the ranking a page at a time.

Counts come from the database; whom it takes comes from ``pointsgrid.draw`` over rows streamed in ranking order, of which only
those taken are kept. A list that is sorted by the database is the same ranking: tests hold the two together.
"""

from collections import Counter, deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, overload

from django.db import transaction
from django.db.models import Count, QuerySet

from passerelle.core.sets import Among
from passerelle.draws import selecting
from passerelle.draws.models import Draw, Entry
from passerelle.draws.queries.lottery import waits_for_lot
from passerelle.draws.queries.rows import chosen, in_order, pool, rule_of, scope
from passerelle.eoi import queries as eois
from pointsgrid import draw as choosing

# Points and category, which the spread is counted by.
Cells = Counter[tuple[int, str]]
# Those taken: the key of each, with its points and category.
Picks = dict[int, tuple[int, str]]


class _Tally:
    """The pool by points and category, and its grids, counted of the rows that pass."""

    def __init__(self) -> None:
        self.forget()

    def forget(self) -> None:
        """Begin again from nothing."""
        self.pool: Cells = Counter()
        self.grids: set[str] = set()
        self.begun = False

    def of(self, rows: Iterable[Any]) -> Iterator[Any]:
        """Give ``rows`` on, counting them."""
        self.begun = True
        for row in rows:
            points, category, grid = row[-3:]
            self.pool[points, category] += 1
            self.grids.add(grid)
            yield row


@dataclass(frozen=True)
class Share:
    """One category in a draw: how many are in the pool and how many would be taken; of a lot to come, those above it."""

    category: str
    pool: int
    taken: int


@dataclass(frozen=True)
class Outlook:
    """What a draw of ``size`` (None: everybody) takes: numbers, range, spread, ties at the cut-off, the pool by score.

    ``by_lot``: whom it takes of those at the cut-off is left to a lot still to be drawn.
    """

    size: int | None
    pool: int
    taken: int
    highest: int | None
    cutoff: int | None
    shares: tuple[Share, ...]
    tied_in: int
    tied_out: int
    by_score: dict[int, int]
    grids: tuple[str, ...]
    by_lot: bool = False

    @property
    def tied(self) -> bool:
        """Whether people with the points of the cut-off are on both sides of it."""
        return self.tied_out > 0

    @property
    def at_cutoff(self) -> int:
        """How many people have the points of the cut-off."""
        return self.tied_in + self.tied_out

    @property
    def beyond(self) -> int:
        """How many more than its size it takes, because everyone with the points of the cut-off is in."""
        return 0 if self.size is None else max(self.taken - self.size, 0)


@dataclass(frozen=True)
class Row:
    """One entry as it stands, or would stand, in the ranking: no name, for a list says no more than it must.

    ``lot``: whether it is taken a lot decides that is still to be drawn.
    """

    position: int
    eoi_id: int
    reference: str
    points: int
    placed_at: datetime
    category: str
    grid: str
    taken: bool
    lot: bool = False


class Ranked(Sequence[Row]):
    """The ranking in order, read from the database a slice at a time; those with ``undecided`` points wait for a lot."""

    def __init__(
        self, rows: QuerySet[Any, Any], taken: Callable[[Iterable[int]], set[int]], undecided: int | None = None
    ) -> None:
        self._rows, self._taken, self._undecided = rows, taken, undecided

    def __len__(self) -> int:
        return self._rows.count()

    @overload
    def __getitem__(self, wanted: int) -> Row: ...
    @overload
    def __getitem__(self, wanted: slice) -> list[Row]: ...
    def __getitem__(self, wanted: int | slice) -> Row | list[Row]:
        if isinstance(wanted, int):
            return self[wanted : wanted + 1][0]
        rows: list[Any] = list(self._rows[wanted])
        first = (wanted.start or 0) + 1
        taken = self._taken([row[0] for row in rows])
        return [
            Row(
                place, key, reference, points, placed_at, category, grid,
                taken=key in taken and points != self._undecided, lot=points == self._undecided,
            )
            for place, (key, reference, points, placed_at, category, grid) in enumerate(rows, start=first)
        ]  # fmt: skip

    def __iter__(self) -> Iterator[Row]:
        return iter(self[:])


def preview(draw: Draw, at: datetime, *, size: int | None = None) -> Outlook:
    """Return what the draw would give on the pool as it is at ``at``, at its own size or another. Changes nothing."""
    wanted = size if size and draw.size else draw.size
    tally = _Tally()
    _rows, picks = _foreseen(draw, at, wanted, tally)
    found = _outlook(wanted, tally.pool, Counter(picks.values()), tally.grids)
    return _before_the_lot(found, picks) if waits_for_lot(draw) else found


def outlook(draw: Draw, at: datetime) -> Outlook:
    """Return the preview of a planned draw, and of a frozen one what its entries gave."""
    if draw.pool_size is None:
        return preview(draw, at)
    pool, taken, grids = Counter(), Counter(), set()  # type: Cells, Cells, set[str]
    for points, category, grid, files in _counted(Entry.objects.filter(draw=draw), "points", "category", "grid"):
        pool[points, category] += files
        grids.add(grid)
    for points, category, files in _counted(chosen(draw), "points", "category"):
        taken[points, category] += files
    return _outlook(draw.size, pool, taken, grids)


def ranking(draw: Draw, at: datetime) -> Ranked:
    """Return the entries in order with who is taken: foreseen on the pool before the freeze, as frozen after it."""
    if draw.pool_size is None:
        rows, picks = _foreseen(draw, at, draw.size)
        fields = ("pk", "reference", "drawn_points", "drawn_placed_at", "category", "grid")
        return Ranked(rows.values_list(*fields), lambda keys: picks.keys() & set(keys), _undecided(draw, rows, picks))
    entries = in_order(draw)
    fields = ("eoi_id", "eoi__reference", "points", "placed_at", "category", "grid")
    return Ranked(entries.values_list(*fields), lambda keys: _chosen_among(draw, keys))


def _undecided(draw: Draw, rows: QuerySet[Any, Any], picks: Picks) -> int | None:
    """Return the points at which a lot to come decides; None where it decides nothing."""
    if not waits_for_lot(draw) or not picks:
        return None
    cutoff = min(points for points, _category in picks.values())
    inside = sum(points == cutoff for points, _category in picks.values())
    return cutoff if rows.order_by().filter(drawn_points=cutoff).count() > inside else None


def _before_the_lot(found: Outlook, picks: Picks) -> Outlook:
    """Return an outlook that counts, category by category, those alone whom no lot can leave out."""
    if not found.tied:
        return found
    sure = Counter(category for points, category in picks.values() if points != found.cutoff)
    return replace(found, by_lot=True, shares=tuple(replace(one, taken=sure[one.category]) for one in found.shares))


def _chosen_among(draw: Draw, keys: Iterable[int]) -> set[int]:
    return set(chosen(draw).filter(eoi__in=keys).values_list("eoi_id", flat=True))


@transaction.atomic
def _foreseen(
    draw: Draw, at: datetime, size: int | None, tally: _Tally | None = None
) -> tuple[QuerySet[Any, Any], dict[int, tuple[int, str]]]:
    """Return the rows in order and those taken (key to points and category); with a ``tally`` every row is counted.

    Criteria are tested for those who would be taken, and again for those who come in their place: a look ahead costs by
    its size. The freeze tests everybody. In a transaction, so that the rows stream and are not gathered first.
    """
    rows, tested = pool(draw, at), set()  # type: Any, set[int]
    everybody = selecting.blocks(draw).takes == "everybody"
    rule = rule_of(draw, rows.count() if everybody else size)
    while True:
        picks = _taken(rows, rule, tally)
        fresh = picks.keys() - tested
        gone = eois.ineligible(draw.program, among=fresh, **scope(draw, at)) if fresh else {}
        if not gone:
            return rows, picks
        tested |= fresh
        rows = rows.exclude(pk__in=gone)


def _taken(rows: QuerySet[Any, Any], rule: choosing.Rule, tally: _Tally | None) -> dict[int, tuple[int, str]]:
    fields = ("pk", "drawn_rank", "drawn_cells", "drawn_grp", "drawn_cap", "drawn_points", "category", "grid")
    counted = iter(())  # type: Iterator[Any]

    def walk() -> Iterator[choosing.Entry]:
        # One walk for the first places and for the count: to ask a large pool twice whom it holds would take twice as long.
        nonlocal counted
        seen = rows.values_list(*fields).iterator(chunk_size=2000)
        if tally and not tally.begun:
            seen = counted = tally.of(seen)
        return selecting.stream(row[:5] for row in seen)

    if tally:
        tally.forget()
    picks = choosing.select(walk, rule).picks
    deque(counted, maxlen=0)
    keys = [selecting.key(pick.entry) for pick in picks]
    told = rows.order_by().filter(Among("pk", keys)).values_list("pk", "drawn_points", "category")
    return {key: (points, category) for key, points, category in told}


def _counted(rows: QuerySet[Any, Any], *by: str) -> Iterable[Any]:
    return rows.order_by().values_list(*by).annotate(files=Count("pk"))


def _outlook(size: int | None, pool: Cells, taken: Cells, grids: set[str]) -> Outlook:
    by_score, by_score_in = _summed(pool, 0), _summed(taken, 0)
    by_category, inside = _summed(pool, 1), _summed(taken, 1)
    cutoff = min(by_score_in, default=None)
    tied_in = by_score_in[cutoff] if cutoff is not None else 0
    return Outlook(
        size=size, pool=pool.total(), taken=taken.total(), highest=max(by_score_in, default=None), cutoff=cutoff,
        shares=tuple(Share(one, by_category[one], inside[one]) for one in sorted(by_category)),
        tied_in=tied_in, tied_out=by_score[cutoff] - tied_in if cutoff is not None else 0,
        by_score=dict(by_score), grids=tuple(sorted(grids)),
    )  # fmt: skip


def _summed(cells: Cells, part: int) -> Counter[Any]:
    found: Counter[Any] = Counter()
    for key, files in cells.items():
        found[key[part]] += files
    return found
