"""The Merkle tree of RFC 9162 (2.1.1): a root over leaves in their order, built as they come, and proofs of inclusion.

``Growing`` holds one hash for each level, whatever the number of leaves. For proofs later, ``Blocks`` also keeps the root of
every block of 2^``HEIGHT`` leaves: a proof then needs the leaf hashes of one block and the roots of the others (32 bytes for a
thousand leaves), never the whole tree.
"""

import hashlib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from npd1.words import Malformed

HEIGHT = 10  # 1,024 leaves to a block
EMPTY = hashlib.sha256(b"").digest()


def node(left: bytes, right: bytes) -> bytes:
    """Return the hash of an inner node: SHA-256 over a one byte and both hashes below."""
    return hashlib.sha256(b"\x01" + left + right).digest()


@dataclass(slots=True)
class Growing:
    """A tree that leaves are added to, in order; its memory is one hash a level."""

    size: int = 0
    _whole: list[bytes] = field(default_factory=list)  # roots of the whole subtrees so far, largest first

    def add(self, leaf: bytes) -> None:
        """Add the next leaf's hash."""
        self.size += 1
        number = self.size
        while number % 2 == 0:
            leaf = node(self._whole.pop(), leaf)
            number //= 2
        self._whole.append(leaf)

    def root(self) -> bytes:
        """Return the root over the leaves so far (of no leaves: the hash of nothing)."""
        if not self._whole:
            return EMPTY
        *others, right = self._whole
        for left in reversed(others):
            right = node(left, right)
        return right


def root(leaves: Iterable[bytes]) -> bytes:
    """Return the root over the leaf hashes ``leaves``, read once."""
    growing = Growing()
    for leaf in leaves:
        growing.add(leaf)
    return growing.root()


@dataclass(slots=True)
class Blocks:
    """A growing tree that also keeps the root of each block of leaves (the last may be short)."""

    height: int = HEIGHT
    _all: Growing = field(default_factory=Growing)
    _block: Growing = field(default_factory=Growing)
    _roots: list[bytes] = field(default_factory=list)

    def add(self, leaf: bytes) -> None:
        """Add the next leaf's hash."""
        self._all.add(leaf)
        self._block.add(leaf)
        if self._block.size == 1 << self.height:
            self._roots.append(self._block.root())
            self._block = Growing()

    @property
    def size(self) -> int:
        return self._all.size

    def root(self) -> bytes:
        """Return the root over all leaves so far."""
        return self._all.root()

    def roots(self) -> list[bytes]:
        """Return the root of every block, in order, the short one at the end included."""
        return [*self._roots, self._block.root()] if self._block.size else list(self._roots)


def levels(leaves: Sequence[bytes]) -> list[Sequence[bytes]]:
    """Return the tree level by level, leaves first, the root alone last; a node without a neighbour rises as it is."""
    if not leaves:
        raise Malformed("a tree without leaves has no levels")
    found: list[Sequence[bytes]] = [leaves]
    while len(below := found[-1]) > 1:
        above = [node(below[i], below[i + 1]) for i in range(0, len(below) - 1, 2)]
        if len(below) % 2:
            above.append(below[-1])
        found.append(above)
    return found


def path(tree: Sequence[Sequence[bytes]], index: int) -> list[bytes]:
    """Return the proof of inclusion of leaf ``index`` (from 0), nearest neighbour first (RFC 9162, 2.1.3.1)."""
    if not 0 <= index < len(tree[0]):
        raise Malformed(f"index {index}: the tree has {len(tree[0])} leaves, counted from 0")
    found = []
    for level in tree[:-1]:
        if index ^ 1 < len(level):
            found.append(level[index ^ 1])
        index //= 2
    return found


def paths(leaves: Sequence[bytes]) -> Iterator[list[bytes]]:
    """Give the proof of every leaf, in order."""
    tree = levels(leaves)
    return (path(tree, index) for index in range(len(leaves)))


def path_through_blocks(
    block: Sequence[bytes], roots: Sequence[bytes], index: int, height: int = HEIGHT
) -> list[bytes]:
    """Return the proof of leaf ``index`` of a large tree from the leaf hashes of its block and the roots of all blocks."""
    within = path(levels(block), index % (1 << height))
    return within + path(levels(roots), index >> height)


def root_from(leaf: bytes, index: int, size: int, proof: Sequence[bytes]) -> bytes:
    """Return the root that ``proof`` leads to from ``leaf`` (RFC 9162, 2.1.3.2); raises Malformed where it fits no tree."""
    if not 0 <= index < size:
        raise Malformed(f"index {index}: the tree has {size} leaves, counted from 0")
    number, last, found = index, size - 1, leaf
    for neighbour in proof:
        if last == 0:
            raise Malformed("the proof is longer than the tree is high")
        if number % 2 or number == last:
            found = node(neighbour, found)
            while number % 2 == 0 and number:
                number, last = number >> 1, last >> 1
        else:
            found = node(found, neighbour)
        number, last = number >> 1, last >> 1
    if last:
        raise Malformed("the proof is shorter than the tree is high")
    return found


def includes(root_hash: bytes, leaf: bytes, index: int, size: int, proof: Sequence[bytes]) -> bool:
    """Say whether ``proof`` shows that ``leaf`` is leaf ``index`` of the tree of ``size`` leaves with this root."""
    try:
        return root_from(leaf, index, size, proof) == root_hash
    except Malformed:
        return False
