"""Entries and their order: rank, then tie, then name, so that the order is always full."""

from collections.abc import Iterable, Iterator
from typing import NamedTuple

Key = tuple[tuple[int, ...], int | str, str]


class Entry(NamedTuple):
    """One person's place in the draw.

    ``rank``: whole numbers, each higher first (points, then what a program puts behind them). ``tie``: lower first,
    among equal ranks (a lot). ``cells``: the cells the entry may be taken for.
    ``group`` and ``cap``: at most ``cap`` entries of one group are taken (None: no limit).
    """

    name: str
    rank: tuple[int, ...]
    tie: int | str = 0
    cells: frozenset[str] = frozenset()
    group: str = ""
    cap: int | None = None


class OutOfOrder(ValueError):
    """The stream was not in ranking order, or held one name twice: a draw over it would not be the announced one."""


def order_key(entry: Entry) -> Key:
    """Return the key of the ranking: rank high to low, tie low to high, name last so that the order is always full."""
    return (tuple(-number for number in entry.rank), entry.tie, entry.name)


def ranking(entries: Iterable[Entry]) -> list[Entry]:
    """Return ``entries`` best first.

    >>> [entry.name for entry in ranking([Entry("b", (40,), 2), Entry("a", (40,), 1), Entry("c", (90,), 3)])]
    ['c', 'a', 'b']
    """
    return sorted(entries, key=order_key)


def one_each(entries: Iterable[tuple[str, Entry]]) -> list[Entry]:
    """Return one entry for each person of ``entries`` (person, entry), the best of theirs, best first.

    Chance must belong to the person: give each entry of one person the same ``tie``. However many they have, they then
    stand where one alone would stand.
    """
    best: dict[str, Entry] = {}
    for person, entry in entries:
        if person not in best or order_key(entry) < order_key(best[person]):
            best[person] = entry
    return ranking(best.values())


def in_order(entries: Iterable[Entry]) -> Iterator[tuple[int, Entry]]:
    """Give each entry with its position from 1; raises OutOfOrder where the order is broken or a name comes twice."""
    return in_order_of(enumerate(entries, start=1))


def in_order_of(numbered: Iterable[tuple[int, Entry]]) -> Iterator[tuple[int, Entry]]:
    """Give some entries with their positions in the whole ranking; raises OutOfOrder where either does not rise."""
    place, before = 0, None  # type: int, Entry | None
    for position, entry in numbered:
        if position <= place or (before is not None and not _follows(before, entry)):
            raise OutOfOrder(f"entry {position} ({entry.name}) does not come after the one before it")
        place, before = position, entry
        yield position, entry


def _follows(before: Entry, entry: Entry) -> bool:
    """Whether the key of ``entry`` is the greater one. In a large pool the ranks alone tell, nearly always, and no key is made."""
    if before.rank == entry.rank:
        return (before.tie, before.name) < (entry.tie, entry.name)
    if len(before.rank) == len(entry.rank):
        return before.rank > entry.rank
    return order_key(before) < order_key(entry)
