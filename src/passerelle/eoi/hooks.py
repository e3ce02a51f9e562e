"""What later rooms tell this one about a stream to be closed, since imports go the other way. Register in ``apps.ready``."""

from collections.abc import Mapping
from datetime import datetime
from typing import Protocol


class Holds(Protocol):
    """Names what must end before a stream is closed, such as draws planned in it."""

    def __call__(self, program: str, stream: str) -> list[str]: ...


class GoesOn(Protocol):
    """Counts what goes on after a stream is closed, by kind."""

    def __call__(self, program: str, stream: str, at: datetime) -> Mapping[str, int]: ...


_holds: list[Holds] = []
_goes_on: list[GoesOn] = []


def say_what_holds(says: Holds) -> None:
    """Ask ``says(program, stream)`` whenever a stream is to be closed."""
    if says not in _holds:
        _holds.append(says)


def say_what_goes_on(says: GoesOn) -> None:
    """Ask ``says(program, stream, at)`` for what goes on after a closing."""
    if says not in _goes_on:
        _goes_on.append(says)


def what_holds(program: str, stream: str) -> list[str]:
    """Return what stands in the way of closing a stream."""
    return [one for says in _holds for one in says(program, stream)]


def what_goes_on(program: str, stream: str, at: datetime) -> dict[str, int]:
    """Return how much of each kind goes on after a closing."""
    return {kind: count for says in _goes_on for kind, count in says(program, stream, at).items()}
