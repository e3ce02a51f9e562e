"""What later rooms are told by this one, since imports go the other way. Register in ``apps.ready``."""

from collections.abc import Callable
from datetime import datetime
from typing import Protocol

from passerelle.invitations.models import Invitation

Later = Callable[[datetime], datetime]


class WhenExtended(Protocol):
    """Told that an invitation got more time; ``later`` gives a deadline as many days more. In the same transaction."""

    def __call__(self, *, invitation: Invitation, later: Later, at: datetime) -> None: ...


_extended: list[WhenExtended] = []


def when_extended(told: WhenExtended) -> None:
    """Call ``told(invitation=, later=, at=)`` each time an invitation got more time."""
    if told not in _extended:
        _extended.append(told)


def tell_extended(invitation: Invitation, later: Later, at: datetime) -> None:
    """Tell every room."""
    for told in list(_extended):
        told(invitation=invitation, later=later, at=at)
