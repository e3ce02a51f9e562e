"""Leaf lines: one frozen entry of a pool as one line of ASCII, and its hash in the tree."""

import hashlib
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from npd1 import words
from npd1.words import Malformed

HEAD = "npd1-leaf"
GONE = "npd1-gone"
NOTHING = "-"

# What follows the name of a draw in nearly every line; numbers of 16 digits and more are looked at one by one.
_NUMBER, _CELL = "(?:0|[1-9][0-9]{0,14})", "[A-Za-z0-9][A-Za-z0-9._-]{0,39}"
_USUAL = re.compile(
    rf"[0-9a-f]{{32}}\|(?:-|{_CELL}(?:,{_CELL})*)\|{_NUMBER}(?:\.{_NUMBER})*\|(?:-\|-|[0-9a-f]{{16}}\|{_NUMBER})\|[0-9a-f]{{32}}"
)


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
    cells = cells_of(leaf.cells)
    rank = ".".join(map(str, leaf.rank))
    cap = NOTHING if leaf.cap is None else str(leaf.cap)
    return "|".join((HEAD, words.token(draw, "draw"), leaf.ticket, cells, rank, leaf.group or NOTHING, cap, leaf.salt))


def cells_of(cells: Iterable[str]) -> str:
    """Write cells as a line does: sorted, each once; raises Malformed."""
    return ",".join(sorted({words.token(cell, "cell") for cell in cells})) or NOTHING


class Lines:
    """Writes the lines of one draw, many of them: to the byte what ``Leaf.line`` writes, in a fraction of the time."""

    def __init__(self, draw: str) -> None:
        self._draw = words.token(draw, "draw")
        self._begin = f"{HEAD}|{draw}|"
        self._known: dict[
            tuple[str, ...], str
        ] = {}  # cells as a line writes them: few different ones come again and again

    def line(
        self, ticket: str, cells: Sequence[str], rank: Sequence[int], salt: str, group: str = "", cap: int | None = None
    ) -> str:
        """Write a line (no newline); what each part is says ``Leaf``. Raises Malformed as that does."""
        said = self._known.get(tuple(cells)) or self._cells(tuple(cells))
        limit = f"{group}|{cap}" if group or cap is not None else f"{NOTHING}|{NOTHING}"
        rest = f"{ticket}|{said}|{'.'.join(map(str, rank))}|{limit}|{salt}"
        if _USUAL.fullmatch(rest):
            return self._begin + rest
        return Leaf(ticket, frozenset(cells), tuple(rank), salt, group, cap).line(self._draw)

    def _cells(self, cells: tuple[str, ...]) -> str:
        said = cells_of(cells)
        self._known[cells] = said
        return said


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


def gone(digest: bytes) -> str:
    """Return what stands for a line whose ticket and salt were erased: its hash as a leaf, from which the root still follows."""
    return f"{GONE}|{digest.hex()}"
