"""From the seed to those taken: each ticket's tie, the walk in order, the selection of ``pointsgrid.draw``, the result's bytes."""

from bisect import bisect_right
from collections import Counter
from collections.abc import Iterator, Sequence
from functools import partial
from multiprocessing.pool import Pool
from pathlib import Path

from benchmarks.draws.freezing import Bucket, gathered, lines_of, scatter
from benchmarks.draws.making import DRAW
from npd1 import result, seed
from npd1.commitment import Allotment
from npd1.words import EVERYBODY, LARGEST
from pointsgrid import draw as library

SAMPLE = 64  # lines of each bucket that say where the walk is parted


class Walk:
    """The entries of a draw in the order of the walk, as often as one asks; in memory are those of one bucket."""

    def __init__(self, folder: Path, buckets: int) -> None:
        self._folder, self._buckets = folder, buckets
        self._cells: dict[str, frozenset[str]] = {}

    def __call__(self) -> Iterator[library.Entry]:
        for number in range(self._buckets + 1):
            for row in self._rows(number):
                yield self._entry(row)

    def _rows(self, number: int) -> list[str]:
        """Return a bucket's rows in order: sorted when the walk comes by for the first time, and kept so."""
        done = self._folder / f"sorted-{number:03d}"
        if not done.exists():
            done.write_text("\n".join(gathered(self._folder, "walk", number)), encoding="ascii")
        return done.read_text(encoding="ascii").splitlines()

    def _entry(self, row: str) -> library.Entry:
        ranks, tie, ticket, cells, group, cap = row.split("|")
        if cells not in self._cells:
            self._cells[cells] = frozenset() if cells == "-" else frozenset(cells.split(","))
        rank = tuple([LARGEST - int(one) for one in ranks.split(".")])
        limited = group != "-"
        return library.Entry(
            ticket, rank, tie, self._cells[cells], group if limited else "", int(cap) if limited else None
        )


def order(buckets: Sequence[Bucket], pool: Pool, key: bytes) -> list[tuple[int, int]]:
    """Give every ticket its tie and spread the entries along the walk; return how many have which first number of the rank."""
    parted, numbers = _parted(buckets, key), Counter[int]()
    for some in pool.imap_unordered(partial(_tied, key=key, parted=parted), buckets):
        numbers.update(some)
    return sorted(numbers.items())


def select(walk: Walk, allotments: Sequence[Allotment]) -> tuple[list[result.Filled], list[tuple[str, str]]]:
    """Choose as the platform chooses; return how each allotment ended, and who was taken for which cell."""
    rule = library.Rule(
        tuple(library.Allotment(one.places, "" if one.cell == EVERYBODY else one.cell, one.spill) for one in allotments)
    )
    selection = library.select(walk, rule)
    filled = [_filled(one, part) for one, part in zip(allotments, selection.filled, strict=True)]
    return filled, [(pick.entry.name, allotments[pick.allotment].cell) for pick in selection.picks]


def _filled(allotment: Allotment, part: library.Filled) -> result.Filled:
    last = part.cutoff
    return result.Filled(
        allotment.cell, allotment.places, len(part.picks), last.rank if last else (), str(last.tie) if last else ""
    )


def _parted(buckets: Sequence[Bucket], key: bytes) -> list[str]:
    """Return the rows at which the walk is parted into buckets of much the same size, from a sample."""
    sample = sorted(row for bucket in buckets for row in _rows(lines_of(bucket)[:SAMPLE], key))
    return sample[:: max(1, len(sample) // len(buckets))][: len(buckets)]


def _tied(bucket: Bucket, key: bytes, parted: list[str]) -> dict[int, int]:
    spread: list[list[str]] = [[] for _ in range(len(parted) + 1)]
    numbers = Counter[int]()
    for row in _rows(lines_of(bucket), key):
        spread[bisect_right(parted, row)].append(row)
        numbers[LARGEST - int(row[:16])] += 1
    scatter(bucket.folder, "walk", spread)
    return numbers


def _rows(lines: Sequence[str], key: bytes) -> Iterator[str]:
    """Give each line as a row that sorts as the walk goes: numbers turned round and of one width, tie, ticket."""
    ties = seed.Ties(key, DRAW)
    for line in lines:
        _head, _draw, ticket, cells, rank, group, cap, _salt = line.split("|")
        ranks = ".".join([f"{LARGEST - int(one):016d}" for one in rank.split(".")])
        yield f"{ranks}|{ties.of(ticket)}|{ticket}|{cells}|{group}|{cap}"
