"""What later rooms tell this one and are told by it, since imports go the other way. Register in ``apps.ready``."""

from collections.abc import Callable
from datetime import datetime
from typing import Protocol

from passerelle.accounts.models import Person


class WhenLetIn(Protocol):
    """Told that a candidate sent an employer a link to the file ``about``. In the same transaction."""

    def __call__(self, *, person: Person, about: str, at: datetime) -> None: ...


KeptOut = Callable[[Person, datetime], bool]

_let_in: list[WhenLetIn] = []
_kept_out: list[KeptOut] = []


def when_let_in(told: WhenLetIn) -> None:
    """Call ``told(person=, about=, at=)`` each time a candidate lets an employer in."""
    if told not in _let_in:
        _let_in.append(told)


def tell_let_in(person: Person, about: str, at: datetime) -> None:
    """Tell every room."""
    for told in list(_let_in):
        told(person=person, about=about, at=at)


def keep_out_where(asked: KeptOut) -> None:
    """Let ``asked(person, at)`` say which employers come into no candidate's file."""
    if asked not in _kept_out:
        _kept_out.append(asked)


def is_kept_out(person: Person, at: datetime) -> bool:
    """Whether a room keeps this employer out at ``at``."""
    return any(asked(person, at) for asked in _kept_out)
