"""Likeness: an employer who resembles one whom an order keeps out is shown to staff, who alone can tell them apart.

The bar follows the e-mail address (``eoi.keys``), and another address is soon had. Names and telephone numbers may be shared by
people who have nothing to do with one another, so a person looks. The account is not stopped by it; but it comes into no
candidate's file until staff have closed the task, since the person who opened that file cannot know of the order.
"""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.db.models import QuerySet

from passerelle.accounts.models import Audience, Person
from passerelle.eoi import operations as eois
from passerelle.notices import operations as notices
from passerelle.notices import queries
from passerelle.orders.models import Order
from passerelle.orders.states import STANDING, SubjectKind

KIND = "order.likeness"
SHORTEST_PHONE = 7  # digits; fewer say nothing


def when_registered(*, person: Person, at: datetime) -> None:
    """Compare an employer who registered. In the transaction in which the account came to be."""
    when_link_used(person=person, about="", at=at)


def when_link_used(*, person: Person, about: str, at: datetime) -> None:
    """Compare an employer who is sent a link to the file ``about``, or used it. In the transaction of either."""
    if person.is_employer:
        _open([order for order in _keeping_out(person.program, at) if _alike(person, order)], person, about, at=at)


def note_accounts(order: Order, *, at: datetime) -> None:
    """Compare an order just made with the employers who are here already, also those who have not used their link yet."""
    if order.kind != SubjectKind.EMPLOYER or not order.ban_years or order.subject is None:
        return
    employers = Person.objects.of(Audience.EMPLOYER, order.program).filter(is_active=True)
    # The bar itself follows the address.
    for person in employers.exclude(email__iexact=order.subject.email).order_by("pk").iterator():
        if _alike(person, order):
            _open([order], person, "", at=at)


def keeps_out(person: Person, at: datetime) -> bool:
    """Whether an employer resembles one whom an order keeps out, and nobody has looked and closed the task yet."""
    alike = [order.reference for order in _keeping_out(person.program, at) if _alike(person, order)]
    if not alike:
        return False
    seen = _tasks(person, alike).exclude(closed_at=None).values_list("about", flat=True)
    return bool(set(alike) - set(seen))


def _tasks(person: Person, orders: Iterable[str]) -> QuerySet[Any]:
    """The tasks, open or closed, that show this account to staff for its likeness to one of ``orders``."""
    found = queries.every_task(person.program).filter(kind=KIND, about__in=list(orders))
    return found.filter(detail__account=person.reference)


def _keeping_out(program: str, at: datetime) -> Iterable[Order]:
    rows = Order.objects.filter(program=program, kind=SubjectKind.EMPLOYER, state__in=STANDING, ban_before__gt=at)
    return rows.select_related("subject")


def _alike(person: Person, order: Order) -> bool:
    if order.subject is None or order.subject.pk == person.pk:
        return False
    number, theirs = _digits(person.phone), _digits(order.subject.phone)
    return (len(number) >= SHORTEST_PHONE and number == theirs) or eois.close_names(person.name, order.name)


def _digits(phone: str) -> str:
    """The last ten digits: with and without the country's 1 it is one number."""
    return "".join(char for char in phone if char.isdigit())[-10:]


def _open(orders: Iterable[Order], person: Person, about: str, *, at: datetime) -> None:
    for order in orders:
        if _tasks(person, [order.reference]).exists():
            continue
        came = ", ".join(filter(None, (person.username or person.reference, about)))
        detail = {
            "en": "A close name or the same telephone number; it can join no candidate's application until this task is "
            f"closed: employer account {came}",
            "fr": "Nom semblable ou même numéro de téléphone; l'employeur ne peut participer à aucune demande tant que cette "
            f"tâche est ouverte\N{NO-BREAK SPACE}: compte d'employeur {came}",
            "account": person.reference,
        }
        notices.open_task(KIND, program=order.program, about=order.reference, detail=detail, at=at)
