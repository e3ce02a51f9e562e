"""Who may ask, appoint and end."""

from collections.abc import Collection
from datetime import datetime

from django.utils.translation import gettext_lazy as _

from passerelle.accounts import hooks
from passerelle.accounts.models import Appointment, Person
from passerelle.core.verdicts import YES, Verdict
from passerelle.eoi import clients as eois

# So many requests may wait for an answer: a letter box is not for sending mail to strangers.
MOST_WAITING = 50
ASK_BY_NUMBER = _(
    "Somebody on this side has an account once the other side gave them access: ask by the number of their file."
)


def can_ask(by: Person, *, known_here: bool, barred: bool, waiting: int) -> Verdict:
    """A representative of a program in which this side appoints some, not barred, with few requests waiting."""
    if not by.is_representative or not known_here:
        return Verdict(False, _("Only a representative registered with this program can ask to act for somebody."))
    if barred:
        return Verdict(
            False, _("You are barred from representing anyone for now. The order sent to you says until when.")
        )
    if waiting >= MOST_WAITING:
        return Verdict(
            False, _("Many of your requests wait for an answer. Take some back, or wait until clients have answered.")
        )
    return YES


def can_ask_by_email(side: str, *, by_number: Collection[str]) -> Verdict:
    """A side that has accounts before it has a file; ``by_number`` are the others."""
    if side in by_number:
        return Verdict(False, ASK_BY_NUMBER)
    return YES


def can_answer(by: Person, asked: Appointment) -> Verdict:
    """The client alone, once."""
    if asked.client_id != by.pk:
        return Verdict(False, _("Only the client answers this request, from their own account."))
    if asked.ended_at or asked.appointed_at:
        return Verdict(False, _("This request has been answered, or was taken back."))
    return YES


def can_appoint(
    by: Person, asked: Appointment, *, another: bool, known_here: bool, barred: bool, other_side: bool = False
) -> Verdict:
    """The client, while nobody else represents them and the representative is not barred.

    ``other_side``: the representative acts for the other party to an open file of theirs; nobody acts for both.
    """
    may = can_answer(by, asked)
    if not may:
        return may
    if another:
        return Verdict(False, _("You have a representative already. End that appointment first."))
    if other_side:
        return Verdict(False, _("This person represents the other party to a file of yours, and nobody acts for both."))
    if barred or not known_here:
        return Verdict(False, _("This person cannot be appointed now."))
    return YES


def can_end(by: Person, appointment: Appointment) -> Verdict:
    """The client or the representative, while it is asked for or stands."""
    if by.pk not in (appointment.client_id, appointment.representative_id):
        return Verdict(False, _("Only the client or the representative ends this."))
    if appointment.ended_at:
        return Verdict(False, _("This has ended already."))
    return YES


def is_barred(person: Person, at: datetime) -> bool:
    """Whether an order bars the holder of this person's licence, by whichever name of the body staff entered it."""
    held = getattr(person, "licence", None)
    if held is None:
        return False
    return eois.representative_is_barred(person.program, names_of(person.program, held.body), held.number, at)


def names_of(program: str, body: str) -> list[str]:
    """Return the names that a licensing body goes by: its key in the pack, and how the pack writes it."""
    known = hooks.licences(program).get(body)
    return [body, *(known.name.values() if known else ())]
