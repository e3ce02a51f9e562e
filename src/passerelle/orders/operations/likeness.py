"""Likeness: an employer who resembles one whom an order keeps out is shown to staff; nobody is stopped by it.

The bar follows the e-mail address (``eoi.keys``), and another address is soon had. Names and telephone numbers may be shared by
people who have nothing to do with one another, so a person looks.
"""

from collections.abc import Iterable
from datetime import datetime

from django.db.models import Q

from passerelle.accounts.models import Audience, Person
from passerelle.eoi import operations as eois
from passerelle.notices import operations as notices
from passerelle.orders.models import Order
from passerelle.orders.states import STANDING, SubjectKind

KIND = "order.likeness"
SHORTEST_PHONE = 7  # digits; fewer say nothing


def when_registered(*, person: Person, at: datetime) -> None:
    """Compare an employer who registered. In the transaction in which the account came to be."""
    when_link_used(person=person, about="", at=at)


def when_link_used(*, person: Person, about: str, at: datetime) -> None:
    """Compare an employer who came in by a link to the file ``about``. In the transaction that used the link."""
    if person.is_employer:
        _open([order for order in _keeping_out(person.program, at) if _alike(person, order)], person, about, at=at)


def note_accounts(order: Order, *, at: datetime) -> None:
    """Compare an order just made with the employers who are here already: the same name or number, letter for letter."""
    if order.kind != SubjectKind.EMPLOYER or not order.ban_years or order.subject is None:
        return
    same = Q(name__iexact=order.name)
    if len(_digits(order.subject.phone)) >= SHORTEST_PHONE:
        same |= Q(phone=order.subject.phone)
    employers = Person.objects.of(Audience.EMPLOYER, order.program).filter(same, is_active=True)
    # The bar itself follows the address.
    for person in employers.exclude(email__iexact=order.subject.email):
        _open([order], person, "", at=at)


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
        came = ", ".join(filter(None, (person.username, about)))
        detail = {
            "en": f"A close name or the same telephone number: employer account {came}",
            "fr": f"Nom semblable ou même numéro de téléphone\N{NO-BREAK SPACE}: compte d'employeur {came}",
        }
        notices.open_task(KIND, program=order.program, about=order.reference, detail=detail, at=at)
