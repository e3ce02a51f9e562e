"""Leaf lines: one frozen entry of a pool as one line of ASCII, and its hash in the tree."""

import hashlib
from dataclasses import dataclass

from npd1 import words
from npd1.words import Malformed

HEAD = "npd1-leaf"
NOTHING = "-"


@dataclass(frozen=True, slots=True)
class Leaf:
    """One entry as it was frozen.

    ``ticket`` and ``salt``: 32 hex digits, fresh for each draw, from a generator fit for secrets. ``cells``: what the entry may
    be taken for. ``rank``: whole numbers, each higher first. ``group``: pseudonym of 16 hex digits of what a cap counts, as an
    employer; ``cap``: how many of that group may be taken. Both are left out ("" and None) where no limit holds.
    """

    ticket: str
    cells: frozenset[str]
    rank: tuple[int, ...]
    salt: str
    group: str = ""
    cap: int | None = None

    def __post_init__(self) -> None:
        words.hexadecimal(self.ticket, 32, "ticket")
        words.hexadecimal(self.salt, 32, "salt")
        for cell in self.cells:
            words.token(cell, "cell")
        if not self.rank:
            raise Malformed("rank: give at least one whole number")
        for number in self.rank:
            words.whole(number, "rank")
        if self.group:
            words.hexadecimal(self.group, 16, "grp")
        if self.cap is not None:
            words.whole(self.cap, "cap")
        if bool(self.group) != (self.cap is not None):
            raise Malformed("grp and cap: give both, or neither where no limit holds")

    def line(self, draw: str) -> str:
        """Return the line of this entry in the draw named ``draw``."""
        return line(draw, self)


def line(draw: str, leaf: Leaf) -> str:
    """Write a leaf line (no newline).

    >>> line("D-1", Leaf("0" * 32, frozenset({"SK", "FR"}), (87, 5), "1" * 32))
    'npd1-leaf|D-1|00000000000000000000000000000000|FR,SK|87.5|-|-|11111111111111111111111111111111'
    """
    cells = ",".join(sorted(leaf.cells)) or NOTHING
    rank = ".".join(map(str, leaf.rank))
    cap = NOTHING if leaf.cap is None else str(leaf.cap)
    return "|".join((HEAD, words.token(draw, "draw"), leaf.ticket, cells, rank, leaf.group or NOTHING, cap, leaf.salt))


def read(text: str) -> tuple[str, Leaf]:
    """Read a line back into the draw's name and the leaf; raises Malformed unless it is exactly what ``line`` writes."""
    parts = text.split("|")
    if len(parts) != 8 or parts[0] != HEAD:
        raise Malformed(f"{text!r} is not a leaf line: npd1-leaf and seven fields between bars")
    _head, draw, ticket, cells, rank, group, cap, salt = parts
    leaf = Leaf(
        ticket=ticket, cells=frozenset() if cells == NOTHING else frozenset(cells.split(",")), salt=salt,
        rank=tuple(words.read_whole(one, "rank") for one in rank.split(".")),
        group="" if group == NOTHING else words.hexadecimal(group, 16, "grp"),
        cap=None if cap == NOTHING else words.read_whole(cap, "cap"),
    )  # fmt: skip
    if line(draw, leaf) != text:
        raise Malformed(f"{text!r}: cells must be sorted, each once")
    return draw, leaf


def leaf_hash(text: str) -> bytes:
    """Return the hash of a line as a leaf of the tree: SHA-256 over a zero byte and the line (RFC 9162, 2.1.1)."""
    return hashlib.sha256(b"\x00" + text.encode("ascii")).digest()
