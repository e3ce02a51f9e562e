"""The demo's staff: created by the administrator's command, enrolled with known second factors."""

from datetime import datetime

from passerelle.accounts import operations as accounts
from passerelle.accounts import queries as people
from passerelle.accounts.models import Person
from passerelle.project.demo.sign_ins import PASSWORD, PROGRAM, STAFF


def create(at: datetime) -> dict[str, Person]:
    """Create and enrol every staff account; return them by user name."""
    return {username: _one(username, roles, secret, name, at) for username, _who, roles, secret, name in STAFF}


def _one(username: str, roles: tuple[str, ...], secret: str, name: str, at: datetime) -> Person:
    held = [(PROGRAM, role) for role in roles]
    link = accounts.create_staff(
        username=username, email=f"{username}@demo.example", name=name, language="en", roles=held, at=at
    )
    accounts.redeem_link(token=link.token, password=PASSWORD, at=at)
    accounts.enrol_totp(person=link.person, secret=secret, at=at)
    return people.person(username)
