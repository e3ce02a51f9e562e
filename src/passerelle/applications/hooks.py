"""What later rooms tell this one and are told by it, since imports go the other way. Register in ``apps.ready``."""

from collections.abc import Callable
from datetime import datetime
from typing import Any, Protocol

from passerelle.accounts.models import Person
from passerelle.core.verdicts import YES, Verdict


class WhenLetIn(Protocol):
    """Told that a candidate sent an employer a link to the file ``about``. In the same transaction."""

    def __call__(self, *, person: Person, about: str, at: datetime) -> None: ...


KeptOut = Callable[[Person, datetime], bool]
Hold = Callable[[Any, datetime], Verdict]

_let_in: list[WhenLetIn] = []
_kept_out: list[KeptOut] = []
_holds: list[Hold] = []


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


def hold_where(asked: Hold) -> None:
    """Let ``asked(application, at)`` say whether a file may end in a nomination, with the reason where it may not."""
    if asked not in _holds:
        _holds.append(asked)


def may_be_nominated(application: Any, at: datetime) -> Verdict:
    """Whether every room lets this file be nominated at ``at``; else what the first one says."""
    return next((found for asked in _holds if not (found := asked(application, at))), YES)
