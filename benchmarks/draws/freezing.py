"""From people to a signed commitment: tickets, leaf lines, the tree. Lines are spread over files by ticket and sorted there."""

import os
from collections.abc import Iterable, Sequence
from functools import partial
from itertools import islice
from multiprocessing.pool import Pool
from pathlib import Path
from typing import NamedTuple

from benchmarks.draws.making import DRAW
from npd1 import leaves, tree

BATCH = 25_000
LARGE = 2_000_000  # a larger pool is spread over 256 files in place of 16
HASH = 32


class Bucket(NamedTuple):
    """The lines whose tickets begin alike: how many and how many bytes, and where they stand in the whole."""

    folder: Path
    number: int
    count: int
    size: int
    first: int
    offset: int


def freeze(folder: Path, pool: Pool, size: int) -> list[Bucket]:
    """Give every person a ticket and a salt and write the leaf lines, spread by the first digits of their tickets."""
    digits = 1 if size <= LARGE else 2
    counts, sizes = [0] * 16**digits, [0] * 16**digits
    for some in pool.imap_unordered(partial(_spread, digits=digits), sorted(folder.glob("people-*"))):
        for bucket, (count, size) in enumerate(some):
            counts[bucket], sizes[bucket] = counts[bucket] + count, sizes[bucket] + size
    found, first, offset = [], 0, 0
    for number, (count, size) in enumerate(zip(counts, sizes, strict=True)):
        found.append(Bucket(folder, number, count, size, first, offset))
        first, offset = first + count, offset + size
    return found


def commit(folder: Path, buckets: Sequence[Bucket], pool: Pool) -> tree.Blocks:
    """Sort the lines into ``leaves.txt``, keep their hashes in ``digests``, and return the tree over them."""
    for name in ("leaves.txt", "digests"):
        (folder / name).touch()
    grown = tree.Blocks()
    for begun, roots, rest in pool.imap(_sorted, buckets):
        grown.extend(begun)
        grown.extend_by_roots(roots)
        grown.extend(rest)
    return grown


def lines_of(bucket: Bucket) -> list[str]:
    """Return the lines of a bucket in the order of their tickets, once ``leaves.txt`` is there."""
    with (bucket.folder / "leaves.txt").open("rb") as file:
        file.seek(bucket.offset)
        return file.read(bucket.size).decode("ascii").splitlines()


def scatter(folder: Path, name: str, rows: Iterable[Iterable[str]]) -> list[tuple[int, int]]:
    """Append each bucket's rows to its file; return how many rows and bytes each was given. A process has files of its own."""
    told = []
    for number, some in enumerate(rows):
        text = "".join(f"{row}\n" for row in some)
        if text:
            with (folder / f"{name}-{number:03d}-{os.getpid()}").open("a", encoding="ascii") as file:
                file.write(text)
        told.append((text.count("\n"), len(text)))
    return told


def gathered(folder: Path, name: str, number: int) -> list[str]:
    """Return the rows of a bucket, sorted, and drop its files."""
    rows: list[str] = []
    for file in folder.glob(f"{name}-{number:03d}-*"):
        rows += file.read_text(encoding="ascii").splitlines()
        file.unlink()
    return sorted(rows)


def _spread(part: Path, digits: int) -> list[tuple[int, int]]:
    counts = [(0, 0)] * 16**digits
    lines = leaves.Lines(DRAW)
    with part.open(encoding="ascii") as people:
        while some := list(islice(people, BATCH)):
            spread: list[list[str]] = [[] for _ in counts]
            for person, chance in zip(some, _chances(len(some)), strict=True):
                spread[int(chance[:digits], 16)].append(_line(lines, person, chance[:32], chance[32:]))
            more = scatter(part.parent, "lines", spread)
            counts = [(one + count, two + size) for (one, two), (count, size) in zip(counts, more, strict=True)]
    return counts


def _chances(count: int) -> list[str]:
    """Return so many texts of 64 hex digits from the system's source of randomness: a ticket and a salt each."""
    digits = os.urandom(HASH * count).hex()
    return [digits[begin : begin + 64] for begin in range(0, len(digits), 64)]


def _line(lines: leaves.Lines, person: str, ticket: str, salt: str) -> str:
    cells, rank, group, cap = person[:-1].split("|")
    numbers = [int(one) for one in rank.split(".")]
    named = () if cells == "-" else cells.split(",")
    return lines.line(ticket, named, numbers, salt, "" if group == "-" else group, None if cap == "-" else int(cap))


def _sorted(bucket: Bucket) -> tuple[Sequence[bytes], ...]:
    rows = gathered(bucket.folder, "lines", bucket.number)
    hashes = [leaves.leaf_hash(row) for row in rows]
    _write(bucket.folder / "leaves.txt", bucket.offset, "".join(f"{row}\n" for row in rows).encode("ascii"))
    _write(bucket.folder / "digests", bucket.first * HASH, b"".join(hashes))
    begun, whole, rest = tree.Blocks().split(hashes, bucket.first)
    return begun, tree.block_roots(whole), rest


def _write(path: Path, offset: int, data: bytes) -> None:
    with path.open("r+b") as file:
        file.seek(offset)
        file.write(data)
