"""Selection: entries in, a ranking and those taken out. Pure, repeatable, and in memory proportional to those taken.

A draw walks the entries from the best rank down. Each *allotment* (places for one category, or for everybody) walks
them once, in the order in which the allotments are listed, and takes whom it may until its places are gone. Nothing
here knows a clock, a database or chance: a lot, where a program breaks ties by lot, comes in as the entry's ``tie``.
"""

from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Literal

Ties = Literal["tie_key", "take_all"]
Key = tuple[tuple[int, ...], int | str, str]


@dataclass(frozen=True, slots=True)
class Entry:
    """One person's place in the draw.

    ``rank``: whole numbers, each higher first (points, then what a program puts behind them). ``tie``: lower first,
    among equal ranks (microseconds of submission, or a lot). ``cells``: the categories the entry may be taken for.
    ``group`` and ``cap``: at most ``cap`` entries of one group are taken (None: no limit).
    """

    name: str
    rank: tuple[int, ...]
    tie: int | str = 0
    cells: frozenset[str] = frozenset()
    group: str = ""
    cap: int | None = None


@dataclass(frozen=True, slots=True)
class Allotment:
    """``places`` for the entries of one category; ``cell`` empty means everybody."""

    places: int
    cell: str = ""

    def __post_init__(self) -> None:
        if self.places < 0:
            raise ValueError(f"allotment {self.cell or 'for all'}: {self.places} places; give 0 or more")


@dataclass(frozen=True, slots=True)
class Rule:
    """How a draw chooses. ``take_all`` takes everybody at the last rank; ``spill_over`` hands unused places on."""

    allotments: tuple[Allotment, ...]
    ties: Ties = "tie_key"
    spill_over: bool = False


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


class OutOfOrder(ValueError):
    """The stream was not in ranking order, or held one name twice: a draw over it would not be the announced one."""


Stream = Callable[[], Iterable[Entry]]


def order_key(entry: Entry) -> Key:
    """Return the key of the ranking: rank high to low, tie low to high, name last so that the order is always full."""
    return (tuple(-number for number in entry.rank), entry.tie, entry.name)


def ranking(entries: Iterable[Entry]) -> list[Entry]:
    """Return ``entries`` best first.

    >>> [entry.name for entry in ranking([Entry("b", (40,), 2), Entry("a", (40,), 1), Entry("c", (90,), 3)])]
    ['c', 'a', 'b']
    """
    return sorted(entries, key=order_key)


def select(stream: Stream, rule: Rule) -> Selection:
    """Choose from ``stream``, which gives the entries in ranking order each time it is called.

    One pass per allotment; only those taken are kept. Raises OutOfOrder.

    >>> pool = ranking([Entry("a", (90,)), Entry("b", (80,)), Entry("c", (70,))])
    >>> sorted(select(lambda: pool, Rule((Allotment(2),))).names)
    ['a', 'b']
    """
    taken: set[str] = set()
    used: Counter[str] = Counter()
    filled: list[Filled] = []
    handed_on = 0
    for number, allotment in enumerate(rule.allotments):
        places = allotment.places + handed_on
        picks = tuple(_walk(stream, number, replace(allotment, places=places), rule.ties, taken, used))
        filled.append(Filled(allotment, places, picks))
        handed_on = max(places - len(picks), 0) if rule.spill_over else 0
    return Selection(tuple(filled))


def _walk(
    stream: Stream, number: int, allotment: Allotment, ties: Ties, taken: set[str], used: Counter[str]
) -> Iterator[Pick]:
    filled, last_rank = 0, None
    for position, entry in in_order(stream()):
        if filled >= allotment.places and not (ties == "take_all" and entry.rank == last_rank):
            break
        if entry.name in taken or not _may_take(entry, allotment, used):
            continue
        taken.add(entry.name)
        used[entry.group] += 1
        filled, last_rank = filled + 1, entry.rank
        yield Pick(entry, number, position)


def _may_take(entry: Entry, allotment: Allotment, used: Counter[str]) -> bool:
    if allotment.cell and allotment.cell not in entry.cells:
        return False
    return not entry.group or entry.cap is None or used[entry.group] < entry.cap


def in_order(entries: Iterable[Entry]) -> Iterator[tuple[int, Entry]]:
    """Give each entry with its position from 1; raises OutOfOrder where the order is broken or a name comes twice."""
    before: Key | None = None
    for position, entry in enumerate(entries, start=1):
        key = order_key(entry)
        if before is not None and key <= before:
            raise OutOfOrder(f"entry {position} ({entry.name}) does not come after the one before it")
        before = key
        yield position, entry


@dataclass(frozen=True, slots=True)
class Promotion:
    """A taken entry that fell out, and the pick that takes its place (None: nobody is left to take it)."""

    fallen: Pick
    taken: Pick | None


def promote(
    stream: Stream, rule: Rule, selection: Selection, *, fallen: Collection[str], unfit: Collection[str] = ()
) -> list[Promotion]:
    """Fill the places of ``fallen``: each allotment goes on with the same walk; nobody already taken moves.

    ``unfit`` names entries that may no longer be taken. A fallen entry gives back its group's place. Where everybody at
    the last rank is taken, that rank stands as announced: nobody below it takes a place.
    """
    gone = set(fallen)
    taken = set(selection.names) | set(unfit)
    used = Counter(pick.entry.group for pick in selection.picks if pick.entry.name not in gone)
    promotions: list[Promotion] = []
    for number, part in enumerate(selection.filled):
        vacant = [pick for pick in part.picks if pick.entry.name in gone]
        wanted = 0 if rule.ties == "take_all" else len(vacant)
        nexts = _after(stream, number, part, wanted, taken, used)
        promotions += _paired(vacant, nexts)
    return promotions


def _after(stream: Stream, number: int, part: Filled, wanted: int, taken: set[str], used: Counter[str]) -> list[Pick]:
    end = part.picks[-1].position if part.picks else 0
    found: list[Pick] = []
    for position, entry in in_order(stream()):
        if len(found) == wanted:
            break
        if position <= end or entry.name in taken or not _may_take(entry, part.allotment, used):
            continue
        taken.add(entry.name)
        used[entry.group] += 1
        found.append(Pick(entry, number, position))
    return found


def _paired(vacant: Sequence[Pick], nexts: Sequence[Pick]) -> list[Promotion]:
    padded: list[Pick | None] = [*nexts, *[None] * (len(vacant) - len(nexts))]
    return [Promotion(pick, following) for pick, following in zip(vacant, padded, strict=True)]
