"""What later rooms tell this one, since imports go the other way: how far a file has come. Register in ``apps.ready``."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol

# How far a file may have come, in order. Until "invited" nobody has relied on anything.
STEPS = ("gone", "pool", "invited", "lapsed", "begun", "filed", "refused", "nominated")


@dataclass(frozen=True)
class Progress:
    """Where the file of somebody in a draw stands now.

    ``step`` is one of STEPS: no longer in the pool, in the pool, invited (and nothing begun), invited and that has ended,
    application begun, complete with a file number, ended without a nomination, nominated. ``number`` is that of the
    invitation, file or nomination. ``draw`` is the number of the draw that invited. ``words``: the state, for staff.
    """

    step: str
    words: Any = ""
    number: str = ""
    draw: str = ""

    @property
    def may_be_invited(self) -> bool:
        """Whether the file is in the pool and could be invited now."""
        return self.step == "pool"

    @property
    def untouched(self) -> bool:
        """Whether an invitation stands that nobody has begun to use: it could be taken back."""
        return self.step == "invited"

    def __lt__(self, other: "Progress") -> bool:
        return STEPS.index(self.step) < STEPS.index(other.step)


class Says(Protocol):
    """Says how far files have come, by key; one that this room knows nothing of is left out."""

    def __call__(self, keys: Collection[int], at: datetime) -> Mapping[int, Progress]: ...


_says: list[Says] = []


def say_how_far(says: Says) -> None:
    """Ask ``says(keys, at)`` whenever it is looked how far files of a draw have come."""
    if says not in _says:
        _says.append(says)


def how_far(keys: Collection[int], at: datetime) -> dict[int, Progress]:
    """Return the furthest that any later room knows of each file."""
    found: dict[int, Progress] = {}
    for says in list(_says):
        for key, told in says(keys, at).items():
            found[key] = max(found.get(key, told), told)
    return found
