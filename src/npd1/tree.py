"""The Merkle tree of RFC 9162 (2.1.1): a root over leaves in their order, built as they come, and proofs of inclusion.

``Growing`` holds one hash for each level, whatever the number of leaves. For proofs later, ``Blocks`` keeps the root of every
block of 2^``HEIGHT`` leaves: a proof then needs the leaf hashes of one block and the roots of the others (32 bytes for a
thousand leaves), never the whole tree. The tree over those roots is the tree over the leaves, for whole blocks are subtrees of it.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from hashlib import sha256

from npd1.words import Malformed

HEIGHT = 10  # 1,024 leaves to a block
EMPTY = sha256(b"").digest()


def node(left: bytes, right: bytes) -> bytes:
    """Return the hash of an inner node: SHA-256 over a one byte and both hashes below."""
    return sha256(b"\x01" + left + right).digest()


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
    """A growing tree that keeps the root of each block of leaves (the last may be short)."""

    height: int = HEIGHT
    _block: Growing = field(default_factory=Growing)
    _roots: list[bytes] = field(default_factory=list)

    def add(self, leaf: bytes) -> None:
        """Add the next leaf's hash."""
        self._block.add(leaf)
        if self._block.size == 1 << self.height:
            self._roots.append(self._block.root())
            self._block = Growing()

    def extend(self, leaves: Sequence[bytes]) -> None:
        """Add the next leaves' hashes; the more at once, the quicker."""
        begun, whole, rest = self.split(leaves)
        for leaf in begun:
            self.add(leaf)
        self.extend_by_roots(block_roots(whole, self.height))
        for leaf in rest:
            self.add(leaf)

    def split(self, leaves: Sequence[bytes], size: int | None = None) -> tuple[Sequence[bytes], ...]:
        """Return the next leaves as those that end the block begun, those of whole blocks, and those that begin another.

        ``size``: how many leaves there will be before them (None: as many as there are).
        """
        ends = min(-(self.size if size is None else size) % (1 << self.height), len(leaves))
        begins = ends + ((len(leaves) - ends) >> self.height << self.height)
        return leaves[:ends], leaves[ends:begins], leaves[begins:]

    def extend_by_roots(self, roots: Sequence[bytes]) -> None:
        """Add whole blocks by their roots (``block_roots``), worked out elsewhere."""
        if roots and self._block.size:
            raise Malformed(f"a block is begun: {self._block.size} leaves must become {1 << self.height} first")
        self._roots += roots

    @property
    def size(self) -> int:
        return (len(self._roots) << self.height) + self._block.size

    def root(self) -> bytes:
        """Return the root over all leaves so far."""
        return root(self.roots())

    def roots(self) -> list[bytes]:
        """Return the root of every block, in order, the short one at the end included."""
        return [*self._roots, self._block.root()] if self._block.size else list(self._roots)


def block_roots(leaves: Sequence[bytes], height: int = HEIGHT) -> Sequence[bytes]:
    """Return the roots of whole blocks of leaves, in order."""
    if len(leaves) % (1 << height):
        raise Malformed(f"{len(leaves)} leaves are not whole blocks of {1 << height}")
    for _level in range(height):
        leaves = _above(leaves)
    return leaves


def _above(level: Sequence[bytes]) -> list[bytes]:
    """Return the nodes over a level; a node without a neighbour rises as it is."""
    lefts = iter(level)
    # Without a call of ``node`` for each: half the time of a large tree.
    found = [sha256(b"\x01" + left + right).digest() for left, right in zip(lefts, lefts, strict=False)]
    return [*found, level[-1]] if len(level) % 2 else found


def levels(leaves: Sequence[bytes]) -> list[Sequence[bytes]]:
    """Return the tree level by level, leaves first, the root alone last; a node without a neighbour rises as it is."""
    if not leaves:
        raise Malformed("a tree without leaves has no levels")
    found: list[Sequence[bytes]] = [leaves]
    while len(below := found[-1]) > 1:
        found.append(_above(below))
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


class Proofs:
    """Proofs for the leaves of a large tree, block by block; of the rest it holds the tree over the blocks' roots."""

    def __init__(self, roots: Sequence[bytes], height: int = HEIGHT) -> None:
        self._over = levels(roots)
        self._height = height

    def of_block(self, number: int, block: Sequence[bytes]) -> Iterator[list[bytes]]:
        """Give the proof of every leaf of block ``number`` (from 0), in order, from the leaf hashes of the block."""
        within, beyond = levels(block), path(self._over, number)
        return (path(within, index) + beyond for index in range(len(block)))


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
