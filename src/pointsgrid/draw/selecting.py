"""Choosing: each allotment walks the entries once and takes whom it may until its places are gone."""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace

from pointsgrid.draw.entries import Entry, in_order_of
from pointsgrid.draw.rule import Allotment, Rule, Ties

Stream = Callable[[], Iterable[Entry]]
# Of a cell, or of everybody (""), the entries with their positions in the whole ranking.
Walk = Callable[[str], Iterable[tuple[int, Entry]]]


@dataclass(frozen=True, slots=True)
class Pick:
    """An entry taken, the number of the allotment (from 0) that took it and its position in the ranking (from 1)."""

    entry: Entry
    allotment: int
    position: int


@dataclass(frozen=True, slots=True)
class Filled:
    """What became of one allotment: places it had (with those handed on to it), places filled, the last entry taken."""

    allotment: Allotment
    places: int
    picks: tuple[Pick, ...]

    @property
    def cutoff(self) -> Entry | None:
        """The last entry taken, or None when nobody was."""
        return self.picks[-1].entry if self.picks else None


@dataclass(frozen=True, slots=True)
class Selection:
    """The outcome of a draw, allotment by allotment."""

    filled: tuple[Filled, ...]

    @property
    def picks(self) -> tuple[Pick, ...]:
        """Everybody taken, in ranking order."""
        return tuple(sorted((pick for part in self.filled for pick in part.picks), key=lambda pick: pick.position))

    @property
    def names(self) -> frozenset[str]:
        return frozenset(pick.entry.name for pick in self.picks)


def select(stream: Stream, rule: Rule) -> Selection:
    """Choose from ``stream``, which gives the entries in ranking order each time it is called.

    One pass per allotment; only those taken are kept. Raises OutOfOrder. ``select_among`` is for who can read the entries of a
    cell alone.

    >>> pool = ranking([Entry("a", (90,)), Entry("b", (80,)), Entry("c", (70,))])
    >>> sorted(select(lambda: pool, Rule((Allotment(2),))).names)
    ['a', 'b']
    """
    return select_among(lambda _cell: enumerate(stream(), start=1), rule)


def select_among(walk: Walk, rule: Rule) -> Selection:
    """Choose as ``select`` does from ``walk``, which gives, for a cell or for everybody (""), who may be taken for it.

    Whoever it leaves out cannot be taken by that allotment, so nothing is decided by leaving them out. Raises OutOfOrder.
    """
    taken: set[str] = set()
    used: Counter[str] = Counter()
    filled: list[Filled] = []
    handed_on = 0
    for number, allotment in enumerate(rule.allotments):
        places = allotment.places + handed_on
        picks = tuple(_walk(walk, number, replace(allotment, places=places), rule.ties, taken, used))
        filled.append(Filled(allotment, places, picks))
        handed_on = max(places - len(picks), 0) if allotment.spill else 0
    return Selection(tuple(filled))


def _walk(
    walk: Walk, number: int, allotment: Allotment, ties: Ties, taken: set[str], used: Counter[str]
) -> Iterator[Pick]:
    filled, last_rank = 0, None
    for position, entry in in_order_of(walk(allotment.cell)):
        if filled >= allotment.places and not (ties == "take_all" and entry.rank == last_rank):
            break
        if entry.name in taken or not may_take(entry, allotment.cell, used):
            continue
        taken.add(entry.name)
        used[entry.group] += 1
        filled, last_rank = filled + 1, entry.rank
        yield Pick(entry, number, position)


def may_take(entry: Entry, cell: str, used: Counter[str]) -> bool:
    """Whether an allotment for ``cell`` may take an entry while ``used`` places of each group are gone."""
    if cell and cell not in entry.cells:
        return False
    return not entry.group or entry.cap is None or used[entry.group] < entry.cap
