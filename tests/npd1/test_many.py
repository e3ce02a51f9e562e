"""What writes many at once writes, to the byte, what writes one: lines, ties, the tree, its proofs, receipts."""

import secrets
from random import Random
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as some

from npd1 import leaves, seed, tree
from npd1.receipts import Receipt, Receipts
from npd1.words import LARGEST, Malformed
from tests.npd1.pools import a_pool

COMMITMENT = '{"draw":"D-1","size":9,"words":"Łutsel K\'e \\"n\\" \\\\"}'


def test_lines_of_random_pools_are_those_of_each_leaf(seed: int):
    random = Random(seed)
    for _ in range(60):
        made = a_pool(random)
        lines = leaves.Lines(made.draw)
        written = [
            lines.line(one.ticket, sorted(one.cells, key=lambda _: random.random()), one.rank, one.salt, one.group, one.cap)
            for one in made.entries
        ]  # fmt: skip
        assert written == made.lines


@given(
    some.lists(some.integers(0, LARGEST), min_size=1, max_size=4), some.sets(some.sampled_from(["SK", "FR", "a.b-c_9"]))
)
def test_a_line_of_any_numbers_and_cells_is_that_of_its_leaf(rank: list[int], cells: set[str]):
    ticket, salt = secrets.token_hex(16), secrets.token_hex(16)
    whole = leaves.Leaf(ticket, frozenset(cells), tuple(rank), salt, "ab" * 8, LARGEST).line("D-1")
    assert leaves.Lines("D-1").line(ticket, [*cells], rank, salt, "ab" * 8, LARGEST) == whole


T, S = "0" * 32, "1" * 32
WRONG: list[tuple[Any, ...]] = [
    ("0" * 31, [], [1], S), ("G" * 32, [], [1], S), (T, [], [1], S + "1"), (T, [], [], S), (T, [], [-1], S),
    (T, [], [LARGEST + 1], S), (T, [], [True], S), (T, ["A,B"], [1], S), (T, ["A|B"], [1], S), (T, [""], [1], S),
    (T, ["-"], [1], S),
    (T, [], [1], S, "ab" * 8), (T, [], [1], S, "", 1), (T, [], [1], S, "-"), (T, [], [1], S, "-", 1), (T, [], [1], S, "ab", 1),
    (T, [], [1], S, "ab" * 8, -1), (T, [], [1], S, "ab" * 8, LARGEST + 1), (T + "|SK", [], [1], S), (T, [], [1], S + "\n"),
]  # fmt: skip


@pytest.mark.parametrize("said", WRONG, ids=map(str, range(len(WRONG))))
def test_what_no_leaf_may_hold_is_written_in_no_line(said: tuple[Any, ...]):
    with pytest.raises(Malformed):
        leaves.Lines("D-1").line(*said)


def test_a_draw_without_a_name_has_no_lines_and_no_ties():
    with pytest.raises(Malformed):
        leaves.Lines("a|b")
    with pytest.raises(Malformed):
        seed.Ties(bytes(32), "a|b")
    with pytest.raises(Malformed):
        seed.Ties(bytes(32), "D-1").of("0" * 31)


def test_a_tree_grown_in_pieces_is_the_tree_grown_leaf_by_leaf(seed: int):
    random = Random(seed)
    for _ in range(150):
        height, size = random.randrange(1, 5), random.randrange(0, 80)
        hashes = [random.randbytes(32) for _ in range(size)]
        one, many = tree.Blocks(height), tree.Blocks(height)
        for leaf in hashes:
            one.add(leaf)
        _in_pieces(random, many, hashes, height)
        assert (many.size, many.roots(), many.root()) == (one.size, one.roots(), one.root()) == (
            size, one.roots(), tree.root(hashes)
        )  # fmt: skip


def _in_pieces(random: Random, grown: tree.Blocks, hashes: list[bytes], height: int) -> None:
    """Some pieces as leaves, some as what another process makes of them, which knows only how many come before."""
    at = 0
    while at < len(hashes):
        piece = hashes[at : at + random.randrange(1, 40)]
        if random.random() < 0.5:
            grown.extend(piece)
        else:
            begun, whole, rest = tree.Blocks(height).split(piece, at)
            grown.extend(begun)
            grown.extend_by_roots(tree.block_roots(whole, height))
            grown.extend(rest)
        at += len(piece)


def test_half_a_block_has_no_root_and_a_block_begun_takes_no_other():
    with pytest.raises(Malformed):
        tree.block_roots([bytes(32)] * 3, 1)
    begun = tree.Blocks(1)
    begun.add(bytes(32))
    with pytest.raises(Malformed):
        begun.extend_by_roots([bytes(32)])


def test_proofs_block_by_block_are_those_of_the_whole_tree(seed: int):
    random = Random(seed)
    for size in range(1, 70):
        height, hashes = random.randrange(1, 5), [random.randbytes(32) for _ in range(size)]
        grown = tree.Blocks(height)
        grown.extend(hashes)
        proofs = tree.Proofs(grown.roots(), height)
        blocks = [hashes[begin : begin + (1 << height)] for begin in range(0, size, 1 << height)]
        found = [one for number, block in enumerate(blocks) for one in proofs.of_block(number, block)]
        assert found == list(tree.paths(hashes))


@pytest.mark.parametrize("nodes", [0, 1, 18])
@pytest.mark.parametrize("head", ["", "ab" * 32])
def test_receipts_are_those_written_one_by_one(nodes: int, head: str):
    path = [bytes([one]) * 32 for one in range(nodes)]
    line = leaves.Lines("D-1").line(T, ["SK"], [87], S)
    whole = Receipt("D-1", line, 7, 9, path, COMMITMENT, "AAAA", "BBBB", head).to_bytes()
    assert Receipts("D-1", 9, COMMITMENT, "AAAA", "BBBB", head).to_bytes(line, 7, path) == whole
