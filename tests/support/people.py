"""People for tests: an employer, a candidate, staff with a second factor; and signing them in without the pages."""

import itertools
import time
from datetime import UTC, datetime
from typing import Any

from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value
from django.test import Client

from passerelle.accounts import operations, queries, sessions
from passerelle.accounts.models import Person

LONG_AGO = datetime(2026, 3, 2, 17, tzinfo=UTC)
PASSWORD = "quiet lake under the pines"
TOTP_SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"
PROGRAM = "ca-nt"

_numbers = itertools.count(1)


def an_employer(**given: Any) -> Person:
    """An employer with a confirmed e-mail (``confirmed=False``: not yet) and PASSWORD."""
    number = next(_numbers)
    at, confirmed = given.pop("at", LONG_AGO), given.pop("confirmed", True)
    facts: dict[str, Any] = {
        "program": PROGRAM, "username": f"employer{number}", "email": f"employer{number}@example.org",
        "name": "Marguerite Beaulieu", "phone": "867-555-0142", "language": "en", "password": PASSWORD, "at": at,
    }  # fmt: skip
    person = operations.register_employer(**(facts | given))
    if confirmed:
        operations.confirm_email(person=person, email=person.email, at=at)
        person.refresh_from_db()
    return person


def a_candidate(*, by: Person | None = None, **given: Any) -> Person:
    """A candidate who has used the link and has PASSWORD."""
    number = next(_numbers)
    at, username = given.pop("at", LONG_AGO), given.pop("username", f"candidate{number}")
    facts: dict[str, Any] = {
        "program": PROGRAM, "email": f"candidate{number}@example.org", "name": "Ines Duarte", "language": "en",
        "about": "", "by": by or an_employer(), "at": at,
    }  # fmt: skip
    link = operations.invite_candidate(**(facts | given))
    return operations.redeem_link(token=link.token, username=username, password=PASSWORD, at=at)


def a_staff_member(*roles: str, program: str = PROGRAM, second_factor: bool = True, **given: Any) -> Person:
    """A staff member holding ``roles`` in ``program``, enrolled with TOTP_SECRET and PASSWORD."""
    number = next(_numbers)
    at = given.pop("at", LONG_AGO)
    facts: dict[str, Any] = {
        "username": f"staff{number}", "email": f"staff{number}@gov.example", "name": f"Robin Sayine {number}",
        "language": "en", "roles": [(program, role) for role in roles], "at": at,
    }  # fmt: skip
    link = operations.create_staff(**(facts | given))
    person = operations.redeem_link(token=link.token, password=PASSWORD, at=at)
    if second_factor:
        operations.enrol_totp(person=person, secret=TOTP_SECRET, at=at)
    return person


def signed_in(person: Person, client: Client | None = None) -> Client:
    """A client that is ``person``, second factor included where there is one."""
    client = client or Client()
    client.force_login(person)
    session = client.session
    session[sessions.SECOND_FACTOR] = queries.second_factor(person)
    session.save()
    return client


def totp_code(secret: str = TOTP_SECRET, step: int = 0) -> str:
    """The code that an authenticator with ``secret`` shows now (``step`` times 30 seconds later)."""
    counter = int(time.time()) // 30 + step  # noqa: TID251  an authenticator reads its own clock
    return str(format_hotp_value(hotp_value(secret, counter)))


_given: set[tuple[str, int]] = set()


def unused_code(username: str, secret: str = TOTP_SECRET) -> str:
    """A code that this person has not given yet, for one counts once: the present one or the next, or what comes after them.

    The one before is good, too, but might be no longer when it is given.
    """
    while True:
        now = int(time.time()) // 30  # noqa: TID251  an authenticator reads its own clock
        for counter in (now, now + 1):
            if (username, counter) not in _given:
                _given.add((username, counter))
                return totp_code(secret, step=counter - now)
        time.sleep(1)


def unkept(pk: int, *roles: str, audience: str = "staff", program: str = PROGRAM) -> Person:
    """A person who stands in no row, for rules that ask only who somebody is; staff hold ``roles`` in ``program``."""
    person = Person(pk=pk, audience=audience, program="" if audience == "staff" else program)
    person.__dict__["roles_held"] = frozenset((program, role) for role in roles)
    return person
