"""What can be wrong with a pack, told so that its author can put it right."""

from __future__ import annotations

import difflib
from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, order=True)
class PackProblem:
    """One fault: where (file, line counted from 1, path of keys), what, and what would do instead."""

    file: str
    line: int
    path: str
    problem: str
    remedy: str

    def __str__(self) -> str:
        where = ", ".join(filter(None, (self.file, f"line {self.line}" if self.line else "", self.path)))
        return f"{where}: {self.problem} {self.remedy}".rstrip()


class PackErrors(Exception):
    """Every problem found in a pack, in file order; ``problems`` holds them."""

    def __init__(self, problems: Iterable[PackProblem]) -> None:
        self.problems: tuple[PackProblem, ...] = tuple(sorted(set(problems)))
        count = len(self.problems)
        head = f"{count} problem{'s' if count != 1 else ''} in the pack"
        super().__init__("\n".join([head, *(f"  {problem}" for problem in self.problems)]))


def did_you_mean(word: str, known: Iterable[str], *, otherwise: str = "") -> str:
    """Return "Did you mean x?" for the nearest known word, or else the list of what is known."""
    names = sorted(known)
    near = difflib.get_close_matches(word, names, n=1, cutoff=0.6)
    if near:
        return f"Did you mean {near[0]}?"
    if otherwise:
        return otherwise
    shown = ", ".join(names[:24]) + (", …" if len(names) > 24 else "")
    return f"Known here: {shown}." if names else ""
