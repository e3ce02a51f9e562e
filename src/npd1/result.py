"""The result of a draw as it is published: who was taken by ticket, where each allotment ended, what changed after."""

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from npd1 import canonical, tree, words
from npd1.words import EVERYBODY, SPEC

HEAD = "npd1-sel"


def cell_name(cell: str) -> str:
    """Return ``cell`` if it names a cell or, as ``*``, everybody."""
    return cell if cell == EVERYBODY else words.token(cell, "cell")


def rank_words(rank: Sequence[int]) -> str | None:
    """Return a rank as its line writes it; None for none."""
    return ".".join(str(words.whole(number, "rank")) for number in rank) or None


@dataclass(frozen=True, slots=True)
class Filled:
    """What became of one allotment: places committed, places filled, rank and tie of the last one taken (none: empty).

    ``cutoff_tie`` is empty, too, where everybody at the last rank is taken.
    """

    cell: str
    places: int
    filled: int
    cutoff_rank: tuple[int, ...] = ()
    cutoff_tie: str = ""

    def is_few(self, cutoff_from: int) -> bool:
        """Say whether it took somebody, and fewer than ``cutoff_from``: of so few the cut-off is as good as one's own score."""
        return 0 < self.filled < cutoff_from

    def told(self, cutoff_from: int) -> "Filled":
        """Return it as everybody reads it: without its cut-off, where it took so few."""
        return replace(self, cutoff_rank=(), cutoff_tie="") if self.is_few(cutoff_from) else self

    def plain(self) -> dict[str, Any]:
        """Return it as the result writes it."""
        return {
            "cell": cell_name(self.cell), "n": words.whole(self.places, "n"), "filled": words.whole(self.filled, "filled"),
            "cutoff_rank": rank_words(self.cutoff_rank), "cutoff_tie": _tie(self.cutoff_tie),
        }  # fmt: skip


@dataclass(frozen=True, slots=True)
class Promotion:
    """A ticket that fell out after the draw; who was passed because they had left; who took the place (None: nobody)."""

    fallen: str
    taken: str | None
    cell: str
    passed: Sequence[str] = ()

    def plain(self) -> dict[str, Any]:
        """Return it as the result writes it."""
        for ticket in (self.fallen, *self.passed, *([self.taken] if self.taken else [])):
            words.hexadecimal(ticket, 32, "ticket")
        return {
            "cell": cell_name(self.cell), "fallen": self.fallen, "passed": list(self.passed), "taken": self.taken
        }  # fmt: skip


@dataclass(frozen=True, slots=True)
class Void:
    """That a draw is void: since when, and why."""

    at: str
    reason: str

    def plain(self) -> dict[str, str]:
        """Return it as the result writes it."""
        return {"at": words.instant(self.at, "void.at"), "reason": self.reason}


@dataclass(frozen=True, slots=True)
class Result:
    """How a draw came out. ``selected``: pairs of ticket and cell, as selected, before any promotion.

    A draw that is void before its seed has no source, no seed, and nobody selected.
    """

    draw: str
    commit: str
    source: str
    seed: bytes
    selected: Sequence[tuple[str, str]]
    allotments: Sequence[Filled]
    promotions: Sequence[Promotion] = field(default_factory=tuple)
    void: Void | None = None

    def plain(self) -> dict[str, Any]:
        """Return the result as plain data, tickets sorted."""
        return {
            "spec": SPEC, "draw": words.token(self.draw, "draw"), "commit": words.hexadecimal(self.commit, 64, "commit"),
            "source": self.source or None, "seed": self.seed.hex() or None,
            "selected": [{"cell": cell_name(cell), "ticket": ticket} for ticket, cell in sorted(self.selected)],
            "allotments": [one.plain() for one in self.allotments],
            "selected_root": selected_root(self.draw, self.selected).hex(),
            "promotions": [one.plain() for one in self.promotions], "void": self.void.plain() if self.void else None,
        }  # fmt: skip

    def to_bytes(self) -> bytes:
        """Return the canonical bytes, which are signed."""
        return canonical.to_bytes(self.plain())


def selected_line(draw: str, ticket: str, cell: str) -> str:
    """Return the line that says for which cell a ticket was taken."""
    return f"{HEAD}|{words.token(draw, 'draw')}|{words.hexadecimal(ticket, 32, 'ticket')}|{cell_name(cell)}"


def selected_root(draw: str, selected: Iterable[tuple[str, str]]) -> bytes:
    """Return the root over the lines of those taken, sorted by ticket."""
    lines = (selected_line(draw, ticket, cell) for ticket, cell in sorted(selected))
    return tree.root(hashlib.sha256(b"\x00" + one.encode("ascii")).digest() for one in lines)


def _tie(tie: str) -> str | None:
    return words.hexadecimal(tie, 64, "tie") if tie else None
