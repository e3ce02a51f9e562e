"""Roots as leaves come, proofs for all, proofs through blocks: each against the definition of RFC 9162, written out here."""

import hashlib
import random
import tracemalloc

import pytest

from npd1 import tree
from npd1.words import Malformed


def leaf(number: int) -> bytes:
    return hashlib.sha256(b"\x00" + str(number).encode()).digest()


def defined(leaves: list[bytes]) -> bytes:
    """MTH of RFC 9162, 2.1.1: split at the largest power of two smaller than the number of leaves."""
    if len(leaves) == 1:
        return leaves[0]
    split = 1 << (len(leaves) - 1).bit_length() - 1
    return hashlib.sha256(b"\x01" + defined(leaves[:split]) + defined(leaves[split:])).digest()


@pytest.mark.parametrize("size", range(1, 131))
def test_root_and_every_proof_of_small_trees(size):
    leaves = [leaf(number) for number in range(size)]
    root = defined(leaves)
    assert tree.root(leaves) == root == tree.levels(leaves)[-1][0]
    for index, proof in enumerate(tree.paths(leaves)):
        assert tree.includes(root, leaves[index], index, size, proof)
        assert not tree.includes(root, leaf(-1), index, size, proof)


@pytest.mark.parametrize("height", [1, 2, 3])
@pytest.mark.parametrize("size", [1, 2, 3, 4, 5, 7, 8, 9, 12, 13, 16, 17, 31, 33])
def test_proofs_through_blocks_are_those_of_the_whole_tree(size, height):
    leaves = [leaf(number) for number in range(size)]
    blocks = tree.Blocks(height)
    for one in leaves:
        blocks.add(one)
    assert (blocks.size, blocks.root()) == (size, defined(leaves))
    for index, proof in enumerate(tree.paths(leaves)):
        start = index >> height << height
        block = leaves[start : start + (1 << height)]
        assert tree.path_through_blocks(block, blocks.roots(), index, height) == proof


def test_a_proof_holds_for_its_leaf_its_place_and_its_size_alone():
    random_ = random.Random(20261127)
    for _ in range(300):
        size = random_.randrange(2, 70)
        leaves = [leaf(random_.randrange(10**9)) for _ in range(size)]
        index = random_.randrange(size)
        root, proof = tree.root(leaves), tree.path(tree.levels(leaves), index)
        assert tree.includes(root, leaves[index], index, size, proof)
        other = random_.randrange(size)
        assert other == index or not tree.includes(root, leaves[other], index, size, proof)
        bent = [*proof]
        place = random_.randrange(len(bent))
        bent[place] = bytes([bent[place][0] ^ 1]) + bent[place][1:]
        assert not tree.includes(root, leaves[index], index, size, bent)
        assert not tree.includes(root, leaves[index], index, size, proof[:-1])
        assert not tree.includes(root, leaves[index], index, size, [*proof, leaf(0)])
        assert not tree.includes(root, leaves[index], index + size, size, proof)


def test_the_root_of_many_leaves_takes_no_memory_to_speak_of():
    tracemalloc.start()
    growing = tree.Blocks()
    for number in range(100_000):
        growing.add(leaf(number))
    growing.root()
    _now, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    # 98 roots of blocks and a hash a level; the leaves themselves would be over 6 MB.
    assert peak < 100_000


def test_a_place_outside_the_tree_is_refused():
    with pytest.raises(Malformed):
        tree.path(tree.levels([leaf(0)]), 1)
    with pytest.raises(Malformed):
        tree.levels([])
