"""What later rooms hand down to this one, since imports go the other way. Register in ``apps.ready``.

Every hook runs in the transaction of the step it is told of. The record a payment is about is locked first, by the room
it belongs to, so that its operations and a provider's answer meet in one order.
"""

from collections.abc import Callable
from datetime import datetime
from enum import Enum
from typing import Protocol

from passerelle.notices.letters import Letterhead
from passerelle.payments.models import Payment


class Wish(Enum):
    """What the asking room wants done with money that came in."""

    KEEP = "keep"
    REFUND = "refund"


class WhenPaid(Protocol):
    """Told that a payment came in. ``payment.late`` says whether the time to pay was over when the card was charged.

    Returns KEEP, REFUND (the money goes back at once) or None: for another room's payment, and for a late one whose
    fate a person decides (a staff task is opened).
    """

    def __call__(self, *, payment: Payment, at: datetime) -> Wish | None: ...


class LetterheadOf(Protocol):
    """Returns who writes the receipts of a program, in a language."""

    def __call__(self, *, program: str, language: str, at: datetime) -> Letterhead: ...


_locks: list[Callable[[str], None]] = []
_paid: list[WhenPaid] = []
_letterheads: list[LetterheadOf] = []


def lock_first(lock: Callable[[str], None]) -> None:
    """Call ``lock(about)`` before a payment is locked; a room locks its own record and ignores the others."""
    if lock not in _locks:
        _locks.append(lock)


def when_paid(told: WhenPaid) -> None:
    """Call ``told(payment=, at=)`` when a payment came in, once."""
    if told not in _paid:
        _paid.append(told)


def write_letters_as(letterhead: LetterheadOf) -> None:
    """Learn from ``letterhead`` who writes a program's receipts; registered once."""
    _letterheads[:] = [letterhead]


def lock(about: str) -> None:
    """Lock the record that a payment is about."""
    for one in list(_locks):
        one(about)


def tell_paid(payment: Payment, at: datetime) -> Wish | None:
    """Tell every room; the first wish counts, a refund before all."""
    wishes = [told(payment=payment, at=at) for told in list(_paid)]
    if Wish.REFUND in wishes:
        return Wish.REFUND
    return Wish.KEEP if Wish.KEEP in wishes else None


def letterhead(program: str, language: str, at: datetime) -> Letterhead:
    """Return the program's letterhead, or the platform's own where no room knows it."""
    return _letterheads[0](program=program, language=language, at=at) if _letterheads else Letterhead()
