"""Representatives for tests: somebody registered, asked and appointed without the pages."""

from datetime import datetime
from itertools import count
from typing import Any

from passerelle.accounts import operations as accounts
from passerelle.accounts.models import Appointment, Person
from passerelle.representatives import operations
from tests.support import sample
from tests.support.people import PASSWORD
from tests.support.sample import NOON, OPENED, SAMPLE

_numbers = count(1)


def a_representative(**given: Any) -> Person:
    """A representative of the sample program, with a confirmed e-mail, a licence of its college, and PASSWORD."""
    if given.get("program", SAMPLE) == SAMPLE:
        sample.program()
    number = next(_numbers)
    facts: dict[str, Any] = {
        "program": SAMPLE, "username": f"representative{number}", "email": f"representative{number}@example.org",
        "name": "Amara Diallo", "phone": "416-555-0188", "language": "en", "password": PASSWORD, "at": OPENED,
        "licence_body": "college", "licence_number": f"R{number:06d}",
    }  # fmt: skip
    person = accounts.register_representative(**(facts | given))
    accounts.confirm_email(person=person, email=person.email, at=OPENED)
    return Person.objects.get(pk=person.pk)


def asked(representative: Person, client: Person, *, at: datetime = NOON) -> Appointment:
    """A request to a client who has an account."""
    return operations.ask_client(
        name=client.name, email=client.email, language=client.language, by=representative, at=at
    )


def appointed(client: Person, representative: Person | None = None, *, at: datetime = NOON) -> Person:
    """A representative whom ``client`` appointed."""
    representative = representative or a_representative(program=client.program)
    operations.appoint(appointment=asked(representative, client, at=at).pk, by=client, at=at)
    return representative
