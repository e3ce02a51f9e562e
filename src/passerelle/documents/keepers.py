"""How a later room takes in files that came in parts: by its own operation, with its own locks, rules and events.

The token that allows an upload lasts a day; whether the place still takes files is asked when the file is whole.
"""

from datetime import datetime
from typing import Protocol

from passerelle.accounts.models import Person
from passerelle.documents.models import Document
from passerelle.documents.operations.storing import Incoming, store


class Keeper(Protocol):
    """Stores a file for an owner of its room and returns the document; None for owners of other rooms.

    Raises NotAllowed when the place takes no file (any longer), or Unacceptable.
    """

    def __call__(self, *, owner: str, slot: str, upload: Incoming, by: Person, at: datetime) -> Document | None: ...


_KEEPERS: list[Keeper] = []


def keep_through(keeper: Keeper) -> Keeper:
    """Register ``keeper``; call it from the room's ``apps.ready``."""
    if keeper not in _KEEPERS:
        _KEEPERS.append(keeper)
    return keeper


def keep(*, owner: str, slot: str, upload: Incoming, by: Person, at: datetime) -> Document:
    """Store a file that has come whole through the room its owner belongs to."""
    for keeper in _KEEPERS:
        kept = keeper(owner=owner, slot=slot, upload=upload, by=by, at=at)
        if kept is not None:
            return kept
    return store(owner=owner, slot=slot, upload=upload, by=by, at=at)
