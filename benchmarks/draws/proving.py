"""Receipts for everybody: each line with its path through the tree and the signed commitment. They are made, counted, not kept."""

from collections.abc import Iterator, Sequence
from functools import partial
from itertools import islice
from multiprocessing.pool import Pool
from typing import NamedTuple

from benchmarks.draws.freezing import HASH, Bucket, lines_of
from benchmarks.draws.making import DRAW
from npd1 import tree
from npd1.receipts import Receipts

BLOCK = 1 << tree.HEIGHT


class Signed(NamedTuple):
    """A commitment's text, its signature and the key it was signed with, and the size of the pool."""

    text: str
    signature: str
    key: str
    size: int


def receipts(
    buckets: Sequence[Bucket], pool: Pool, signed: Signed, roots: Sequence[bytes]
) -> tuple[int, int, list[bytes]]:
    """Make every receipt; return how many, their bytes together, and the first of each bucket to be looked at."""
    count, size, sample = 0, 0, []
    for some, more, one in pool.imap_unordered(partial(_made, signed=signed, roots=roots), buckets):
        count, size = count + some, size + more
        sample.append(one)
    return count, size, [one for one in sample if one]


def _made(bucket: Bucket, signed: Signed, roots: Sequence[bytes]) -> tuple[int, int, bytes]:
    count, size, first = 0, 0, b""
    lines, paths = lines_of(bucket), _paths(bucket, signed.size, roots)
    written = Receipts(DRAW, signed.size, signed.text, signed.signature, signed.key)
    for index, (line, path) in enumerate(zip(lines, paths, strict=True), start=bucket.first):
        made = written.to_bytes(line, index, path)
        count, size, first = count + 1, size + len(made), first or made
    return count, size, first


def _paths(bucket: Bucket, size: int, roots: Sequence[bytes]) -> Iterator[list[bytes]]:
    """Give the path of each line of a bucket, block after block; the first and the last block may be its neighbours' too."""
    proofs, end = tree.Proofs(roots), bucket.first + bucket.count
    with (bucket.folder / "digests").open("rb") as file:
        for number in range(bucket.first // BLOCK, -(-end // BLOCK)):
            begin = number * BLOCK
            file.seek(begin * HASH)
            held = file.read(min(BLOCK, size - begin) * HASH)
            block = [held[place : place + HASH] for place in range(0, len(held), HASH)]
            yield from islice(proofs.of_block(number, block), max(bucket.first - begin, 0), end - begin)
