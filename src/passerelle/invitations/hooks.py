"""What later rooms are told by this one, since imports go the other way. Register in ``apps.ready``."""

from collections.abc import Callable
from datetime import datetime
from typing import NamedTuple, Protocol

from passerelle.accounts.models import Person
from passerelle.invitations.models import Invitation

Later = Callable[[datetime], datetime]


class WhenExtended(Protocol):
    """Told that an invitation got more time; ``later`` gives a deadline as many days more. In the same transaction."""

    def __call__(self, *, invitation: Invitation, later: Later, at: datetime) -> None: ...


class Joined(NamedTuple):
    """Whoever takes part since the invitation, and the reference under which they know the file."""

    person: Person
    about: str


WhoJoined = Callable[[Invitation], Joined | None]

_extended: list[WhenExtended] = []
_joined: list[WhoJoined] = []


def when_extended(told: WhenExtended) -> None:
    """Call ``told(invitation=, later=, at=)`` each time an invitation got more time."""
    if told not in _extended:
        _extended.append(told)


def tell_extended(invitation: Invitation, later: Later, at: datetime) -> None:
    """Tell every room."""
    for told in list(_extended):
        told(invitation=invitation, later=later, at=at)


def name_joined(asked: WhoJoined) -> None:
    """Let ``asked(invitation)`` say who takes part since then and still has something to send."""
    if asked not in _joined:
        _joined.append(asked)


def joined(invitation: Invitation) -> list[Joined]:
    """Return them, of every room."""
    return [found for asked in _joined if (found := asked(invitation))]
